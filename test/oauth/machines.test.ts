import { env } from 'cloudflare:workers'
import { decodeJwt } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { createVerifier } from '../../packages/verify/index.ts'
import {
  ask,
  locationOf,
  newClient,
  OTHER_RESOURCE,
  oauthService,
  RESOURCE,
  requestOf,
  type TestClient,
} from '../support/oauth'
import { machineTokens } from '../support/oauth-machines'
import { expectProblem, send } from '../support/person'
import type { OwnService } from '../support/service'

let service: OwnService
let robot: TestClient

beforeAll(async () => {
  service = oauthService()
  robot = await newClient({ redirectUris: [], grants: ['client_credentials'] })
})

const refused = (error: string, status = 400) => ({
  status,
  body: { error, error_description: expect.any(String) },
})

describe('client credentials', () => {
  it('OP-11: give a token of the client itself, which no check takes for a person', async () => {
    const answer = await machineTokens(service, robot, { scope: 'notes:read notes:write offline_access' })
    expect(answer).toMatchObject({
      status: 200,
      body: { token_type: 'Bearer', scope: 'notes:read notes:write', expires_in: expect.any(Number) },
    })
    expect(Object.keys(answer.body)).not.toContain('refresh_token')
    expect(answer.headers.get('Cache-Control')).toBe('no-store')
    const claims = decodeJwt(answer.body.access_token)
    expect(claims).toMatchObject({
      iss: service.issuer,
      aud: RESOURCE,
      sub: robot.id,
      client_id: robot.id,
      scope: 'notes:read notes:write',
    })
    for (const claim of ['sid', 'auth_time', 'amr', 'acr', 'roles']) expect(claims).not.toHaveProperty(claim)
    const count = 'SELECT count(*) AS sessions FROM sessions WHERE client_id = ?1'
    expect(await env.DB.prepare(count).bind(robot.id).first()).toEqual({ sessions: 0 })
  })

  it('OP-11: open no route of Janus and no verifier of people, even where the resource is their audience', async () => {
    const own = oauthService({
      ISSUER: 'https://auth.example',
      OAUTH_RESOURCES: 'https://auth.example notes:read',
    })
    const { body } = await machineTokens(own, robot, { resource: own.issuer })
    expect(decodeJwt(body.access_token).aud).toBe(own.issuer)
    const headers = { Authorization: `Bearer ${body.access_token}` }
    for (const [method, path] of [
      ['GET', '/me'],
      ['GET', '/me/activity'],
      ['GET', '/sessions'],
      ['GET', '/me/export'],
      ['POST', '/me'],
      ['POST', '/me/delete'],
      ['DELETE', '/sessions/x'],
      ['POST', '/logout/all'],
      ['POST', '/reauthenticate'],
    ] as const)
      expect([
        path,
        (await send(own, method, path, { headers, body: method === 'POST' ? {} : undefined })).body?.code,
      ]).toEqual([path, 'invalid-token'])
    const verifier = createVerifier({
      issuer: own.issuer,
      fetch: (url, init) => own.fetch(new Request(url, init)),
    })
    expect(await verifier.authenticate(new Headers(headers))).toMatchObject({
      ok: false,
      problem: { status: 401 },
    })
    expect(await own.services.apiTokens.check(body.access_token)).toEqual({ ok: false, refusal: 'invalid' })
  })

  it.each([
    ['a client that was not let', () => newClient(), {}, 'unauthorized_client', 400],
    [
      'a public client, whatever its row says',
      () => newClient({ confidential: false, grants: ['client_credentials'] }),
      {},
      'unauthorized_client',
      400,
    ],
    ['a wrong secret', async () => ({ ...robot, secret: 'wrong' }), {}, 'invalid_client', 401],
    ['no secret', async () => ({ ...robot, secret: null }), {}, 'invalid_client', 401],
    ['no resource', async () => robot, { resource: '' }, 'invalid_target', 400],
    ['an unknown resource', async () => robot, { resource: 'https://x.example/' }, 'invalid_target', 400],
    ['a scope of another resource', async () => robot, { scope: 'files:read' }, 'invalid_scope', 400],
    ['no scope but offline_access', async () => robot, { scope: 'offline_access' }, 'invalid_scope', 400],
    ['openid', async () => robot, { scope: 'openid' }, 'invalid_scope', 400],
  ] as const)('are refused to %s', async (_, as, others, error, status) => {
    expect(await machineTokens(service, await as(), others)).toMatchObject(refused(error, status))
  })

  it('OP-05: a machine signs nobody in', async () => {
    const both = await newClient({ grants: ['client_credentials'] })
    expect(locationOf(await ask(service, requestOf(both))).searchParams.get('error')).toBe(
      'unauthorized_client',
    )
    expectProblem(await ask(service, requestOf({ ...robot, redirectUri: '' })), 400, 'authorization-refused')
    expect(
      (await machineTokens(service, both, { resource: OTHER_RESOURCE, scope: 'files:read' })).status,
    ).toBe(200)
  })
})
