/**
 * Writes one event. Fields are ids, counts, codes and the names of things; never an address, a password, a hash,
 * a cookie or a token.
 */
export type Log = (event: string, fields: Readonly<Record<string, string | number | boolean>>) => void

/** Writes one JSON line for each event, as Workers Logs indexes them. */
export const consoleLog: Log = (event, fields) => {
  console.log(JSON.stringify({ event, ...fields }))
}
