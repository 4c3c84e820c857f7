import { factsOf, type RouteFacts } from '../../src/http/route-facts'
import { DESCRIPTION } from './description'
import { bodySchema, componentSchemas } from './json-schema'
import type {
  Content,
  Header,
  OpenApi,
  OperationObject,
  Parameter,
  ResponseObject,
  SecurityScheme,
} from './open-api'
import { type Answer, type Operation, TAGS } from './operation'
import { OPERATIONS } from './operations'
import { createProblemResponses, PROBLEM_HEADERS, problemsOf } from './problem-responses'

/** Describes a piece of a route as Hono has it. `ALL` marks middleware. */
export interface RoutePart {
  readonly method: string
  readonly path: string
  readonly handler: object
}

const HEADERS: Readonly<Record<string, Header>> = {
  ...PROBLEM_HEADERS,
  'Set-Cookie': {
    description: 'Sets or clears `__Host-` cookies: Secure, HttpOnly, path `/`.',
    schema: { type: 'string', pattern: '^__Host-' },
  },
  'Content-Disposition': {
    description: 'The name of the file.',
    schema: { type: 'string' },
  },
  'Clear-Site-Data': {
    description: 'Clears what the browser stored for the session.',
    schema: { type: 'string', pattern: '^"cache"(, "storage")?$' },
  },
  'Cache-Control': {
    description: 'How long the answer may be cached; any other answer of the API is `no-store`.',
    required: true,
    schema: { type: 'string', pattern: '^public, max-age=[0-9]+$' },
  },
  Location: {
    description:
      'A path on this origin, or a URL whose origin is that of `APP_URL` or listed in `ALLOWED_ORIGINS`.',
    required: true,
    schema: { type: 'string', pattern: '^(/|[a-z][a-z0-9+.-]*://)' },
  },
}

const PARAMETERS: Readonly<Record<string, Parameter>> = {
  id: {
    name: 'id',
    in: 'path',
    required: true,
    description: 'The `id` of a session or a device.',
    schema: { type: 'string' },
  },
  code: {
    name: 'code',
    in: 'path',
    required: true,
    description: 'The `code` of a problem.',
    schema: { $ref: '#/components/schemas/ProblemCode' },
  },
  provider: {
    name: 'provider',
    in: 'path',
    required: true,
    description: 'The name of a provider, as in `SOCIAL_PROVIDERS`.',
    schema: { type: 'string' },
  },
  cursor: {
    name: 'cursor',
    in: 'query',
    description: 'The `next_cursor` of the previous page.',
    schema: { type: 'string' },
  },
  idempotencyKey: {
    name: 'Idempotency-Key',
    in: 'header',
    description:
      'Names the attempt, for a client that may retry it. Within 15 seconds the same request with the same key returns the session of the first. Use a new random value for each attempt: 22 to 128 letters, digits, hyphens and underscores, as in a UUID.',
    schema: { type: 'string', pattern: '^"?[A-Za-z0-9_-]{22,128}"?$' },
  },
}

const SECURITY_SCHEMES: Readonly<Record<string, SecurityScheme>> = {
  accessToken: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description:
      'The access token of token mode. An `Authorization` header decides: a cookie beside it is ignored.',
  },
  sessionCookie: {
    type: 'apiKey',
    in: 'cookie',
    name: '__Host-session',
    description:
      'The cookie of session mode. The cross-site rule guards it. With an `ISSUER` on localhost, cookie names end with its port: `__Host-session-8787`.',
  },
  refreshCookie: {
    type: 'apiKey',
    in: 'cookie',
    name: '__Host-refresh',
    description: 'The refresh token of token mode, with `refresh_in: cookie`.',
  },
}

/**
 * Builds the document of an app from its own routes: what they take is read from the schemas that validate it, who is let in from the guards
 * that stand before them. Only words, answers and a route's own refusals are added.
 *
 * @throws If a route is not described, or what is described is no route.
 */
export function createDocument(
  parts: readonly RoutePart[],
  { version }: { readonly version: string },
): OpenApi {
  const problems = createProblemResponses()
  const routes = collectRoutes(parts)
  const strays = Object.keys(OPERATIONS).filter((name) => !routes.has(name))
  if (strays.length > 0)
    throw new Error(`tools/openapi describes routes that do not exist: ${strays.join(', ')}`)

  const paths: Record<string, Record<string, OperationObject>> = {}
  for (const [name, facts] of routes) {
    const operation = OPERATIONS[name]
    if (!operation) throw new Error(`tools/openapi does not describe the route ${name}`)
    const [method = '', path = ''] = name.split(' ')
    const route = { method, open: facts.open ?? false, facts }
    const template = path.replace(/:(\w+)/g, '{$1}')
    paths[template] = {
      ...paths[template],
      [method.toLowerCase()]: {
        operationId: operation.id,
        summary: operation.summary,
        ...(operation.description === undefined ? {} : { description: operation.description }),
        tags: [operation.tag],
        security: securityOf(operation, route.open),
        ...parametersOf(facts, operation),
        ...(facts.json || facts.oauthForm || facts.oauthJson
          ? { requestBody: requestBodyOf(facts, operation) }
          : {}),
        responses: {
          ...problems.responsesFor(problemsOf(route, operation)),
          ...(facts.form ? { 303: FORM_HANDLED } : {}),
          ...answersOf(operation),
        },
        ...(facts.live ? { 'x-live': true } : {}),
      },
    }
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Janus',
      summary: 'Login for apps on Cloudflare Workers',
      description: DESCRIPTION,
      version,
    },
    servers: [{ url: '/' }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    paths,
    components: {
      schemas: componentSchemas(),
      responses: problems.made,
      parameters: PARAMETERS,
      headers: HEADERS,
      securitySchemes: SECURITY_SCHEMES,
    },
  }
}

/** Routes, as `METHOD path`, with what all their parts do. */
function collectRoutes(parts: readonly RoutePart[]): ReadonlyMap<string, RouteFacts> {
  const routes = new Map<string, RouteFacts>()
  for (const { method, path, handler } of parts) {
    if (method === 'ALL') continue
    const name = `${method} ${path}`
    routes.set(name, { ...routes.get(name), ...factsOf(handler) })
  }
  return routes
}

function parametersOf({ repeatable }: RouteFacts, { parameters = [] }: Operation) {
  const names = [...parameters, ...(repeatable ? ['idempotencyKey'] : [])]
  return names.length === 0
    ? {}
    : { parameters: names.map((each) => ({ $ref: `#/components/parameters/${each}` })) }
}

function securityOf({ takes }: Operation, open: boolean): OperationObject['security'] {
  const signedIn = [{ accessToken: [] }, { sessionCookie: [] }]
  if (!open) return signedIn
  if (takes === 'any') return [...signedIn, {}]
  if (takes === 'any-or-refresh-token') return [...signedIn, { refreshCookie: [] }, {}]
  return takes === 'refresh-token' ? [{ refreshCookie: [] }, {}] : []
}

function requestBodyOf({ json, form, oauthForm, oauthJson }: RouteFacts, { request }: Operation) {
  const schemas = {
    'application/json': json ?? oauthJson,
    'application/x-www-form-urlencoded': form ?? oauthForm,
  }
  const content: Record<string, Content[string]> = {}
  for (const [type, schema] of Object.entries(schemas)) {
    if (!schema) continue
    const isJson = type === 'application/json'
    content[type] = {
      schema: bodySchema(schema),
      ...(isJson && request !== undefined ? { example: request } : {}),
    }
  }
  // A body that is absent altogether counts as an empty one.
  const required = (content['application/json']?.schema.required ?? []).length > 0
  return { required, content }
}

/** The answer to a form that was handled. */
const FORM_HANDLED: ResponseObject = {
  description: 'For forms: the request succeeded, and `Location` leads on.',
  headers: headersOf(['Location', 'Set-Cookie?', 'Clear-Site-Data?']),
}

function answersOf({ answers, page }: Operation): Readonly<Record<string, ResponseObject>> {
  return Object.fromEntries(
    Object.entries(answers).map(([status, answer]) => [status, answerOf(answer, page ?? false)]),
  )
}

function answerOf({ description, body, example, headers }: Answer, page: boolean): ResponseObject {
  return {
    description,
    ...(headers ? { headers: headersOf(headers) } : {}),
    ...(body
      ? {
          content: {
            'application/json': {
              schema: { $ref: `#/components/schemas/${body}` },
              ...(example === undefined ? {} : { example }),
            },
            ...(page ? { 'text/html': { schema: { type: 'string' } } } : {}),
          },
        }
      : {}),
  }
}

/** A name without a question mark is of a header that every such answer has. */
function headersOf(names: readonly string[]): NonNullable<ResponseObject['headers']> {
  return Object.fromEntries(
    names.map((text) => {
      const name = text.replace('?', '')
      const header = HEADERS[name]
      if (!header) throw new Error(`No such header: ${name}`)
      const always = !text.endsWith('?')
      return [
        name,
        (header.required ?? false) === always
          ? { $ref: `#/components/headers/${name}` }
          : { ...header, required: always },
      ]
    }),
  )
}
