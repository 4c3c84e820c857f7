import type { Context, Env, MiddlewareHandler } from 'hono'
import { accepts } from 'hono/accepts'
import * as v from 'valibot'
import { parseReadableType, type ReadableType } from './media-type'
import { type FieldError, Problem } from './problem'
import { readBody } from './read-body'
import { withVariables } from './request-variables'
import { type BodySchema, withFacts } from './route-facts'

/** More than any request needs; read before anything is parsed. */
const BODY_MAX_BYTES = 64 * 1024

/** Makes `c.req.valid('json')` of a handler typed, as Hono's own validator does. */
type Validated<S extends BodySchema> = MiddlewareHandler<
  Env,
  string,
  { in: { json: v.InferInput<S> }; out: { json: v.InferOutput<S> } }
>

/** Finds faults in the fields of a body that its schema refused, so that a caller learns of all at once. */
type FurtherFaults = (fields: Readonly<Record<string, unknown>>) => Promise<readonly FieldError[]>

/**
 * Requires a JSON object of exactly the fields of the schema. Refuses with `unsupported-media-type`,
 * `body-too-large`, `invalid-json` or `invalid-input`, in this order.
 *
 * A body that is absent altogether counts as `{}`, so that a request with nothing to say need not say it.
 */
export function jsonBody<S extends BodySchema>(schema: S): Validated<S> {
  const parse: Validated<S> = async (c, next) => {
    const { type, text } = await readText(c)
    // Clients that send nothing still name a type: axios, that of a form.
    if (type === 'form' && text !== '') throw notJson(text)
    const fields = parseJson(text)
    withVariables(c).set('sentFields', fields)
    c.req.addValidatedData('json', await parseFields(schema, fields))
    await next()
  }
  return withFacts(parse, { json: schema })
}

interface FormOptions<F extends BodySchema> {
  /** The schema of a form, if it has other fields. */
  readonly form?: F
  /** Names the field that a form may send more than once, as boxes do: its values are joined by spaces. */
  readonly joined?: string
  /** Asked when the schema has refused a body. */
  readonly furtherFaults?: FurtherFaults
}

/** Requires what {@link jsonBody} does, or a form, as Janus's own pages send it. */
export function jsonOrFormBody<S extends BodySchema, F extends BodySchema = S>(
  schema: S,
  { form, joined, furtherFaults }: FormOptions<F> = {},
): Validated<S | F> {
  const parse: Validated<S | F> = async (c, next) => {
    const { type, text } = await readText(c)
    const variables = withVariables(c)
    if (type === 'form' && text === '' && prefersJson(c)) variables.set('wantsJson', true)
    const sent = isForm(c) ? parseForm(text, joined) : null
    const fields = sent ?? parseJson(text)
    variables.set('sentFields', fields)
    if (sent) variables.set('sentForm', sent)
    const used = sent ? (form ?? schema) : schema
    c.req.addValidatedData('json', await parseFields(used, fields, furtherFaults))
    await next()
  }
  return withFacts(parse, { json: schema, form: form ?? schema })
}

/** Returns the fields of the form that was sent, as they were sent; none if there was no form. For a page that shows them again. */
export function sentFields(c: Context): Readonly<Record<string, string>> {
  return withVariables(c).get('sentForm') ?? {}
}

/** Returns whether the body came from a page, so the answer is a redirect and not JSON. */
export function isForm(c: Context): boolean {
  return typeOf(c) === 'form' && !withVariables(c).get('wantsJson')
}

/** Returns whether the client names JSON among what it accepts, before a page. Browsers name pages first. */
function prefersJson(c: Context): boolean {
  const supports = ['text/html', 'application/json']
  return accepts(c, { header: 'Accept', supports, default: 'text/html' }) === 'application/json'
}

/** Returns the type of a body: `undefined` if none was sent, `null` for one that is not read here. */
function typeOf(c: Context): ReadableType | null | undefined {
  const header = c.req.header('Content-Type')
  return header === undefined ? undefined : parseReadableType(header)
}

/** Returns the body as text, `''` if there is none. A type that is odd in any way may have been made to dodge a check. */
async function readText(c: Context): Promise<{ readonly type: ReadableType; readonly text: string }> {
  const type = typeOf(c)
  if (type === null) throw notJson('')
  const bytes = await readBytes(c.req.raw)
  const text = decode(bytes)
  if (type === undefined && text !== '') throw notJson(text)
  // curl names the type of a form when it sends JSON. No field of a form begins like that.
  // guard: what looks like JSON is read as no form
  if (type === 'form' && looksLikeJson(text)) throw notJson(text)
  return { type: type ?? 'json', text }
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw new Problem('invalid-json', { detail: 'The body is not UTF-8.' })
  }
}

function looksLikeJson(text: string): boolean {
  return /^\s*[[{"]/.test(text)
}

function notJson(text: string): Problem {
  const seen = looksLikeJson(text) ? 'The body looks like JSON, but its Content-Type does not say so. ' : ''
  return new Problem('unsupported-media-type', {
    detail: `${seen}Send JSON in UTF-8, with the header Content-Type: application/json.`,
  })
}

async function readBytes(request: Request): Promise<Uint8Array> {
  // guard: a body has a limit
  const bytes = await readBody(request, BODY_MAX_BYTES)
  if (bytes === null) throw new Problem('body-too-large', { detail: `Send at most ${BODY_MAX_BYTES} bytes.` })
  return bytes
}

function parseJson(text: string): Record<string, unknown> {
  if (text === '') return {}
  let value: unknown
  try {
    // Some editors and Windows tools put a byte order mark in front (RFC 8259 §8.1).
    value = JSON.parse(text.replace(/^\ufeff/, ''))
  } catch {
    throw new Problem('invalid-json')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalidInput([{ field: '', code: 'type', message: 'Send a JSON object.' }])
  }
  // guard: a name occurs once in a JSON object
  if (countNames(text) !== countMembers(value)) {
    throw new Problem('invalid-json', { detail: 'An object has the same member name twice.' })
  }
  return value as Record<string, unknown>
}

/**
 * Returns how many names a JSON text writes down. `JSON.parse` keeps the last of two equal ones in silence, and another
 * parser the first: what one checks, the other uses (RFC 8259 §4).
 */
function countNames(json: string): number {
  let names = 0
  for (const [, colon] of json.matchAll(/"(?:[^"\\]|\\.)*"\s*(:?)/g)) if (colon) names++
  return names
}

function countMembers(root: unknown): number {
  let members = 0
  const rest = [root]
  while (rest.length > 0) {
    const value = rest.pop()
    if (typeof value !== 'object' || value === null) continue
    const children = Object.values(value)
    if (!Array.isArray(value)) members += children.length
    rest.push(...children)
  }
  return members
}

function parseForm(text: string, joined?: string): Record<string, string> {
  const sent = new URLSearchParams(text)
  if (joined !== undefined && sent.has(joined)) sent.set(joined, sent.getAll(joined).join(' '))
  const fields = [...sent]
  const byName = new Map(fields)
  if (byName.size !== fields.length) {
    throw invalidInput([{ field: '', code: 'duplicate', message: 'Send each field once.' }])
  }
  // What is not UTF-8 is decoded to this character: two different passwords would become one.
  if (fields.some((field) => field.join('').includes('\ufffd'))) {
    throw invalidInput([{ field: '', code: 'invalid', message: 'Send UTF-8.' }])
  }
  return Object.fromEntries(byName)
}

async function parseFields<S extends BodySchema>(
  schema: S,
  fields: Record<string, unknown>,
  furtherFaults: FurtherFaults = async () => [],
): Promise<v.InferOutput<S>> {
  const fieldNames = Object.keys(schema.entries)
  const unknownFields = Object.keys(fields).filter((field) => !fieldNames.includes(field))
  const parsed = v.safeParse(schema, fields)
  // guard: unknown fields are refused
  if (parsed.success && unknownFields.length === 0) return parsed.output
  const issues = (parsed.issues ?? []).map((issue) => ({
    field: v.getDotPath(issue) ?? '',
    code: codeOf(issue),
    message: issue.received === 'undefined' ? REQUIRED : issue.message,
  }))
  throw invalidInput([
    ...issues,
    ...(await furtherFaults(fields)),
    // guard: the name of an unknown field is not repeated
    ...(unknownFields.length > 0 ? [unknownField(fieldNames)] : []),
  ])
}

/** Returns the code of an issue. A raw transformation of a field names its fault in `expected`. */
function codeOf({ kind, type, received, expected }: v.BaseIssue<unknown>): string {
  if (received === 'undefined') return 'missing'
  if (kind === 'schema') return 'type'
  return (type === 'raw_transform' ? expected : null) ?? 'invalid'
}

/** Names the fields there are, and not those that were sent: a client may have sent a password as the name of a field. */
function unknownField(fieldNames: readonly string[]): FieldError {
  const names = fieldNames.join(', ')
  return { field: '', code: 'unknown', message: `Unknown field. The fields of this body are: ${names}.` }
}

/** Returns the refusal of a body that lacks a field which is only sometimes required. */
export function missingField(field: string, message = REQUIRED): Problem {
  return invalidInput([{ field, code: 'missing', message }])
}

/** Returns the refusal of a field that this service does not use. */
export function notTaken(field: string): Problem {
  return invalidInput([{ field, code: 'unknown', message: 'This service takes no such field.' }])
}

const REQUIRED = 'This field is required.'

function invalidInput(errors: readonly FieldError[]): Problem {
  return new Problem('invalid-input', { errors })
}
