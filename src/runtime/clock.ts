/** Tells the time: whole seconds since the epoch. Everything that expires asks a clock it was given. */
export type Clock = () => number

export const systemClock: Clock = () => Math.floor(Date.now() / 1000)

/** Presents an instant as JSON has it: RFC 3339, UTC, whole seconds. */
export function presentInstant(at: number): string {
  return `${new Date(at * 1000).toISOString().slice(0, 19)}Z`
}
