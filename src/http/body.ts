import type { Context, Env, MiddlewareHandler } from 'hono'
import * as v from 'valibot'
import { type FieldError, Problem } from './problem'
import { withFacts } from './route-facts'

/** More than any request needs; read before anything is parsed. */
const BODY_MAX_BYTES = 64 * 1024

/** A body of named fields, each text or a flag. */
export type BodySchema = v.ObjectSchema<v.ObjectEntries, undefined>

/** Makes `c.req.valid('json')` of a handler typed, as Hono's own validator does. */
type Validated<S extends BodySchema> = MiddlewareHandler<
  Env,
  string,
  { in: { json: v.InferInput<S> }; out: { json: v.InferOutput<S> } }
>

/**
 * Requires a JSON object of exactly the fields of the schema. Refuses with `unsupported-media-type`,
 * `body-too-large`, `invalid-json` or `invalid-input`, in this order.
 *
 * A body that is absent altogether counts as `{}`, so that a request with nothing to say need not say it.
 */
export function jsonBody<S extends BodySchema>(schema: S): Validated<S> {
  const parse: Validated<S> = async (c, next) => {
    c.req.addValidatedData('json', parseFields(schema, parseJson(await readText(c, [JSON_TYPE]))))
    await next()
  }
  return withFacts(parse, { json: schema })
}

/** As {@link jsonBody}, or a form, as Janus's own pages send it: of the same fields unless it has a schema of its own. */
export function jsonOrFormBody<S extends BodySchema, F extends BodySchema = S>(
  schema: S,
  formSchema?: F,
): Validated<S | F> {
  const parse: Validated<S | F> = async (c, next) => {
    const text = await readText(c, [JSON_TYPE, FORM_TYPE])
    if (isForm(c)) {
      const fields = parseForm(text)
      formFields.set(c.req.raw, fields)
      c.req.addValidatedData('json', parseFields(formSchema ?? schema, fields))
    } else {
      c.req.addValidatedData('json', parseFields(schema, parseJson(text)))
    }
    await next()
  }
  return withFacts(parse, { json: schema, form: formSchema ?? schema })
}

/** What forms sent, by request. */
const formFields = new WeakMap<Request, Readonly<Record<string, string>>>()

/** The fields of the form that was sent, as they were sent; none if there was no form. For a page that shows them again. */
export function sentFields(c: Context): Readonly<Record<string, string>> {
  return formFields.get(c.req.raw) ?? {}
}

/** Whether the body came from a page, which wants to be redirected rather than to read JSON. */
export function isForm(c: Context): boolean {
  return FORM_TYPE.test(c.req.header('Content-Type') ?? '')
}

/** Only these spellings: a type that is odd in any way may have been made to dodge a check. */
const JSON_TYPE = /^application\/json(; ?charset=[Uu][Tt][Ff]-8)?$/
const FORM_TYPE = /^application\/x-www-form-urlencoded(; ?charset=[Uu][Tt][Ff]-8)?$/

/** The body as text, `''` if there is none. */
async function readText(c: Context, types: readonly RegExp[]): Promise<string> {
  const type = c.req.header('Content-Type')
  const unsupported = new Problem('unsupported-media-type', { detail: 'Send application/json in UTF-8.' })
  if (type !== undefined && !types.some((pattern) => pattern.test(type))) throw unsupported
  const bytes = await readBytes(c.req.raw)
  if (type === undefined) {
    if (bytes.byteLength > 0) throw unsupported
    return ''
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw new Problem('invalid-json', { detail: 'The body is not UTF-8.' })
  }
}

/** Reads no further than the limit, whatever Content-Length says. */
async function readBytes(request: Request): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of request.body ?? []) {
    length += chunk.byteLength
    if (length > BODY_MAX_BYTES) {
      throw new Problem('body-too-large', { detail: `Send at most ${BODY_MAX_BYTES} bytes.` })
    }
    chunks.push(chunk)
  }
  const bytes = new Uint8Array(length)
  let offset = 0
  for (const chunk of chunks) {
    bytes.set(chunk, offset)
    offset += chunk.byteLength
  }
  return bytes
}

function parseJson(text: string): Record<string, unknown> {
  if (text === '') return {}
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new Problem('invalid-json')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalidInput([{ field: '', code: 'type', message: 'Send a JSON object.' }])
  }
  if (countNames(text) !== countMembers(value)) {
    throw new Problem('invalid-json', { detail: 'A name occurs twice in one object.' })
  }
  return value as Record<string, unknown>
}

/**
 * How many names a JSON text writes down. `JSON.parse` keeps the last of two equal ones in silence, and another
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

function parseForm(text: string): Record<string, string> {
  const fields = [...new URLSearchParams(text)]
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

function parseFields<S extends BodySchema>(schema: S, fields: Record<string, unknown>): v.InferOutput<S> {
  const unknownFields = Object.keys(fields).filter((field) => !Object.hasOwn(schema.entries, field))
  if (unknownFields.length > 0) {
    throw invalidInput(
      unknownFields
        .slice(0, MOST_ERRORS)
        .map((field) => ({ field, code: 'unknown', message: 'There is no such field.' })),
    )
  }
  const parsed = v.safeParse(schema, fields)
  if (parsed.success) return parsed.output
  throw invalidInput(
    parsed.issues.map((issue) => ({
      field: v.getDotPath(issue) ?? '',
      code: issue.received === 'undefined' ? 'missing' : issue.kind === 'schema' ? 'type' : 'invalid',
      message: issue.received === 'undefined' ? 'This field is needed.' : issue.message,
    })),
  )
}

/** A refusal is no longer than it helps. */
const MOST_ERRORS = 10

/** A name that a client made up is repeated no further than it takes to recognise it. */
const FIELD_MAX_LENGTH = 64

function invalidInput(errors: readonly FieldError[]): Problem {
  return new Problem('invalid-input', {
    errors: errors.map((error) => ({ ...error, field: error.field.slice(0, FIELD_MAX_LENGTH) })),
  })
}
