import { toJsonSchema } from '@valibot/to-json-schema'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { Name } from '../../src/api/fields'
import { openRoutesOf } from '../../src/guards/open-route'
import { jsonBody } from '../../src/http/body'
import { PROBLEMS } from '../../src/http/problem'
import { factsOf } from '../../src/http/route-facts'
import { createApp } from '../../src/wiring/app'
import { createDocument } from '../../tools/openapi/document'
import { OPENAPI } from '../support/contract'
import { oauthService } from '../support/oauth'

const parts = createApp(oauthService().services).routes
const given = { version: OPENAPI.info.version }

const OPERATIONS = Object.entries(OPENAPI.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    route: `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`,
    operation,
  })),
)

function factsAt(route: string) {
  const ofRoute = parts.filter(({ method, path }) => `${method} ${path}` === route)
  return Object.assign({}, ...ofRoute.map(({ handler }) => factsOf(handler))) as ReturnType<typeof factsOf>
}

describe('the document', () => {
  it('is that of the routes there are', () => {
    expect(createDocument(parts, given)).toEqual({ ...OPENAPI })
    const routes = parts
      .filter(({ method }) => method !== 'ALL')
      .map(({ method, path }) => `${method} ${path}`)
    expect(OPERATIONS.map(({ route }) => route).sort()).toEqual([...new Set(routes)].sort())
  })

  it('cannot be made while a route is not described, or no route any more', () => {
    const handler = () => {}
    const more = [...parts, { method: 'PUT', path: '/me', handler }]
    expect(() => createDocument(more, given)).toThrow('does not describe the route PUT /me')
    const fewer = parts.filter(({ path }) => path !== '/sessions')
    expect(() => createDocument(fewer, given)).toThrow('describes routes that do not exist: GET /sessions')
  })

  it('cannot be made while a field is not described', () => {
    const handler = jsonBody(v.object({ shoe_size: v.number() }))
    const more = [...parts, { method: 'POST', path: '/login', handler }]
    expect(() => createDocument(more, given)).toThrow('does not describe shoe_size')
  })

  it('changes with the schema that validates', () => {
    const handler = jsonBody(v.object({ name: v.pipe(v.string(), v.minLength(3)) }))
    const { paths } = createDocument([...parts, { method: 'PATCH', path: '/me', handler }], given)
    expect(paths['/me']?.patch?.requestBody?.content['application/json']?.schema).toMatchObject({
      properties: { name: { type: 'string', minLength: 3 } },
      required: ['name'],
    })
  })

  it('ADM-01: lets nobody in whom the routes refuse', () => {
    const open = OPERATIONS.filter(
      ({ operation: { security } }) => security.length === 0 || security.some((way) => !Object.keys(way)[0]),
    )
    expect(open.map(({ route }) => route).sort()).toEqual([...openRoutesOf(parts)].sort())
    for (const { operation } of OPERATIONS.filter((each) => !open.includes(each))) {
      expect(operation.security).toEqual([{ accessToken: [] }, { sessionCookie: [] }])
      expect(operation.responses).toHaveProperty('401')
    }
  })

  it('has every problem there is but the one that nothing answers with yet', () => {
    const named = JSON.stringify(OPENAPI.components.responses)
    const missing = Object.keys(PROBLEMS).filter((code) => !named.includes(`"${code}"`))
    // 405 is answered where there is no operation.
    // A page answers with the first.
    expect(missing).toEqual(['authorization-refused', 'forbidden', 'method-not-allowed'])
  })

  it('names operations once', () => {
    const ids = OPERATIONS.map(({ operation }) => operation.operationId)
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('refers only to what is there', () => {
    const refs = [...JSON.stringify(OPENAPI).matchAll(/"\$ref":"#\/components\/(\w+)\/([^"]+)"/g)]
    expect(refs.length).toBeGreaterThan(100)
    const components: Readonly<Record<string, object>> = OPENAPI.components
    for (const [, kind = '', name = ''] of refs) expect(components[kind]).toHaveProperty([name])
  })

  it('is calm', () => {
    expect(JSON.stringify(OPENAPI)).not.toContain('!')
  })
})

const OWN_BODIES = OPERATIONS.filter(({ route, operation }) => {
  const { oauthForm, oauthJson } = factsAt(route)
  return operation.requestBody && !oauthForm && !oauthJson
})

it.each(OWN_BODIES)(
  'the request that is shown for $route is accepted by its schema',
  ({ route, operation }) => {
    const { json, form } = factsAt(route)
    const content = operation.requestBody?.content ?? {}
    expect(Object.keys(content)).toEqual([
      'application/json',
      ...(form ? ['application/x-www-form-urlencoded'] : []),
    ])
    expect(json && v.safeParse(json, content['application/json']?.example).issues).toBeUndefined()
    expect(content['application/json']?.schema.additionalProperties).toBe(false)
  },
)

it('a name is bounded as the document says', () => {
  expect(toJsonSchema(Name, { typeMode: 'input', ignoreActions: ['check'] })).toHaveProperty(
    'maxLength',
    1024,
  )
  const { maxLength = 0 } = OPENAPI.components.schemas.Name ?? {}
  // JSON Schema counts characters, and so does the check.
  expect(v.safeParse(Name, '\u{1f600}'.repeat(maxLength)).success).toBe(true)
  expect(v.safeParse(Name, '\u{1f600}'.repeat(maxLength + 1)).success).toBe(false)
})
