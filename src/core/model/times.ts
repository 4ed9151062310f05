// Times in words, in UTC, for sentences that people read.
/** HH:MM in UTC, for sentences about today. `ms` is since 1970. */
export function timeOfDay(ms: number): string {
  return new Date(ms).toISOString().slice(11, 16)
}

/** YYYY-MM-DD in UTC. `ms` is since 1970. */
export function day(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10)
}
