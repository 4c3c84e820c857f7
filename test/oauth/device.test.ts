import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { mintUserCode, parseUserCode } from '../../src/oauth/device-grant'
import { DEVICE_GRANT } from '../../src/oauth/grant-types'
import { StoreUnavailable } from '../../src/runtime/outage'
import {
  hidden,
  locationOf,
  newClient,
  OTHER_RESOURCE,
  oauthService,
  RESOURCE,
  refresh,
  requestTokens,
  type TestClient,
} from '../support/oauth'
import {
  decideDevice,
  enterCode,
  newDeviceClient,
  pollDevice,
  postPage,
  startDevice,
} from '../support/oauth-machines'
import { expectProblem, PASSWORD, type Person, send, signedInPerson } from '../support/person'
import type { OwnService } from '../support/service'
import { stopTime } from '../support/stop-time'

let service: OwnService
let ada: Person
let tv: TestClient

beforeAll(async () => {
  service = oauthService()
  ada = await signedInPerson({ mode: 'session', service })
  tv = await newDeviceClient()
})

const refused = (error: string, status = 400) => ({
  status,
  body: { error, error_description: expect.any(String) },
})

/** Makes a request of the device that its person has allowed. */
async function allowed(own: OwnService, person: Person, client = tv): Promise<string> {
  const { body } = await startDevice(own, client)
  await decideDevice(own, person, await enterCode(own, person, body.user_code))
  return body.device_code
}

describe('the codes of a device', () => {
  it('have letters that make no word and cannot be confused, and are found however they are typed', () => {
    const codes = Array.from({ length: 500 }, mintUserCode)
    expect(codes.every((code) => /^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/.test(code))).toBe(
      true,
    )
    expect(new Set(codes).size).toBe(500)
    expect(new Set(codes.join('')).size).toBe(21)
    for (const typed of ['bcdf-ghjk', 'BCDFGHJK', ' bcdf ghjk ', 'BCDF\u2013GHJK'])
      expect(parseUserCode(typed)).toBe('BCDF-GHJK')
    for (const typed of ['', 'BCDF-GHJ', 'BCDF-GHJKL', 'ACDF-GHJK', 'BCDF_GHJK', 'x'.repeat(1000)])
      expect(parseUserCode(typed)).toBeNull()
  })

  it('are answered with where to go, and are stored as hashes alone', async () => {
    const answer = await startDevice(service, tv)
    expect(answer).toMatchObject({ status: 200 })
    expect(answer.body).toEqual({
      device_code: expect.stringMatching(/^[\w-]{43}$/),
      user_code: expect.stringMatching(/^\w{4}-\w{4}$/),
      verification_uri: `${service.issuer}/device`,
      verification_uri_complete: `${service.issuer}/device?user_code=${answer.body.user_code}`,
      expires_in: 600,
      interval: 5,
    })
    expect(answer.headers.get('Cache-Control')).toBe('no-store')
    const { results } = await env.DB.prepare('SELECT * FROM device_codes').all()
    for (const secret of [answer.body.device_code, answer.body.user_code])
      expect(JSON.stringify(results)).not.toContain(secret)
  })

  it.each([
    ['a client that may not', () => newClient(), {}, 'unauthorized_client', 400],
    ['an unknown client', async () => ({ ...tv, id: `c_${'x'.repeat(22)}` }), {}, 'invalid_client', 401],
    ['a secret that it does not have', async () => ({ ...tv, secret: 'x' }), {}, 'invalid_client', 401],
    ['an unknown resource', async () => tv, { resource: 'https://x.example/' }, 'invalid_target', 400],
    ['a scope of another resource', async () => tv, { scope: 'files:read' }, 'invalid_scope', 400],
  ] as const)('are not given for %s', async (_, as, others, error, status) => {
    expect(await startDevice(service, await as(), others)).toMatchObject(refused(error, status))
  })

  it('are not stored for a scope or a resource with a NUL, which PostgreSQL does not take', async () => {
    for (const name of ['scope', 'resource'])
      expect(await startDevice(service, await newDeviceClient(), { [name]: 'a\0b' })).toMatchObject({
        status: 400,
        body: { error: 'invalid_request' },
      })
  })

  it('OP-10: are not stored for whoever has not proven which client it is, nor for one that may not', async () => {
    const stored = () => env.DB.prepare('SELECT count(*) AS codes FROM device_codes').first('codes')
    const before = await stored()
    const secret = await newDeviceClient({ confidential: true })
    for (const as of [{ ...tv, secret: 'x' }, { ...secret, secret: null }, await newClient()])
      expect((await startDevice(service, as)).status).toBeGreaterThanOrEqual(400)
    expect(await stored()).toBe(before)
    expect((await startDevice(service, secret)).status).toBe(200)
  })
})

describe('a person at /device', () => {
  it('signs in first, and is led back with the code of the link', async () => {
    const { body } = await startDevice(service, tv)
    const html = { Accept: 'text/html' }
    const at = `/device?user_code=${body.user_code}`
    const away = await send(service, 'GET', at, { headers: html })
    expect(away.status).toBe(303)
    expect(locationOf(away).searchParams.get('return_to')).toBe(`/device?user_code=${body.user_code}`)
    const page = await send(service, 'GET', at, { headers: { ...ada.headers, ...html } })
    expect(page.text).toContain(`value="${body.user_code}"`)
    expect(page.text).not.toContain('autofocus')
    // Where there is a code to enter, the field has the focus.
    const empty = await send(service, 'GET', '/device', { headers: { ...ada.headers, Accept: 'text/html' } })
    expect(empty.text).toMatch(/<input[^>]* name="user_code"[^>]* autofocus/)
    expect(page.text).toContain('Compare this code')
    expect(await pollDevice(service, tv, body.device_code)).toMatchObject(refused('authorization_pending'))
  })

  it.each([
    ['en', 'Allow Television?', 'read your notes', 'know that it is you'],
    ['de', 'Zugriff für Television erlauben?', 'Ihre Notizen lesen', 'erkennen, dass Sie es sind'],
    ['es', '¿Permitir el acceso de Television?', 'read your notes', 'saber que es usted'],
  ])('reads in %s which app asks, for what and for how long', async (language, title, reads, knows) => {
    const own = oauthService({
      OAUTH_SCOPE_TEXTS: JSON.stringify({
        'notes:read': { en: 'read your notes', de: 'Ihre Notizen lesen' },
      }),
    })
    const writer = await newDeviceClient({
      scopes: ['notes:read', 'notes:write', 'openid', 'offline_access'],
    })
    const { body } = await startDevice(own, writer, { scope: 'notes:read notes:write openid offline_access' })
    const headers = { ...ada.headers, 'Accept-Language': language }
    const page = await enterCode(own, { headers }, body.user_code.toLowerCase())
    expect(page.status).toBe(200)
    for (const shown of [
      title,
      ada.email,
      body.user_code,
      reads,
      knows,
      '<code>notes:write</code>',
      RESOURCE,
    ])
      expect(page.text).toContain(shown)
    expect(page.text).not.toContain('notes:read')
  })

  it('OP-08: gives the device tokens by allowing it, which are listed and ended as those of an app', async () => {
    const own = oauthService()
    const grace = await signedInPerson({ mode: 'session', service: own })
    const answer = await pollDevice(own, tv, await allowed(own, grace))
    expect(answer).toMatchObject({ status: 200, body: { scope: 'notes:read', token_type: 'Bearer' } })
    const { sessions } = (await grace.get('/sessions')).body
    const app = sessions.find((each: { app: unknown }) => each.app !== null)
    expect(app.app).toMatchObject({ id: tv.id, name: 'Television', resource: RESOURCE })
    expect((await grace.get('/me/activity')).body.events[0]).toMatchObject({ event: 'app-connected' })
    const { body } = await refresh(own, tv, answer.body.refresh_token)
    await grace.delete(`/sessions/${app.id}`)
    expect(await refresh(own, tv, body.refresh_token)).toMatchObject(refused('invalid_grant'))
  })

  it('outlives the sign-out with offline_access, and still knows the sign-in that apps are told the end of', async () => {
    const own = oauthService()
    const grace = await signedInPerson({ mode: 'session', service: own })
    const reader = await newDeviceClient({ scopes: ['notes:read', 'offline_access'] })
    const { body } = await startDevice(own, reader, { scope: 'notes:read offline_access' })
    await decideDevice(own, grace, await enterCode(own, grace, body.user_code))
    const { refresh_token } = (await pollDevice(own, reader, body.device_code)).body
    const parents = env.DB.prepare('SELECT parent_id IS NOT NULL AS known FROM sessions WHERE client_id = ?1')
    expect(Number(await parents.bind(reader.id).first('known'))).toBe(1)
    await grace.post('/logout')
    expect((await refresh(own, reader, refresh_token)).status).toBe(200)
  })

  it('denies, and the device learns it', async () => {
    const { body } = await startDevice(service, tv)
    const page = await enterCode(service, ada, body.user_code)
    expect((await decideDevice(service, ada, page, 'deny')).text).toContain('The device is not connected.')
    expect(await pollDevice(service, tv, body.device_code)).toMatchObject(refused('access_denied'))
    expectPage(await decideDevice(service, ada, page), 400, 'authorization-refused')
    expect(await pollDevice(service, tv, body.device_code)).toMatchObject(refused('access_denied'))
  })

  it('GHSA-cq3f-vc6p-68fh, CVE-2026-45337: who entered a code owns it; nobody else is asked about it or decides', async () => {
    const eve = await signedInPerson({ mode: 'session', service })
    const { body } = await startDevice(service, tv)
    const page = await enterCode(service, ada, body.user_code)
    expect((await enterCode(service, eve, body.user_code)).text).toContain('This code is not valid')
    const fields = { request: hidden(page, 'request'), decision: 'allow' }
    expectPage(await postPage(service, eve, '/device/decide', fields), 400, 'authorization-refused')
    const forAda = { ...fields, account_id: ada.userId }
    expectPage(await postPage(service, eve, '/device/decide', forAda), 409, 'account-mismatch')
    expect(await pollDevice(service, tv, body.device_code)).toMatchObject(refused('authorization_pending'))
    await decideDevice(service, ada, page)
    expect(decodedSubject((await pollDevice(service, tv, body.device_code)).body.access_token)).toBe(
      ada.userId,
    )
  })

  it('decides by a form of this site alone, with a cookie alone', async () => {
    const { body } = await startDevice(service, tv)
    const page = await enterCode(service, ada, body.user_code)
    const fields = { request: hidden(page, 'request'), decision: 'allow' }
    const away = { ...ada.headers, 'Sec-Fetch-Site': 'cross-site' }
    expectPage(
      await postPage(service, { headers: away }, '/device/decide', fields),
      403,
      'cross-site-request',
    )
    const other = await startDevice(service, tv)
    const stolen = {
      ...fields,
      request: hidden(page, 'request').replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')),
    }
    expectPage(await postPage(service, ada, '/device/decide', stolen), 400, 'authorization-refused')
    const token = await ada.signIn({ mode: 'token' })
    expectPage(await postPage(service, token, '/device/decide', fields), 400, 'authorization-refused')
    for (const code of [body.device_code, other.body.device_code])
      expect(await pollDevice(service, tv, code)).toMatchObject(refused('authorization_pending'))
  })

  it('LOG-07: tries only so many codes a minute', async () => {
    const full = oauthService({ LOGIN_LIMIT: { limit: async () => ({ success: false }) } })
    expectPage(await enterCode(full, ada, 'BCDF-GHJK'), 429, 'too-many-attempts')
  })

  it.each(['', 'x', 'BCDF-GHJK'])('is told that %j is no code', async (typed) => {
    const page = await enterCode(service, ada, typed)
    expect(page.status).toBe(400)
    for (const shown of ['This code is not valid', 'action="/device"']) expect(page.text).toContain(shown)
  })
})

describe('a device that asks for the outcome', () => {
  it('is slowed down when it asks too soon, and told when it is too late', async () => {
    stopTime()
    const own = oauthService()
    const { body } = await startDevice(own, tv)
    const ask = () => pollDevice(own, tv, body.device_code)
    expect(await ask()).toMatchObject(refused('authorization_pending'))
    expect(await ask()).toMatchObject(refused('slow_down'))
    own.ahead = 9
    expect(await ask()).toMatchObject(refused('slow_down'))
    // Five seconds more each time: 15 from then on, and 20 after the next.
    own.ahead = 9 + 14
    expect(await ask()).toMatchObject(refused('slow_down'))
    own.ahead = 23 + 20
    expect(await ask()).toMatchObject(refused('authorization_pending'))
    own.ahead = 599
    const page = await enterCode(own, ada, body.user_code)
    own.ahead = 600
    expectPage(await decideDevice(own, ada, page), 400, 'authorization-refused')
    expect(await ask()).toMatchObject(refused('expired_token'))
    expect((await enterCode(own, ada, body.user_code)).text).toContain('This code is not valid')
    const late = await startDevice(own, tv)
    await decideDevice(own, ada, await enterCode(own, ada, late.body.user_code))
    own.ahead = 1200
    expect(await pollDevice(own, tv, late.body.device_code)).toMatchObject(refused('expired_token'))
  })

  it('GHSA-xqxv-4jc2-x56x, INC-21: has a code that is of its client alone', async () => {
    const code = await allowed(service, ada)
    const other = await newDeviceClient()
    const secret = await newDeviceClient({ confidential: true })
    const { body: waiting } = await startDevice(service, tv)
    expect(await pollDevice(service, other, waiting.device_code)).toMatchObject(refused('invalid_grant'))
    expect(await pollDevice(service, other, code)).toMatchObject(refused('invalid_grant'))
    expect(await pollDevice(service, secret, code)).toMatchObject(refused('invalid_grant'))
    expect(await pollDevice(service, { ...tv, secret: 'x' }, code)).toMatchObject(
      refused('invalid_client', 401),
    )
    expect(await pollDevice(service, tv, 'x')).toMatchObject(refused('invalid_grant'))
    expect(await pollDevice(service, tv, '')).toMatchObject(refused('invalid_request'))
    expect((await pollDevice(service, tv, code)).status).toBe(200)
  })

  it('GHSA-p2fr-6hmx-4528: is granted what its person allowed, and nothing for another resource', async () => {
    const code = await allowed(service, ada)
    const poll = (resource: string) =>
      requestTokens(service, tv, { grant_type: DEVICE_GRANT, device_code: code, resource })
    expect(await poll(OTHER_RESOURCE)).toMatchObject(refused('invalid_grant'))
    expect((await poll(RESOURCE)).status).toBe(200)
  })

  it('OP-14: is granted nothing that the settings name no more, and keeps its code for another try', async () => {
    const bob = await signedInPerson({ mode: 'session', service })
    const code = await allowed(service, bob)
    const none = oauthService({ OAUTH_RESOURCES: `${OTHER_RESOURCE} files:read` })
    const others = oauthService({ OAUTH_RESOURCES: `${RESOURCE} notes:other` })
    expect(await pollDevice(none, tv, code)).toMatchObject(refused('invalid_target'))
    expect(await pollDevice(others, tv, code)).toMatchObject(refused('invalid_scope'))
    expect((await bob.get('/apps')).body).toEqual({ apps: [] })
    expect((await pollDevice(service, tv, code)).status).toBe(200)
  })

  it('keeps its code while the keys of ID tokens are away', async () => {
    const own = oauthService()
    const code = await allowed(own, ada)
    const idTokens = own.services.providerPart?.idTokens
    if (!idTokens) throw new Error('The service is no authorization server')
    const { ready } = idTokens
    idTokens.ready = () => Promise.reject(new StoreUnavailable('D1', 'away'))
    expectProblem(await pollDevice(own, tv, code), 503, 'store-unavailable')
    idTokens.ready = ready
    expect((await pollDevice(own, tv, code)).status).toBe(200)
  })

  it.each([
    ['proves again who they are', '/reauthenticate'],
    ['signs in again', '/login'],
  ])('is granted nothing of its person who %s before it asks: the code had other proofs', async (_, path) => {
    const bob = await signedInPerson({ mode: 'session', service })
    const code = await allowed(service, bob)
    const proof = { email: bob.email, password: PASSWORD, mode: 'session' }
    const body = path === '/login' ? proof : { password: PASSWORD }
    const { headers } = bob
    const answer = await send(service, 'POST', path, { headers, body })
    expect(answer.status).toBe(200)
    expect((await bob.get('/me')).status).toBe(401)
    expect(await pollDevice(service, tv, code)).toMatchObject(refused('invalid_grant'))
    const cookies = Object.entries(answer.cookies).map((cookie) => cookie.join('='))
    const renewed = { headers: { ...headers, Cookie: cookies.join('; ') } }
    expect((await send(service, 'GET', '/apps', renewed)).body).toEqual({ apps: [] })
  })

  it('is told a name of its sector, also where nothing names its person yet', async () => {
    const openId = { idTokenAlg: 'RS256', postLogoutRedirectUris: [], backChannelLogoutUri: null } as const
    const own = () => newDeviceClient({ openId: { ...openId, sector: 'tv.example' } })
    const subjects = []
    for (const each of [await own(), await own()]) {
      const { body } = await startDevice(service, each, { scope: 'openid notes:read' })
      await decideDevice(service, ada, await enterCode(service, ada, body.user_code))
      const tokens = await pollDevice(service, each, body.device_code)
      expect(tokens.status, tokens.text).toBe(200)
      subjects.push(decodedSubject(tokens.body.access_token), decodedSubject(tokens.body.id_token))
    }
    expect(subjects).toEqual(Array(4).fill(expect.stringMatching(/^[\w-]{43}$/)))
    expect(new Set(subjects).size).toBe(1)
  })

  it('INC-23: twenty at once are given one grant', async () => {
    const code = await allowed(service, ada)
    const answers = await Promise.all(Array.from({ length: 20 }, () => pollDevice(service, tv, code)))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(answers.filter(({ body }) => body.error === 'invalid_grant')).toHaveLength(19)
  })

  it('twenty people who enter one code at once: one owns it', async () => {
    const { body } = await startDevice(service, tv)
    const people = await Promise.all(
      Array.from({ length: 5 }, () => signedInPerson({ mode: 'session', service })),
    )
    const pages = await Promise.all(
      Array.from({ length: 20 }, (_, i) => enterCode(service, people[i % 5] ?? ada, body.user_code)),
    )
    const owners = pages.flatMap((page, i) => (page.text.includes('Allow Television?') ? [i % 5] : []))
    expect(new Set(owners).size).toBe(1)
  })

  it('gets nothing once its person signed out', async () => {
    const grace = await signedInPerson({ mode: 'session', service })
    const code = await allowed(service, grace)
    await grace.post('/logout')
    expect(await pollDevice(service, tv, code)).toMatchObject(refused('invalid_grant'))
  })

  it('gets nothing, and no grant is left behind, where its person has proven one factor and needs two', async () => {
    const grace = await signedInPerson({ mode: 'session', service })
    const code = await allowed(service, grace)
    const strict = oauthService({ SECOND_FACTOR: 'required' })
    expect(await pollDevice(strict, tv, code)).toMatchObject(refused('invalid_grant'))
    const kept = env.DB.prepare('SELECT id, client_id FROM sessions WHERE user_id = ?1').bind(grace.userId)
    expect((await kept.all()).results).toEqual([{ id: expect.any(String), client_id: null }])
  })
})

/** The page of a refusal says which problem it is. */
function expectPage(
  { status, text }: { readonly status: number; readonly text: string },
  expected: number,
  code: string,
) {
  expect([status, text.includes(`<code>${code}</code>`)]).toEqual([expected, true])
}

function decodedSubject(token: string): unknown {
  return JSON.parse(atob((token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/'))).sub
}
