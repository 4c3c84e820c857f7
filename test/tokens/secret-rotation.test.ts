import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it } from 'vitest'
import { decodePart } from '../support/forge'
import { expectProblem, type Person, send, signedInPerson } from '../support/person'
import { type LoggedEvent, type OwnService, ownService } from '../support/service'

const OLD = env.AUTH_SECRET
const NEW = 'pS1nQ8zWcVt5RkLm3yXb7HdJfGoUeTiAa2DuZwN6MqB'

const withOld = () => ownService({ AUTH_SECRET: OLD })
const withBoth = () => ownService({ AUTH_SECRET: `${NEW},${OLD}` })
const withNew = () => ownService({ AUTH_SECRET: NEW })

beforeEach(async () => {
  await env.DB.exec('DELETE FROM signing_keys')
})

function refresh(service: OwnService, refresh_token: string) {
  return send(service, 'POST', '/refresh', { body: { refresh_token } })
}

function me(service: OwnService, { headers }: Pick<Person, 'headers'>) {
  return send(service, 'GET', '/me', { headers })
}

function kidOf(token: string): unknown {
  return decodePart(token.split('.')[0] ?? '').kid
}

/** Returns the reported events without the line that every request has. */
function reports({ log }: OwnService): readonly LoggedEvent[] {
  return log.filter(({ event }) => event !== 'request')
}

describe('KEY-04: with the new secret before the old one', () => {
  it('what was made with the old one still stands, in either mode', async () => {
    const ada = await signedInPerson({ mode: 'token', service: withOld() })
    const bob = await signedInPerson({ mode: 'session', service: withOld() })
    const service = withBoth()
    expect((await me(service, ada)).status).toBe(200)
    expect((await me(service, bob)).status).toBe(200)
    const refreshed = await refresh(service, ada.refreshToken)
    expect(refreshed.status).toBe(200)
    expect(kidOf(refreshed.body.access_token)).toBe(kidOf(ada.answer.body.access_token))
    expect((await ada.signIn({ service })).answer.status).toBe(200)
    expect(reports(service)).toEqual([])
  })

  it('what is made is made with the new one', async () => {
    const ada = await signedInPerson({ mode: 'token', service: withBoth() })
    expectProblem(await refresh(withOld(), ada.refreshToken), 401, 'invalid-token')
    expect((await refresh(withNew(), ada.refreshToken)).status).toBe(200)
    expect((await ada.signIn({ service: withNew() })).answer.status).toBe(200)
    expect((await me(withNew(), ada)).status).toBe(200)
  })

  it('a sign-in moves the password to the new one', async () => {
    const ada = await signedInPerson({ mode: 'session', service: withOld() })
    await ada.signIn({ service: withBoth() })
    expect((await ada.signIn({ service: withNew() })).answer.status).toBe(200)
  })

  it('HS256: access tokens of the old one are accepted, and new ones carry the new id', async () => {
    const JWT_ALG = 'HS256'
    const ada = await signedInPerson({ mode: 'token', service: ownService({ JWT_ALG, AUTH_SECRET: OLD }) })
    const service = ownService({ JWT_ALG, AUTH_SECRET: `${NEW},${OLD}` })
    expect((await me(service, ada)).status).toBe(200)
    const refreshed = await refresh(service, ada.refreshToken)
    expect(kidOf(refreshed.body.access_token)).not.toBe(kidOf(ada.answer.body.access_token))
    const last = ownService({ JWT_ALG, AUTH_SECRET: NEW })
    expectProblem(await me(last, ada), 401, 'invalid-token')
    const headers = { Authorization: `Bearer ${refreshed.body.access_token}` }
    expect((await me(last, { headers })).status).toBe(200)
  })
})

describe('KEY-04: with the old secret dropped', () => {
  it('the signing key is replaced and reported, and access tokens of the old key stay good', async () => {
    const ada = await signedInPerson({ mode: 'token', service: withOld() })
    const oldKid = kidOf(ada.answer.body.access_token)
    const service = withNew()
    expect((await me(service, ada)).status).toBe(200)
    expect(reports(service)).toEqual([
      { event: 'signing-key-replaced', kid: oldKid, reason: 'no configured secret decrypts it' },
    ])
    const bob = await signedInPerson({ mode: 'token', service })
    expect(kidOf(bob.answer.body.access_token)).not.toBe(oldKid)
    expect((await me(service, bob)).status).toBe(200)
    const { body } = await send(service, 'GET', '/.well-known/jwks.json')
    expect(body.keys).toHaveLength(2)
  })

  it('isolates that start together replace the key once', async () => {
    await signedInPerson({ mode: 'token', service: withOld() })
    const services = Array.from({ length: 10 }, () => withNew())
    const signers = await Promise.all(services.map(({ services: { signingKeys } }) => signingKeys.signer()))
    expect(new Set(signers.map(({ kid }) => kid)).size).toBe(1)
    const { results } = await env.DB.prepare('SELECT kid FROM signing_keys').all()
    expect(results).toHaveLength(2)
  })

  it('refresh tokens of the old one are refused, and their sessions are as they were', async () => {
    const ada = await signedInPerson({ mode: 'token', service: withOld() })
    expectProblem(await refresh(withNew(), ada.refreshToken), 401, 'invalid-token')
    expect((await refresh(withOld(), ada.refreshToken)).status).toBe(200)
  })

  it('passwords of the old one are refused as a wrong password is, and reported', async () => {
    const ada = await signedInPerson({ mode: 'session', service: withOld() })
    const service = withNew()
    const { email, password } = ada
    const refused = await send(service, 'POST', '/login', { body: { email, password } })
    expectProblem(refused, 401, 'invalid-credentials')
    expect(reports(service)).toEqual([{ event: 'password-hash-unusable', user_id: ada.userId }])
    expect(JSON.stringify(service.log)).not.toContain(email)
    expect((await ada.signIn()).answer.status).toBe(200)
  })

  it('sessions in cookies do not depend on it', async () => {
    const ada = await signedInPerson({ mode: 'session', service: withOld() })
    expect((await me(withNew(), ada)).status).toBe(200)
  })
})
