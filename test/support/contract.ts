import { dereference, type ValidationResult, validate } from '@cfworker/json-schema'
import { getPathNoStrict } from 'hono/utils/url'
import text from '../../assets/openapi.json?raw'
import { PROBLEMS } from '../../src/http/problem'
import type {
  OpenApi,
  OperationObject,
  Reference,
  ResponseObject,
  Schema,
} from '../../tools/openapi/open-api'

/** Holds the document at /openapi.json, without its servers. */
export const OPENAPI: OpenApi = JSON.parse(text)

/** Paths that are for people and their browsers, and not in the document. Their refusals are checked all the same. */
const PAGES =
  /^\/(login|register|login\/(other|second-factor(\/(set-up|recovery|recovery\/cancel))?|connect|link(\/confirm)?)|\.well-known\/change-password|password\/(forgot|reset)|email\/(verify|change\/confirm)|account|mail-sent|continue|oauth\/(authorize|resume|consent|logout|logout\/confirm)|docs|assets\/[^/]+|openapi\.json|playground(\/.*)?)$/

/**
 * Checks a response of a service against its OpenAPI document, and gives it back: status, media type, headers and body. What a closed
 * schema does not name is a fault, too.
 *
 * Left out are pages, which are asked for with `Accept: text/html`, what only pages load, and the playground.
 *
 * @throws {Error} Where they disagree. It names the operation and the place.
 */
export async function checked(issuer: string, request: Request, response: Response): Promise<Response> {
  const path = pathBelow(issuer, request)
  const method = request.method === 'HEAD' ? 'GET' : request.method
  const operation = path === null ? null : findOperation(method, path)
  const name = operation ? operation.name : `${method} ${path ?? request.url}`
  function fault(what: string): Error {
    return new Error(`${name} answered ${response.status} against assets/openapi.json: ${what}`)
  }

  const type = response.headers.get('Content-Type')?.replace(/;.*$/, '').toLowerCase() ?? null
  if (type === 'text/html') {
    const asked = prefersPages(request) || (path !== null && PAGES.test(path))
    if (!asked) throw fault('a page, and nobody asked for one')
    return response
  }
  const isProblem = type === 'application/problem+json'
  if (!operation && !isProblem) {
    if (method === 'OPTIONS' && response.status === 204) return response
    if (path !== null && PAGES.test(path)) return response
    if (type?.startsWith('image/')) return response
    // A browser that asks for the path of a form is led to its page.
    if (response.status === 303 && method === 'GET' && prefersPages(request)) return response
    throw fault('there is no such operation')
  }

  const expected = operation ? operation.responses.get(response.status) : refusalOfNoRoute(response.status)
  if (!expected) throw fault('the status is not described')
  for (const [header, { required, isAsDescribed }] of expected.headers) {
    const value = response.headers.get(header)
    if (value === null && required) throw fault(`there is no ${header}`)
    if (value !== null && !isAsDescribed(value).valid) throw fault(`${header} is not as described`)
  }
  if (type === null) {
    if (expected.bodies.size > 0 && request.method !== 'HEAD') throw fault('there is no body')
    return response
  }
  const validateBody = expected.bodies.get(type)
  if (!validateBody) throw fault(`the media type ${type} is not described`)
  if (request.method === 'HEAD') return response

  const json = await response.text()
  const { valid, errors } = validateBody(JSON.parse(json))
  if (!valid) {
    const { instanceLocation, error } = errors.at(-1) ?? { instanceLocation: '#', error: 'wrong' }
    throw fault(`${instanceLocation} ${error} In: ${json.slice(0, 300)}`)
  }
  return new Response(json, response)
}

function prefersPages(request: Request): boolean {
  return request.headers.get('Accept')?.includes('text/html') ?? false
}

type Validator = (value: unknown) => ValidationResult

interface Expected {
  readonly headers: ReadonlyMap<string, { readonly required: boolean; readonly isAsDescribed: Validator }>
  /** By media type. */
  readonly bodies: ReadonlyMap<string, Validator>
}

interface CheckedOperation {
  readonly name: string
  readonly responses: ReadonlyMap<number, Expected>
}

/** Lists the paths that are also at the root of the host, whatever the path of the issuer. */
export const AT_THE_ROOT = ['/.well-known/apple-app-site-association', '/.well-known/assetlinks.json']

/** And what has the path of the issuer behind its own there. */
const METADATA_AT_THE_ROOT = /^(\/\.well-known\/(?:oauth-authorization-server|openid-configuration))(\/.+)$/

/** Returns the path of a request below that of the issuer, as the router reads it, whatever its host; `null` if it is beside it. */
function pathBelow(issuer: string, request: Request): string | null {
  const { pathname: base } = new URL(issuer)
  const path = getPathNoStrict(request)
  if (base === '/' || AT_THE_ROOT.includes(path)) return path
  const [, metadata, suffix] = METADATA_AT_THE_ROOT.exec(path) ?? []
  if (metadata !== undefined && suffix === base) return metadata
  return path === base || path.startsWith(`${base}/`) ? path.slice(base.length) || '/' : null
}

const routes = Object.entries(OPENAPI.paths).map(([path, methods]) => ({
  pattern: new RegExp(`^${path.replace(/[.]/g, '\\.').replace(/\{\w+\}/g, '[^/]+')}$`),
  methods: new Map(
    Object.entries(methods).map(([method, operation]) => {
      const name = `${method.toUpperCase()} ${path}`
      return [method.toUpperCase(), once(() => ({ name, responses: responsesOf(operation) }))]
    }),
  ),
}))

function findOperation(method: string, path: string): CheckedOperation | null {
  for (const { pattern, methods } of routes) {
    if (pattern.test(path)) return methods.get(method)?.() ?? null
  }
  return null
}

function responsesOf({ responses }: OperationObject): CheckedOperation['responses'] {
  return new Map(
    Object.entries(responses).map(([status, response]) => [Number(status), expectedOf(resolved(response))]),
  )
}

function expectedOf({ headers = {}, content = {} }: ResponseObject): Expected {
  return {
    headers: new Map(
      Object.entries(headers).map(([name, header]) => {
        const { schema, required = false } =
          '$ref' in header ? (OPENAPI.components.headers[nameIn(header)] ?? { schema: {} }) : header
        return [name, { required, isAsDescribed: validatorOf(schema) }]
      }),
    ),
    bodies: new Map(Object.entries(content).map(([type, { schema }]) => [type, validatorOf(schema)])),
  }
}

function resolved(response: ResponseObject | Reference): ResponseObject {
  if (!('$ref' in response)) return response
  const found = OPENAPI.components.responses[nameIn(response)]
  if (!found) throw new Error(`Nothing is at ${response.$ref}`)
  return found
}

function nameIn({ $ref }: Reference): string {
  return $ref.slice($ref.lastIndexOf('/') + 1)
}

/** Lists the problems where there is no route, or only one for another method, or before anything is known. */
const refusals = new Map<number, () => Expected>()

function refusalOfNoRoute(status: number): Expected {
  const known = refusals.get(status)
  if (known) return known()
  const codes = Object.entries(PROBLEMS).flatMap(([code, problem]) => (problem.status === status ? code : []))
  const schema = {
    $ref: '#/components/schemas/Problem',
    properties: { status: { const: status }, code: { enum: codes } },
  }
  const expected = once(() =>
    expectedOf({ description: '', content: { 'application/problem+json': { schema } } }),
  )
  refusals.set(status, expected)
  return expected()
}

const schemas = Object.fromEntries(
  Object.entries(OPENAPI.components.schemas).map(([name, schema]) => [name, closed(schema)]),
)

/** The components, found by the references to them. */
const lookup = dereference({ components: { schemas } })
let validators = 0

function validatorOf(schema: Schema): Validator {
  // A copy, for the library writes into what it is given.
  const own = JSON.parse(JSON.stringify(schema))
  validators += 1
  dereference(own, lookup, undefined, `/validators/${validators}`)
  return (value) => validate(value, own, '2020-12', lookup)
}

/** Returns a schema whose objects have no members but those named. What the document promises is open: answers may get more. */
function closed(schema: Schema): Schema {
  return {
    ...schema,
    ...(schema.properties ? { properties: closedEach(schema.properties), additionalProperties: false } : {}),
    ...(schema.items ? { items: closed(schema.items) } : {}),
    ...(schema.anyOf ? { anyOf: schema.anyOf.map(closed) } : {}),
  }
}

function closedEach(properties: Readonly<Record<string, Schema>>): Readonly<Record<string, Schema>> {
  return Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, closed(schema)]))
}

/** Makes something when it is asked for, and only once. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
