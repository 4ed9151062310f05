/** HH:MM in UTC, for sentences about today. */
export function timeOfDay(ms: number): string {
  return new Date(ms).toISOString().slice(11, 16)
}
