import { env } from 'cloudflare:workers'
import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { validator } from 'hono/validator'
import { describe, expect, it } from 'vitest'
import { createJanus } from '../../src/janus'
import { type Answer, expectProblem, newAddress, newEmail, PASSWORD, read } from '../support/person'

const ISSUER = 'https://example.com/auth'

/** Returns an app whose middleware does something with each body before Janus sees it. */
function appThat(reads: (c: Context) => unknown) {
  return new Hono()
    .use(async (c, next) => {
      await Promise.resolve(reads(c)).catch(() => {})
      await next()
    })
    .route('/auth', createJanus({ ...env, ISSUER }, { log: () => {} }))
}

type App = Pick<Hono, 'request'>

async function post(
  app: App,
  body: BodyInit,
  type = 'application/json',
  path = '/register',
): Promise<Answer> {
  const headers = { 'Content-Type': type, 'CF-Connecting-IP': newAddress() }
  return read(await app.request(`${ISSUER}${path}`, { method: 'POST', headers, body }))
}

const account = () => ({ email: newEmail(), password: PASSWORD })
const asForm = (fields: Record<string, string>) => new URLSearchParams(fields).toString()
const FORM = 'application/x-www-form-urlencoded'

/** Says how an app may have read a body: once, or in any order. */
const READERS: Readonly<Record<string, (c: Context) => unknown>> = {
  'c.req.json()': (c) => c.req.json(),
  'c.req.text()': (c) => c.req.text(),
  'c.req.arrayBuffer()': (c) => c.req.arrayBuffer(),
  'c.req.bytes()': (c) => c.req.bytes(),
  'c.req.blob()': (c) => c.req.blob(),
  'c.req.parseBody()': (c) => c.req.parseBody(),
  'c.req.parseBody({ all: true })': (c) => c.req.parseBody({ all: true }),
  'c.req.formData(), of forms': (c) => (isForm(c) ? c.req.formData() : c.req.json()),
  'json(), then text()': async (c) => [await c.req.json(), await c.req.text()],
  'text(), then parseBody()': async (c) => [await c.req.text(), await c.req.parseBody()],
  'formData(), then text(), of forms': async (c) =>
    isForm(c) ? [await c.req.formData(), await c.req.text()] : c.req.text(),
  'parseBody(), then arrayBuffer()': async (c) => [await c.req.parseBody(), await c.req.arrayBuffer()],
  'blob(), then json()': async (c) => [await c.req.blob(), await c.req.json()],
  'a clone': (c) => c.req.raw.clone().text(),
}

function isForm(c: Context): boolean {
  return c.req.header('Content-Type') === FORM
}

describe.each(Object.entries(READERS))('API-03: a body that the app has read before by %s', (_, reads) => {
  const app = appThat(reads)

  it('is read, in JSON and as a form', async () => {
    expect(
      (await post(app, JSON.stringify({ ...account(), name: 'Ædå ➶ 100% & more' }))).body.user.name,
    ).toBe('Ædå ➶ 100% & more')
    const form = { ...account(), name: 'Ædå ➶ 100% & more' }
    expect((await post(app, asForm(form), FORM)).status).toBe(303)
    const signedIn = await post(
      app,
      JSON.stringify({ email: form.email, password: PASSWORD }),
      undefined,
      '/login',
    )
    expect(signedIn).toMatchObject({ status: 200, body: { user: { name: form.name } } })
  })

  it('is held to the byte limit, to UTF-8, and to having each name once', async () => {
    const { email, password } = account()
    const json = `{"email":"${email}","password":"${password}","password":"${password}"}`
    expectProblem(await post(app, json), 400, 'invalid-json')
    const form = `${asForm({ email, password })}&password=${encodeURIComponent(password)}`
    const twice = await post(app, form, FORM)
    expectProblem(twice, 422, 'invalid-input')
    expect(twice.body.errors).toMatchObject([{ code: 'duplicate' }])

    const large = 'x'.repeat(64 * 1024)
    expectProblem(await post(app, JSON.stringify({ email, password: large })), 413, 'body-too-large')
    expectProblem(await post(app, asForm({ email, password: large }), FORM), 413, 'body-too-large')

    const broken = new TextEncoder().encode(JSON.stringify({ email, password: `${password}?` }))
    broken[broken.indexOf(0x3f)] = 0xff
    expectProblem(await post(app, broken), 400, 'invalid-json')
    expectProblem(await post(app, `${asForm({ email, password })}%ff`, FORM), 422, 'invalid-input')
    expectProblem(await post(app, 'not JSON'), 400, 'invalid-json')
    expectProblem(await post(app, JSON.stringify(account()), 'text/plain'), 415, 'unsupported-media-type')
  })
})

it.each<[string, (c: Context) => unknown]>([
  ['c.req.raw.json()', (c) => c.req.raw.json()],
  ['c.req.raw.text(), and asked c.req for it then', (c) => c.req.raw.text().then(() => c.req.text())],
  ['a reader that it keeps', (c) => void c.req.raw.body?.getReader()],
])('a body that the app has taken by %s is gone, and the answer says what to do', async (_, reads) => {
  for (const [body, type] of [
    [JSON.stringify(account()), 'application/json'],
    [asForm(account()), FORM],
  ] as const) {
    const answer = await post(appThat(reads), body, type)
    expectProblem(answer, 422, 'invalid-input')
    expect(answer.body.errors).toMatchObject([{ field: '', code: 'already-read' }])
    expect(answer.body.errors[0].message).toContain('Read it with c.req.json()')
  }
})

it("keeps what Hono's own middleware for bodies leaves", async () => {
  const auth = createJanus({ ...env, ISSUER }, { log: () => {} })
  const app = new Hono()
    .use(bodyLimit({ maxSize: 1000 }))
    .use(validator('json', (value) => value))
    .route('/auth', auth)
  expect((await post(app, JSON.stringify(account()))).status).toBe(201)
})

it('knows the country of a request whose body was read before', async () => {
  const auth = createJanus({ ...env, ISSUER }, { log: () => {} })
  const app = new Hono()
    .use(async (c, next) => {
      await c.req.text()
      await next()
    })
    .route('/auth', auth)
  const headers = { 'Content-Type': 'application/json' }
  const init = { method: 'POST', headers, body: JSON.stringify(account()), cf: { country: 'PT' } }
  const { body } = await read(await app.fetch(new Request(`${ISSUER}/register`, init)))
  const row = await env.DB.prepare('SELECT country FROM audit_events WHERE session_id = ?1')
    .bind(body.session.id)
    .first()
  expect(row).toEqual({ country: 'PT' })
})
