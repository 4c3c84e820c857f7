import type { FieldError } from '../http/problem'

/** Data that an app keeps on an account: plain JSON. */
export type Metadata = Readonly<Record<string, unknown>>

/** The two halves: the owner of the account writes one, and the app writes both. */
export type MetadataHalf = 'user_metadata' | 'app_metadata'

/** Holds what is stored of each half, as JSON; `null`: nothing. */
export type StoredMetadata = Readonly<Record<MetadataHalf, string | null>>

/** A schema of any library that has the interface of Standard Schema: Valibot, Zod, ArkType (https://standardschema.dev). */
export interface MetadataSchema {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => SchemaResult | Promise<SchemaResult>
  }
}

type SchemaResult =
  | { readonly value: unknown; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] }

interface SchemaIssue {
  readonly message: string
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
}

/** The schemas of an app. */
export interface MetadataSchemas {
  /** Without it nobody but the app writes `user_metadata`. */
  readonly user?: MetadataSchema
  /** Without it the app may write any object into `app_metadata`. */
  readonly app?: MetadataSchema
}

/** JSON to store, `null` for nothing; or what is wrong. */
export type ParsedMetadata =
  | { readonly ok: true; readonly json: string | null }
  | { readonly ok: false; readonly errors: readonly FieldError[] }

/** Of each half, as UTF-8 of JSON. */
export const METADATA_MAX_BYTES = 4096

/** Deeper than data is, and less deep than what takes a parser down that calls itself. */
export const METADATA_MAX_DEPTH = 16

const ISSUES_SHOWN = 10

/**
 * Makes what validates metadata: first its form, then the schema of the app, then the form of what the schema made of it.
 */
export function createMetadataRules({ user, app }: MetadataSchemas) {
  return {
    /** Says whether the owner of an account may write a half of it. */
    ownerWrites: user !== undefined,

    /** Validates a half; `null` empties it. */
    async parse(half: MetadataHalf, value: unknown): Promise<ParsedMetadata> {
      if (value === null) return { ok: true, json: null }
      const schema = half === 'user_metadata' ? user : app
      const refused = checkMetadata(value)
      if (refused !== null) return { ok: false, errors: [{ field: half, ...refused }] }
      if (schema === undefined) return { ok: true, json: toJson(value) }
      const result = await schema['~standard'].validate(value)
      // guard: metadata is what the schema of the app takes
      if (result.issues)
        return {
          ok: false,
          errors: result.issues.slice(0, ISSUES_SHOWN).map((each) => issueError(half, each)),
        }
      const made = checkMetadata(result.value)
      if (made !== null)
        throw new MetadataRefused(`The schema of ${half} made something else of it: ${made.message}`)
      return { ok: true, json: toJson(result.value) }
    },
  }
}

export type MetadataRules = ReturnType<typeof createMetadataRules>

/** The schema of the app made what cannot be stored. */
export class MetadataRefused extends Error {
  override readonly name = 'MetadataRefused'
}

/** Returns metadata as it is presented: an empty object where there is none. */
export function readMetadata(json: string | null): Metadata {
  return json === null ? {} : JSON.parse(json)
}

function toJson(value: unknown): string | null {
  const json = JSON.stringify(value)
  return json === '{}' ? null : json
}

function issueError(half: MetadataHalf, { message, path = [] }: SchemaIssue): FieldError {
  const names = path.map((part) => String(typeof part === 'object' ? part.key : part))
  return { field: [half, ...names].join('.').slice(0, 100), code: 'invalid', message: message.slice(0, 200) }
}

type Refused = Pick<FieldError, 'code' | 'message'>

const TOO_LONG: Refused = { code: 'too-long', message: `Send at most ${METADATA_MAX_BYTES} bytes of JSON.` }

/** Returns why a value cannot be stored as metadata, or `null`. Calls itself for nothing, because a caller decides how deep the value is. */
export function checkMetadata(root: unknown): Refused | null {
  if (typeof root !== 'object' || root === null || Array.isArray(root))
    return { code: 'type', message: 'Send a JSON object.' }
  let level: unknown[] = [root]
  let count = 0
  for (let depth = 0; level.length > 0; depth++) {
    count += level.length
    // No more values than bytes, however often one occurs in itself.
    if (count > METADATA_MAX_BYTES) return TOO_LONG
    // guard: metadata is not nested without end
    if (depth > METADATA_MAX_DEPTH)
      return { code: 'too-deep', message: `Nest at most ${METADATA_MAX_DEPTH} levels.` }
    const next: unknown[] = []
    for (const value of level) {
      const refused = typeof value === 'object' && value !== null ? checkNames(value) : checkValue(value)
      if (refused !== null) return refused
      if (typeof value === 'object' && value !== null) next.push(...Object.values(value))
    }
    level = next
  }
  // guard: metadata has a limit
  if (new TextEncoder().encode(JSON.stringify(root)).byteLength > METADATA_MAX_BYTES) return TOO_LONG
  return null
}

function checkNames(value: object): Refused | null {
  for (const name of Object.keys(value)) {
    // guard: no name in metadata replaces a prototype where an app copies it
    if (name === '__proto__') return { code: 'invalid', message: 'Use no member named __proto__.' }
    const refused = checkText(name)
    if (refused !== null) return refused
  }
  return null
}

function checkValue(value: unknown): Refused | null {
  if (typeof value === 'string') return checkText(value)
  const plain = value === null || typeof value === 'boolean' || Number.isFinite(value)
  return plain
    ? null
    : { code: 'invalid', message: 'Use text, numbers, true, false, null, lists and objects.' }
}

/** Refuses text that some database or parser of JSON does not take. */
function checkText(text: string): Refused | null {
  // guard: text in metadata is whole
  return text.isWellFormed() && !text.includes('\0')
    ? null
    : { code: 'invalid', message: 'Send well-formed Unicode without NUL.' }
}
