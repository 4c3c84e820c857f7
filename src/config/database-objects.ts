/** Lists where a Durable Object may be created: anywhere, near a region, or, as the last four say, in one jurisdiction and nowhere else. */
export const DATABASE_LOCATIONS = [
  'auto',
  'wnam',
  'enam',
  'sam',
  'weur',
  'eeur',
  'apac',
  'oc',
  'afr',
  'me',
  'eu',
  'us',
  'fedramp',
  'fedramp-high',
] as const

export type DatabaseLocation = (typeof DATABASE_LOCATIONS)[number]

type Value = string | number | null

/** The rows of each statement, or why none of them was done. */
export type DatabaseAnswer =
  | { readonly rows: readonly (readonly Record<string, Value>[])[] }
  | { readonly failure: string }

/** Lists the calls of Janus to the Durable Object that is its database. */
export interface DatabaseObject {
  /** Runs statements in order as one transaction: all of them, or none. */
  run(
    statements: readonly { readonly text: string; readonly values: readonly Value[] }[],
  ): Promise<DatabaseAnswer>
  /** Returns what keeps the database from being used, as one sentence, or `null`. */
  check(): Promise<string | null>
}

/** The objects of a binding, by their names. Names in a jurisdiction are others than those outside of it. */
export interface DatabaseObjects {
  getByName(name: string, options?: { locationHint?: DurableObjectLocationHint }): DatabaseObject
  jurisdiction(name: DurableObjectJurisdiction): DatabaseObjects
}
