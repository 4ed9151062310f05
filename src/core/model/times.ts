// Times in words, in UTC.
/** HH:MM in UTC, for sentences about today. */
export function timeOfDay(ms: number): string {
  return new Date(ms).toISOString().slice(11, 16)
}

/** YYYY-MM-DD in UTC. */
export function day(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10)
}
