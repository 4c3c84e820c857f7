import { beforeAll, describe, expect, it } from 'vitest'
import { createApp } from '../../src/wiring/app'
import { mailingService } from '../support/mail'
import {
  type Answer,
  expectProblem,
  newAddress,
  PASSWORD,
  read,
  type SignedIn,
  signedInPerson,
} from '../support/person'
import { startEmpty, storage } from '../support/storage'

interface BodyRoute {
  readonly method: string
  /** `:id` stands for the caller's own session. */
  readonly path: string
  readonly form: boolean
  /** Its fields, each with a value that is accepted. */
  readonly fields: Readonly<Record<string, unknown>>
}

const SIGN_IN = {
  email: 'nobody@example.com',
  password: PASSWORD,
  mode: 'session',
  refresh_in: 'body',
  return_to: '/',
}

const ADDRESS = { email: 'nobody@example.com', return_to: '/' }

const LINK = { token: 'A'.repeat(43), binding: 'B'.repeat(43), return_to: '/' }

const NO_CREDENTIAL = { id: 'A'.repeat(43), response: { clientDataJSON: 'e30', attestationObject: 'oA' } }

const NO_ASSERTION = {
  id: 'A'.repeat(43),
  response: { clientDataJSON: 'e30', authenticatorData: 'AA', signature: 'AA' },
}

const PROVIDER_ANSWER = {
  state: 'x',
  code: 'x',
  iss: 'https://id.example',
  error: 'x',
  error_description: 'x',
}

const ROUTES: readonly BodyRoute[] = [
  { method: 'POST', path: '/register', form: true, fields: { ...SIGN_IN, name: 'Ada' } },
  { method: 'POST', path: '/login', form: true, fields: SIGN_IN },
  { method: 'POST', path: '/login/second-factor', form: true, fields: { code: '000000', return_to: '/' } },
  { method: 'POST', path: '/login/link', form: true, fields: ADDRESS },
  {
    method: 'POST',
    path: '/login/link/confirm',
    form: true,
    fields: { ...LINK, mode: 'session', refresh_in: 'body' },
  },
  { method: 'POST', path: '/password/forgot', form: true, fields: ADDRESS },
  {
    method: 'POST',
    path: '/password/reset',
    form: true,
    fields: { token: LINK.token, new_password: 'another horse battery', return_to: '/' },
  },
  {
    method: 'POST',
    path: '/email/verify',
    form: true,
    fields: { ...LINK, new_password: 'another horse battery' },
  },
  { method: 'POST', path: '/email/verify/resend', form: true, fields: { ...ADDRESS, binding: LINK.binding } },
  { method: 'POST', path: '/email/change', form: true, fields: { ...ADDRESS, password: PASSWORD } },
  { method: 'POST', path: '/email/change/confirm', form: true, fields: LINK },
  { method: 'POST', path: '/refresh', form: false, fields: { refresh_token: 'x' } },
  { method: 'PATCH', path: '/me', form: false, fields: { name: 'Ada' } },
  { method: 'POST', path: '/me', form: true, fields: { name: 'Ada', return_to: '/' } },
  { method: 'POST', path: '/me/delete', form: true, fields: { password: PASSWORD, return_to: '/' } },
  { method: 'POST', path: '/reauthenticate', form: true, fields: { password: PASSWORD, return_to: '/' } },
  {
    method: 'POST',
    path: '/reauthenticate/second-factor',
    form: true,
    fields: { code: '000000', return_to: '/' },
  },
  { method: 'POST', path: '/reauthenticate/passkey/options', form: false, fields: {} },
  {
    method: 'POST',
    path: '/reauthenticate/passkey',
    form: false,
    fields: { credential: NO_ASSERTION },
  },
  { method: 'POST', path: '/me/totp', form: true, fields: { return_to: '/' } },
  {
    method: 'POST',
    path: '/me/totp/confirm',
    form: true,
    fields: { enrolment: 'x', code: '000000', return_to: '/' },
  },
  { method: 'POST', path: '/me/second-factor/remove', form: true, fields: { return_to: '/' } },
  { method: 'POST', path: '/me/recovery-codes', form: true, fields: { return_to: '/' } },
  {
    method: 'POST',
    path: '/password',
    form: true,
    fields: { current_password: PASSWORD, new_password: 'another horse battery', return_to: '/' },
  },
  { method: 'POST', path: '/logout', form: true, fields: { return_to: '/' } },
  { method: 'POST', path: '/logout/all', form: true, fields: { keep_current: true } },
  { method: 'POST', path: '/sessions/:id/end', form: true, fields: { return_to: '/' } },
  { method: 'POST', path: '/devices/:id/forget', form: true, fields: { return_to: '/' } },
  { method: 'POST', path: '/login/passkey/options', form: false, fields: { binding: LINK.binding } },
  {
    method: 'POST',
    path: '/login/passkey',
    form: false,
    fields: { credential: NO_ASSERTION, binding: LINK.binding, mode: 'session', refresh_in: 'body' },
  },
  { method: 'POST', path: '/login/second-factor/passkey/options', form: false, fields: { pending: 'x' } },
  {
    method: 'POST',
    path: '/login/second-factor/passkey',
    form: false,
    fields: { credential: NO_ASSERTION, pending: 'x' },
  },
  { method: 'POST', path: '/login/second-factor/recovery', form: true, fields: { pending: 'x' } },
  {
    method: 'POST',
    path: '/login/second-factor/recovery/cancel',
    form: true,
    fields: { token: LINK.binding },
  },
  {
    method: 'POST',
    path: '/me/second-factor/recovery/cancel',
    form: true,
    fields: { return_to: '/' },
  },
  { method: 'POST', path: '/login/second-factor/set-up/totp', form: true, fields: { pending: 'x' } },
  {
    method: 'POST',
    path: '/login/second-factor/set-up/totp/confirm',
    form: true,
    fields: { enrolment: 'x', code: '000000' },
  },
  {
    method: 'POST',
    path: '/login/second-factor/set-up/passkey/options',
    form: false,
    fields: { pending: 'x' },
  },
  {
    method: 'POST',
    path: '/login/second-factor/set-up/passkey',
    form: false,
    fields: { credential: NO_CREDENTIAL, pending: 'x', name: 'Ada' },
  },
  { method: 'POST', path: '/passkeys/options', form: false, fields: {} },
  { method: 'POST', path: '/passkeys', form: false, fields: { credential: NO_CREDENTIAL, name: 'Ada' } },
  { method: 'POST', path: '/passkeys/:id/rename', form: true, fields: { name: 'Ada', return_to: '/' } },
  { method: 'POST', path: '/passkeys/:id/remove', form: true, fields: { return_to: '/' } },
  {
    method: 'POST',
    path: '/login/social/:provider',
    form: true,
    fields: { mode: 'session', return_to: '/' },
  },
  {
    method: 'POST',
    path: '/login/social/:provider/callback',
    form: true,
    fields: { ...PROVIDER_ANSWER, user: '{}' },
  },
  {
    method: 'POST',
    path: '/login/social/confirm',
    form: false,
    fields: { ...PROVIDER_ANSWER, profile: 'x', binding: LINK.binding, refresh_in: 'body' },
  },
  {
    method: 'POST',
    path: '/identities/confirm',
    form: false,
    fields: { ...PROVIDER_ANSWER, profile: 'x', binding: LINK.binding },
  },
  { method: 'POST', path: '/identities/connect', form: true, fields: { offer: 'x', return_to: '/' } },
  { method: 'POST', path: '/identities/:provider/link', form: true, fields: { return_to: '/' } },
  { method: 'POST', path: '/identities/:id/remove', form: true, fields: { return_to: '/' } },
]

const MODES = ['session', 'token'] as const

const BODY_MAX_BYTES = 64 * 1024

type Bytes = string | Uint8Array | ReadableStream<Uint8Array>

/** In this very process, which is faster, and where a stream that is not read to its end leaves no broken pipe. */
const janus = mailingService()

/** Sends a body as it is. No type means that no Content-Type is sent. */
async function sendBody(
  caller: SignedIn,
  { method, path }: Pick<BodyRoute, 'method' | 'path'>,
  body: Bytes,
  type: string | null = 'application/json',
  further: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  // As bytes, because a Request gives text a type of its own.
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body
  const headers = {
    'CF-Connecting-IP': newAddress(),
    ...caller.headers,
    ...(type === null ? {} : { 'Content-Type': type }),
    ...further,
  }
  const url = `${janus.issuer}${path.replace(':id', caller.sessionId)}`
  return read(await janus.fetch(new Request(url, { method, headers, body: bytes })))
}

function stream(chunks: number, chunk: Uint8Array): ReadableStream<Uint8Array> {
  let sent = 0
  return new ReadableStream({
    pull(controller) {
      if (sent === chunks) controller.close()
      else controller.enqueue(chunk)
      sent += 1
    },
  })
}

const nested = (open: string, close: string) => open.repeat(10_000) + close.repeat(10_000)

it('lists every route that takes a body', () => {
  const registered = createApp(janus.services).routes.filter(({ method }) =>
    ['POST', 'PUT', 'PATCH'].includes(method),
  )
  const names = new Set(registered.map(({ method, path }) => `${method} ${path}`))
  expect([...names].sort()).toEqual(ROUTES.map(({ method, path }) => `${method} ${path}`).sort())
})

describe.each(ROUTES)('the body of $method $path', (route) => {
  // All that is stored is looked at again and again.
  beforeAll(startEmpty)

  const good = JSON.stringify(route.fields)

  /** Asserts that each of these is refused in this way, and that none changed a thing. */
  async function refusesAll(
    bodies: Readonly<Record<string, Bytes>>,
    [status, code]: readonly [number, string],
  ): Promise<void> {
    const ada = await signedInPerson({ mode: 'session', service: janus })
    const before = await storage()
    for (const [name, body] of Object.entries(bodies)) {
      const refusal = await sendBody(ada, route, body)
      expect({ name, status: refusal.status, code: refusal.body?.code }).toEqual({ name, status, code })
      expectProblem(refusal, status, code)
    }
    expect(await storage()).toEqual(before)
    expect((await ada.get('/me')).status).toBe(200)
  }

  it.each(MODES)('CSRF-03: is refused in %s mode unless its type is that of JSON', async (mode) => {
    const ada = await signedInPerson({ mode, service: janus })
    const before = await storage()
    for (const type of [
      null,
      '',
      'text/plain',
      'text/json',
      'multipart/form-data; boundary=x',
      'application/octet-stream',
      'application/json-patch+json',
      'application/jsonp',
      'application/json; charset=utf-16',
      'application/json; x',
      'application/json, application/json',
      'application/json, text/plain',
      'text/plain; application/json',
      'Application/X-WWW-Form-Urlencoded; x',
      'application/x-www-form-urlencoded; charset=iso-8859-1',
      'application/json; charset="utf-16"',
      'application/json; charset=utf-8; charset=utf-16',
      'application/json; charset=utf-8; CHARSET=utf-8',
      'application/json; charset = utf-8',
      'application/json charset=utf-8',
      'application/json, application/x-www-form-urlencoded',
      'application/x-www-form-urlencoded, application/json',
      // Even where forms are taken: what looks like JSON is no form.
      'application/x-www-form-urlencoded',
      'Application/X-WWW-Form-Urlencoded',
    ]) {
      const refusal = await sendBody(ada, route, good, type)
      expect({ type, status: refusal.status }).toEqual({ type, status: 415 })
      expectProblem(refusal, 415, 'unsupported-media-type')
    }
    expect(await storage()).toEqual(before)
  })

  it.each(MODES)(
    'is read in %s mode however its type is spelled, and without a byte order mark',
    async (mode) => {
      const ada = await signedInPerson({ mode, service: janus })
      // Of the fields alone one can tell whether it was read: none is known.
      for (const type of [
        'application/json',
        'Application/JSON',
        'application/json;charset=utf-8',
        'application/json; charset=UTF-8',
        'application/json ; charset="utf-8"',
        'application/json; charset="\\utf-8";',
        'application/json; profile="a;charset=utf-16"; v=1',
        ' application/json\t',
      ]) {
        for (const body of ['{"a":1}', '\uFEFF{"a":1}']) {
          const refusal = await sendBody(ada, route, body, type)
          expect({ type, body, status: refusal.status }).toEqual({ type, body, status: 422 })
        }
      }
    },
  )

  it.each(MODES)('counts as {} in %s mode if there is none, whatever the type says', async (mode) => {
    const ada = await signedInPerson({ mode, service: janus })
    const before = await sendBody(ada, route, '{}')
    // A route that needs no field has now done what it does; another person sends the next.
    for (const type of [null, 'application/json', 'application/x-www-form-urlencoded', 'Application/JSON']) {
      const eve = await signedInPerson({ mode, service: janus })
      const headers = { Accept: 'application/json, text/plain, */*' }
      const answer = await sendBody(eve, route, '', type, headers)
      expect({ type, status: answer.status }).toEqual({ type, status: before.status })
      expect(answer.body?.errors).toEqual(before.body?.errors)
    }
  })

  it('API-03: no part of a body of unknown shape comes back, as JSON or on a page', async () => {
    const ada = await signedInPerson({ mode: 'session', service: janus })
    const canary = 'canary-7f3a'
    const form = 'application/x-www-form-urlencoded'
    for (const [name, body, type] of [
      ['an unknown name', `{"${canary}":1}`, 'application/json'],
      ['a name of its own beside known ones', `${good.slice(0, -1)},"${canary}":1}`, 'application/json'],
      ['not JSON', `{"password":"${canary}`, 'application/json'],
      ['a name twice', `{"${canary}":1,"${canary}":2}`, 'application/json'],
      ['JSON as text', `"${canary}"`, 'application/json'],
      ['JSON as a form', `{"password":"${canary}"}`, form],
      ['JSON as a form, with signs of a form in it', `\r\n {"password":"${canary}&a=b"}`, form],
      ['JSON without a type', `{"password":"${canary}"}`, null],
      ['JSON of another type', `{"password":"${canary}"}`, 'text/plain'],
      ['a form of unknown names', `${canary}=1`, form],
      ['a form of one name twice', `${canary}=1&${canary}=2`, form],
      ['a form without a name', canary, form],
    ] as const) {
      for (const accept of ['application/json', 'text/html']) {
        const answer = await sendBody(ada, route, body, type, { Accept: accept })
        expect({ name, refused: answer.status >= 400 }).toEqual({ name, refused: true })
        expect(`${answer.text} ${JSON.stringify([...answer.headers])}`, name).not.toContain(canary)
      }
    }
  })

  it.each(MODES)('says in %s mode which header to send with what looks like JSON', async (mode) => {
    const ada = await signedInPerson({ mode, service: janus })
    for (const type of [
      null,
      'application/x-www-form-urlencoded',
      'application/x-www-form-urlencoded; charset=utf-8',
    ]) {
      const refusal = await sendBody(ada, route, good, type)
      expectProblem(refusal, 415, 'unsupported-media-type')
      expect(refusal.body.detail).toContain('looks like JSON')
      expect(refusal.body.detail).toContain('Content-Type: application/json')
    }
  })

  it('API-03: is refused if it is not JSON', async () => {
    await refusesAll(
      {
        'half an object': '{',
        'a trailing comma': '{"a":1,}',
        'a comment': '{}//',
        'single quotes': "{'a':1}",
        'an unquoted name': '{a:1}',
        'two values': '{}{}',
        'only white space': ' ',
        'not a number': '{"a":NaN}',
        'a raw NUL': '{"a":"\0"}',
        'a raw NUL after it': '{}\0',
        'only a byte order mark': '\uFEFF',
        'two byte order marks': '\uFEFF\uFEFF{}',
        'a byte order mark after it': '{}\uFEFF',
        'a byte order mark of UTF-16': new Uint8Array([0xfe, 0xff, 0, 0x7b, 0, 0x7d]),
        'UTF-16': new Uint8Array([0x7b, 0, 0x7d, 0]),
        'a broken sequence': new Uint8Array([0x7b, 0x22, 0xc3, 0x22, 0x3a, 0x31, 0x7d]),
        'an overlong sequence': new Uint8Array([0x7b, 0xc0, 0xa2, 0x7d]),
        'an encoded surrogate': new Uint8Array([0x22, 0xed, 0xa0, 0x80, 0x22]),
        'an unclosed nest': '['.repeat(10_000),
      },
      [400, 'invalid-json'],
    )
  })

  it('API-03: is refused if a name occurs twice, however it is spelled', async () => {
    const [name = '', value] = Object.entries(route.fields)[0] ?? []
    const text = JSON.stringify(value)
    const escaped = `\\u${name.charCodeAt(0).toString(16).padStart(4, '0')}${name.slice(1)}`
    await refusesAll(
      {
        plain: `{"${name}":${text},"${name}":${text}}`,
        escaped: `{"${name}":${text},"${escaped}":${text}}`,
        'escaped first': `{"${escaped}":${text},"${name}":${text}}`,
        spaced: `{"${name}" :${text}, "${name}"\n:\t${text}}`,
        'three times': `{"${name}":1,"${name}":2,"${name}":${text}}`,
        'an unknown one': '{"a":1,"a":2}',
        'an empty one': '{"":1,"":2}',
        'a deep one': '{"a":{"b":[{"c":1,"c":2}]}}',
        'beside text that looks like one': `{"a":"\\"b\\":","c":1,"c":2}`,
        'the prototype': '{"__proto__":1,"__proto__":2}',
      },
      [400, 'invalid-json'],
    )
  })

  it('API-03: is refused if it is no object, or of unknown fields', async () => {
    await refusesAll(
      {
        null: 'null',
        true: 'true',
        'a number': '1',
        'a huge number': '1e999',
        text: '"x"',
        'an array': '[]',
        'an array of it': `[${good}]`,
        'a deep array': nested('[', ']'),
        'a deep object': nested('{"a":', '}').replace('}', '1}'),
        'an unknown field': '{"a":1}',
        'one more than it has': JSON.stringify({ ...route.fields, is_admin: true }),
        'a known one in another case': `{"${Object.keys(route.fields)[0]?.toUpperCase()}":"x"}`,
        'a known one with a NUL': `{"${Object.keys(route.fields)[0]}\\u0000":"x"}`,
        'an empty name': '{"":1}',
        'a lone surrogate as name': '{"\\ud800":1}',
        roles: '{"roles":["admin"]}',
        'the prototype': '{"__proto__":{"polluted":true}}',
        'the prototype escaped': '{"\\u005f_proto__":{"polluted":true}}',
        'the constructor': '{"constructor":{"prototype":{"polluted":true}}}',
        'a prototype': '{"prototype":{"polluted":true}}',
        'names of every object': '{"toString":"x","valueOf":"x","hasOwnProperty":"x"}',
      },
      [422, 'invalid-input'],
    )
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  })

  it('API-03: is refused if a field has another type', async () => {
    const bodies: Record<string, string> = {}
    for (const [name, value] of Object.entries(route.fields)) {
      for (const other of [
        '0',
        '1e999',
        '[]',
        '{}',
        '{"$ne":1}',
        '{"__proto__":{"polluted":true}}',
        '{"toString":1,"length":9}',
        `[${JSON.stringify(value)}]`,
        nested('[', ']'),
        typeof value === 'boolean' ? '"true"' : 'true',
        // Only the form's twin of a name can be nothing at all.
        ...(name === 'name' &&
        ['/me', '/passkeys', '/login/second-factor/set-up/passkey'].includes(route.path)
          ? []
          : ['null']),
      ]) {
        bodies[`${name}: ${other.slice(0, 40)}`] = JSON.stringify(route.fields).replace(
          `"${name}":${JSON.stringify(value)}`,
          `"${name}":${other}`,
        )
      }
    }
    await refusesAll(bodies, [422, 'invalid-input'])
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  })

  it('API-03: is refused over 64 KiB, with or without Content-Length', async () => {
    const large = `{"a":"${'x'.repeat(BODY_MAX_BYTES)}"}`
    const chunk = new TextEncoder().encode('x'.repeat(1024))
    await refusesAll(
      {
        'as text': large,
        'as a stream': stream(BODY_MAX_BYTES / 1024 + 1, chunk),
        'as a stream without end': stream(Number.POSITIVE_INFINITY, chunk),
      },
      [413, 'body-too-large'],
    )
  })

  it('API-03: is read up to 64 KiB, in whatever pieces it comes', async () => {
    const ada = await signedInPerson({ mode: 'session', service: janus })
    const text = `{"a":"${'x'.repeat(BODY_MAX_BYTES - 8)}"}`
    expect(text).toHaveLength(BODY_MAX_BYTES)
    expectProblem(await sendBody(ada, route, text), 422, 'invalid-input')
    const inPieces = stream(64, new TextEncoder().encode(' '.repeat(1024)))
    expectProblem(await sendBody(ada, route, inPieces), 400, 'invalid-json')
  })
})
