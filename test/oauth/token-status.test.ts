import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { removeClient } from '../../packages/cli/clients/statements'
import { documentClient, documentOf, serviceWithHost } from '../support/documents'
import { faultyD1 } from '../support/faulty-d1'
import {
  codeFor,
  exchange,
  granted,
  newClient,
  OTHER_RESOURCE,
  oauthService,
  postForm,
  RESOURCE,
  refresh,
  type TestClient,
} from '../support/oauth'
import { introspect, machineTokens, postAs, revoke } from '../support/oauth-machines'
import { expectProblem, type Person, send, signedInPerson } from '../support/person'
import type { OwnService } from '../support/service'

let service: OwnService
let ada: Person
let client: TestClient
let spa: TestClient
let notes: TestClient
let files: TestClient
let robot: TestClient

beforeAll(async () => {
  service = oauthService()
  ada = await signedInPerson({ mode: 'session', service })
  client = await newClient()
  spa = await newClient({ confidential: false })
  notes = await newClient({ name: 'Notes API', redirectUris: [], scopes: [], grants: [], serves: RESOURCE })
  files = await newClient({ name: 'Files', redirectUris: [], scopes: [], grants: [], serves: OTHER_RESOURCE })
  robot = await newClient({ redirectUris: [], grants: ['client_credentials'] })
})

const DEAD = { status: 200, text: '{"active":false}' }
const refused = (error: string, status = 400) => ({
  status,
  body: { error, error_description: expect.any(String) },
})

describe.each(['confidential', 'public'] as const)('OP-15: a token of a %s client', (kind) => {
  const own = () => (kind === 'public' ? spa : client)
  const other = () => (kind === 'public' ? client : spa)

  it.each([
    ['refresh_token', 'refresh_token'],
    ['refresh_token', 'access_token'],
    ['access_token', 'access_token'],
    ['access_token', 'nonsense'],
  ] as const)('that is revoked ends its whole grant at once: a %s, named as %s', async (presented, hint) => {
    const tokens = await granted(service, ada, own())
    const kept = await granted(service, ada, own())
    expect((await introspect(service, notes, tokens.access_token)).body).toMatchObject({ active: true })
    const answer = await revoke(service, own(), tokens[presented], hint)
    expect(answer).toMatchObject({ status: 200, text: '' })
    expect(await refresh(service, own(), tokens.refresh_token)).toMatchObject(refused('invalid_grant'))
    expect(await introspect(service, notes, tokens.access_token)).toMatchObject(DEAD)
    expect((await refresh(service, own(), kept.refresh_token)).status).toBe(200)
    expect(await revoke(service, own(), tokens[presented])).toMatchObject({ status: 200, text: '' })
    const { events } = (await ada.get('/me/activity')).body
    expect(events).toContainEqual(
      expect.objectContaining({ event: 'session-ended', reason: 'revoked-by-app' }),
    )
  })

  it('INC-21: is not revoked by another client, and the answer is the same', async () => {
    const tokens = await granted(service, ada, own())
    for (const token of [
      tokens.refresh_token,
      tokens.access_token,
      'x',
      `${ada.sessionId}.0.${'A'.repeat(43)}`,
    ])
      expect(await revoke(service, other(), token)).toMatchObject({ status: 200, text: '' })
    expect((await introspect(service, notes, tokens.access_token)).body).toMatchObject({ active: true })
    expect((await refresh(service, own(), tokens.refresh_token)).status).toBe(200)
  })
})

describe('OP-10: revocation', () => {
  it.each([
    ['a wrong secret', () => ({ ...client, secret: 'wrong' }), 'invalid_client', 401],
    ['no secret', () => ({ ...client, secret: null }), 'invalid_client', 401],
    ['an unknown client', () => ({ ...client, id: `c_${'x'.repeat(22)}` }), 'invalid_client', 401],
  ])('with %s is refused, and ends nothing', async (_, as, error, status) => {
    const tokens = await granted(service, ada, client)
    for (const token of [tokens.refresh_token, tokens.access_token])
      expect(await revoke(service, as(), token)).toMatchObject(refused(error, status))
    expect((await refresh(service, client, tokens.refresh_token)).status).toBe(200)
  })

  it('ends no session of Janus itself, and takes no token from the query', async () => {
    const own = await ada.signIn({ mode: 'token' })
    for (const token of [own.refreshToken, own.headers.Authorization?.slice(7) ?? ''])
      expect(await revoke(service, client, token)).toMatchObject({ status: 200, text: '' })
    const body = { refresh_token: own.refreshToken }
    expect((await send(service, 'POST', '/refresh', { body })).status).toBe(200)
    expect(await postAs(service, client, '/oauth/revoke', {})).toMatchObject(refused('invalid_request'))
    expect(await postForm(service, '/oauth/revoke?token=x', {})).toMatchObject(refused('invalid_request'))
    expectProblem(await send(service, 'GET', '/oauth/revoke'), 405, 'method-not-allowed')
  })

  it('twenty at once have one end, and refreshes beside them give at most one successor', async () => {
    const { refresh_token } = await granted(service, ada, client)
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) => (i % 2 ? refresh : revoke)(service, client, refresh_token)),
    )
    expect(answers.filter(({ status }) => status >= 500)).toEqual([])
    const successors = answers.map(({ body }) => body?.refresh_token).filter((token) => token !== undefined)
    expect(new Set(successors).size).toBeLessThanOrEqual(1)
    for (const token of [refresh_token, ...successors])
      expect(await refresh(service, client, token)).toMatchObject(refused('invalid_grant'))
  })
})

describe('OP-15: introspection', () => {
  it('says what a token stands for, to its client and to its resource', async () => {
    const tokens = await granted(service, ada, client, { scope: 'notes:read notes:write' })
    const said = {
      active: true,
      iss: service.issuer,
      sub: ada.userId,
      client_id: client.id,
      scope: 'notes:read notes:write',
      aud: RESOURCE,
      token_type: 'Bearer',
      exp: expect.any(Number),
      iat: expect.any(Number),
      jti: expect.any(String),
      sid: expect.any(String),
    }
    for (const caller of [client, notes]) {
      const answer = await introspect(service, caller, tokens.access_token)
      expect(answer).toMatchObject({ status: 200 })
      expect(answer.body).toEqual(said)
      expect(answer.headers.get('Cache-Control')).toBe('no-store')
    }
    const { aud, token_type, iat, jti, ...ofRefresh } = said
    expect((await introspect(service, client, tokens.refresh_token)).body).toEqual(ofRefresh)
  })

  it('is as silent about every dead or foreign token: byte for byte', async () => {
    const late = oauthService()
    const stale = await granted(late, ada, client)
    late.ahead = 3601
    expect(await introspect(late, notes, stale.access_token)).toMatchObject(DEAD)

    const grace = await signedInPerson({ mode: 'session', service })
    const [revoked, left, rotated] = await Promise.all([1, 2, 3].map(() => granted(service, grace, client)))
    await revoke(service, client, revoked?.refresh_token ?? '')
    await refresh(service, client, rotated?.refresh_token ?? '')
    const alive = await granted(service, ada, client)
    const own = await ada.signIn({ mode: 'token' })
    const [head, body, mac] = alive.access_token.split('.')
    const dead: readonly (readonly [TestClient, string | undefined])[] = [
      [notes, revoked?.access_token],
      [client, revoked?.refresh_token],
      [client, rotated?.refresh_token],
      [notes, alive.refresh_token],
      [files, alive.access_token],
      [robot, alive.access_token],
      [notes, own.headers.Authorization?.slice(7) ?? ''],
      [client, own.refreshToken],
      [notes, `${head}.${body}.${mac?.replace(/./, (letter) => (letter === 'A' ? 'B' : 'A'))}`],
      [notes, `${head}.${body}.`],
      [notes, 'x'.repeat(9000)],
      [client, `${ada.sessionId}.0.${'A'.repeat(43)}`],
    ]
    for (const [caller, token] of dead)
      expect(await introspect(service, caller, token ?? '')).toMatchObject(DEAD)
    expect((await introspect(service, notes, left?.access_token ?? '')).body.active).toBe(true)
    await grace.post('/logout')
    expect(await introspect(service, notes, left?.access_token ?? '')).toMatchObject(DEAD)
  })

  it.each([
    ['the account is disabled', (id: string) => `UPDATE users SET disabled_at = 1 WHERE id = '${id}'`],
    ['the account is deleted', (id: string) => `DELETE FROM users WHERE id = '${id}'`],
  ])('a token is dead at once when %s', async (_, statement) => {
    const grace = await signedInPerson({ mode: 'session', service })
    const { access_token } = await granted(service, grace, client)
    await env.DB.prepare(statement(grace.userId)).run()
    expect(await introspect(service, notes, access_token)).toMatchObject(DEAD)
  })

  it('a token is dead at once when its client is removed, and where its account must have a second factor', async () => {
    const gone = await newClient()
    const tokens = [await granted(service, ada, gone), await granted(service, ada, client)]
    await env.DB.batch(removeClient(gone.id, 'operator:test').map((each) => env.DB.prepare(each)))
    expect(await introspect(service, notes, tokens[0]?.access_token ?? '')).toMatchObject(DEAD)
    const strict = oauthService({ SECOND_FACTOR: 'required' })
    expect(await introspect(strict, notes, tokens[1]?.access_token ?? '')).toMatchObject(DEAD)
  })

  it('OP-04: an access token is dead at once when its code is used again', async () => {
    const code = await codeFor(service, ada, client)
    const { body } = await exchange(service, client, code)
    expect((await introspect(service, notes, body.access_token)).body.active).toBe(true)
    await exchange(service, client, code)
    expect(await introspect(service, notes, body.access_token)).toMatchObject(DEAD)
  })

  it('a token is dead at once when the database was put back', async () => {
    const own = oauthService()
    const { access_token } = await granted(own, ada, client)
    expect((await introspect(own, notes, access_token)).body.active).toBe(true)
    own.services.restores.lastAt = async () => own.services.clock()
    expect(await introspect(own, notes, access_token)).toMatchObject(DEAD)
  })

  it('answers 503 while the store is away, and never that a token is active', async () => {
    const db = faultyD1(env.DB)
    const own = oauthService({ DB: db })
    const { access_token } = await granted(own, ada, client)
    await introspect(own, notes, access_token)
    db.fail()
    for (const answer of [
      await introspect(own, notes, access_token),
      await revoke(own, client, access_token),
      await machineTokens(own, robot),
    ])
      expectProblem(answer, 503, 'store-unavailable')
    db.recover()
    expect((await introspect(own, notes, access_token)).body.active).toBe(true)
  })

  it.each([
    ['nobody', () => ({ ...notes, id: '' }), 401],
    ['a public client', () => spa, 401],
    ['a client without its secret', () => ({ ...notes, secret: null }), 401],
    ['a client with a wrong secret', () => ({ ...notes, secret: 'wrong' }), 401],
  ])('answers no question of %s', async (_, as, status) => {
    const { access_token } = await granted(service, ada, spa)
    const answer = await introspect(service, as(), access_token)
    expect(answer).toMatchObject(refused('invalid_client', status))
    expect(answer.headers.get('WWW-Authenticate')).toMatch(/^Basic realm=/)
    expect(await postAs(service, notes, '/oauth/introspect', {})).toMatchObject(refused('invalid_request'))
  })
})

it('OP-15: a refresh token of one factor is inactive where the account must have two', async () => {
  const { refresh_token } = await granted(service, ada, client)
  expect((await introspect(service, client, refresh_token)).body.active).toBe(true)
  const strict = oauthService({ SECOND_FACTOR: 'required' })
  expect(await introspect(strict, client, refresh_token)).toMatchObject(DEAD)
})

describe('WOP 0.8.0, 0.10.3: what ends a grant', () => {
  it('is no part of a code that was used', async () => {
    const code = await codeFor(service, ada, client)
    const { body } = await exchange(service, client, code)
    for (const part of [code.slice(0, 16), code.slice(0, -1), `${code}A`])
      expect(await exchange(service, client, part)).toMatchObject(refused('invalid_grant'))
    expect((await refresh(service, client, body.refresh_token)).status).toBe(200)
  })

  it('is no sign-in and no revocation of another installation of the app, which has the same client_id', async () => {
    const app = documentClient()
    const own = serviceWithHost(documentOf(app)).service
    const [laptop, phone] = [await granted(own, ada, app), await granted(own, ada, app)]
    expect(await revoke(own, app, phone.refresh_token)).toMatchObject({ status: 200 })
    expect((await refresh(own, app, laptop.refresh_token)).status).toBe(200)
    expect(await refresh(own, app, phone.refresh_token)).toMatchObject(refused('invalid_grant'))
  })
})

describe('a token of a machine', () => {
  it('OP-15: is revoked by its client alone, and dead at once for its resource', async () => {
    const { body } = await machineTokens(service, robot)
    const { body: other } = await machineTokens(service, robot)
    const answer = await introspect(service, notes, body.access_token)
    expect(answer.body).toMatchObject({ active: true, sub: robot.id, client_id: robot.id, aud: RESOURCE })
    expect(Object.keys(answer.body)).not.toContain('sid')
    await revoke(service, client, body.access_token)
    await revoke(service, { ...robot, secret: 'wrong' }, body.access_token)
    expect((await introspect(service, robot, body.access_token)).body.active).toBe(true)
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => revoke(service, robot, body.access_token)),
    )
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    expect(await introspect(service, notes, body.access_token)).toMatchObject(DEAD)
    expect((await introspect(service, notes, other.access_token)).body.active).toBe(true)
  })

  it('OP-15: is dead once its client may act for itself no more', async () => {
    const gone = await newClient({ redirectUris: [], grants: ['client_credentials'] })
    const { body } = await machineTokens(service, gone)
    await env.DB.prepare(`UPDATE oauth_clients SET grants = '[]' WHERE id = ?1`).bind(gone.id).run()
    expect(await introspect(service, notes, body.access_token)).toMatchObject(DEAD)
  })
})
