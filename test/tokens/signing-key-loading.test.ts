import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it } from 'vitest'
import { createKeyring } from '../../src/crypto/keyring'
import { generateKeyPair } from '../../src/keys/key-pair'
import { createD1Database } from '../../src/storage/d1/d1-database'
import { createSigningKeyStore } from '../../src/storage/sql/signing-key-store'
import { expectProblem, send, signedInPerson } from '../support/person'
import { type OwnService, ownService } from '../support/service'
import { stopTime } from '../support/stop-time'

beforeEach(async () => {
  await env.DB.exec('DELETE FROM signing_keys')
})

/** Returns the database, counting statements on signing keys, and failing at will. */
function watchedDatabase() {
  const watched = { DB: env.DB, keyReads: 0, isDown: false }
  watched.DB = new Proxy(env.DB, {
    get(target, name) {
      const value = Reflect.get(target, name)
      if (typeof value !== 'function') return value
      return (...args: unknown[]) => {
        if (watched.isDown) throw new Error('D1_ERROR: Network connection lost.')
        if (name === 'prepare' && /^SELECT .* FROM signing_keys/.test(String(args[0]))) watched.keyReads++
        return value.apply(target, args)
      }
    },
  })
  return watched
}

async function storedKeyIds(): Promise<readonly string[]> {
  const { results } = await env.DB.prepare('SELECT kid FROM signing_keys').all<{ kid: string }>()
  return results.map(({ kid }) => kid)
}

/** Gives the stored key a successor that signs at once, as another isolate might. */
async function replaceKey(signsFrom: number): Promise<string> {
  const store = createSigningKeyStore(createD1Database(env.DB))
  const generation = (await store.list('ES256')).length + 1
  const key = await generateKeyPair(createKeyring([env.AUTH_SECRET]), { alg: 'ES256', generation, signsFrom })
  await store.add(key)
  return key.kid
}

async function signerId(service: OwnService): Promise<string> {
  return (await service.services.signingKeys.signer()).kid
}

async function issue(service: OwnService): Promise<string> {
  const subject = {
    userId: 'user',
    sessionId: 'session',
    roles: [],
    authenticatedAt: 0,
    amr: ['pwd'],
    acr: 'urn:janus:1fa',
  } as const
  const sessionExpiresAt = service.services.clock() + 100_000
  return (await service.services.accessTokens.issue({ ...subject, sessionExpiresAt })).token
}

/** Moves a service's clock to an instant, or a little later: the clock goes on. */
function moveTo(service: OwnService, instant: number): void {
  service.ahead += instant - service.services.clock()
}

/** Returns the key ids of the key set. */
async function publishedIds(service: OwnService): Promise<readonly string[]> {
  const { body } = await send(service, 'GET', '/.well-known/jwks.json')
  return body.keys.map(({ kid }: { kid: string }) => kid)
}

describe('the first rush on an empty database makes one key', () => {
  it('of 50 requests to one isolate', async () => {
    const service = ownService()
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => send(service, 'GET', '/.well-known/jwks.json')),
    )
    const [stored, ...others] = await storedKeyIds()
    expect(others).toEqual([])
    for (const { status, body } of answers)
      expect([status, body.keys.length, body.keys[0].kid]).toEqual([200, 1, stored])
  })

  it('of a request to each of 50 isolates', async () => {
    const services = Array.from({ length: 50 }, () => ownService())
    const tokens = await Promise.all(services.map(issue))
    const [stored, ...others] = await storedKeyIds()
    expect(others).toEqual([])
    expect(new Set(await Promise.all(services.map(signerId)))).toEqual(new Set([stored]))
    const { accessTokens } = ownService().services
    for (const token of tokens) expect(await accessTokens.check(token)).toMatchObject({ ok: true })
    expect(services.flatMap(({ log }) => log)).toEqual([])
  })

  it('of people who sign in', async () => {
    const people = await Promise.all(
      Array.from({ length: 10 }, () => signedInPerson({ mode: 'token', service: ownService() })),
    )
    expect(await storedKeyIds()).toHaveLength(1)
    for (const person of people) expect((await person.get('/me')).status).toBe(200)
  })
})

describe('an isolate and its keys', () => {
  it('reads them once and again after 300 seconds', async () => {
    stopTime()
    const watched = watchedDatabase()
    const service = ownService({ DB: watched.DB })
    const first = await signerId(service)
    const second = await replaceKey(service.services.clock())
    watched.keyReads = 0

    service.ahead = 299
    for (let call = 0; call < 20; call++) expect(await signerId(service)).toBe(first)
    expect(watched.keyReads).toBe(0)

    service.ahead = 301
    for (let call = 0; call < 20; call++) expect(await signerId(service)).toBe(second)
    expect(watched.keyReads).toBe(1)
  })

  it('publishes a succeeded key and accepts its tokens until the last of them has ended', async () => {
    const service = ownService()
    const first = await signerId(service)
    const token = await issue(service)
    const replacedAt = service.services.clock()
    const second = await replaceKey(replacedAt)

    const later = ownService()
    expect(await signerId(later)).toBe(second)
    expect(await later.services.accessTokens.check(token)).toMatchObject({ ok: true })
    expect(await publishedIds(later)).toEqual([first, second])

    // Another isolate may have signed with it for 300 seconds more, and what it signed lives for 900.
    moveTo(later, replacedAt + 1190)
    expect(await later.services.signingKeys.verifier(first)).not.toBeNull()
    expect(await publishedIds(later)).toEqual([first, second])
    moveTo(later, replacedAt + 1200)
    expect(await later.services.signingKeys.verifier(first)).toBeNull()
    expect(await publishedIds(later)).toEqual([second])
  })

  it('drops a succeeded key when its last token has ended, without asking the database', async () => {
    const watched = watchedDatabase()
    const settings = { DB: watched.DB, ACCESS_TOKEN_LIFETIME_SECONDS: '60' }
    const service = ownService(settings)
    const first = await signerId(service)
    const replacedAt = service.services.clock()
    const second = await replaceKey(replacedAt)
    const later = ownService(settings)
    // So that what it loads is not 300 seconds old when the key ends.
    later.ahead = 200
    expect(await signerId(later)).toBe(second)
    watched.keyReads = 0

    moveTo(later, replacedAt + 350)
    expect(await later.services.signingKeys.verifier(first)).not.toBeNull()
    moveTo(later, replacedAt + 360)
    expect(await later.services.signingKeys.verifier(first)).toBeNull()
    expect((await later.services.signingKeys.keySet())?.map(({ kid }) => kid)).toEqual([second])
    expect(watched.keyReads).toBe(0)
  })

  it('looks an unknown key id up at most once in ten seconds', async () => {
    const watched = watchedDatabase()
    const service = ownService({ DB: watched.DB })
    const ada = await signedInPerson({ mode: 'token', service })
    watched.keyReads = 0

    const unknown = async () => {
      const [header = '', ...rest] = ada.answer.body.access_token.split('.')
      const kid = crypto.randomUUID()
      const changed = { ...JSON.parse(atob(header)), kid }
      const token = [btoa(JSON.stringify(changed)).replace(/=+$/, ''), ...rest].join('.')
      return send(service, 'GET', '/me', { headers: { Authorization: `Bearer ${token}` } })
    }
    for (let call = 0; call < 50; call++) expectProblem(await unknown(), 401, 'invalid-token')
    expect(watched.keyReads).toBe(0)

    service.ahead = 11
    for (let call = 0; call < 50; call++) expectProblem(await unknown(), 401, 'invalid-token')
    expect(watched.keyReads).toBe(1)
    expect((await ada.get('/me')).status).toBe(200)
  })

  it('learns the key of another isolate when a token names it', async () => {
    const service = ownService()
    await signerId(service)
    const second = await replaceKey(service.services.clock())
    const token = await issue(ownService())
    service.ahead = 11
    expect(await service.services.accessTokens.check(token)).toMatchObject({ ok: true })
    expect(await signerId(service)).toBe(second)
  })

  it('goes on verifying and signing with those at hand while D1 is down', async () => {
    const watched = watchedDatabase()
    const service = ownService({ DB: watched.DB })
    const token = await issue(service)
    watched.isDown = true
    service.ahead = 301
    expect(await service.services.accessTokens.check(token)).toMatchObject({ ok: true })
    expect(await service.services.accessTokens.check(await issue(service))).toMatchObject({ ok: true })
    expect((await send(service, 'GET', '/.well-known/jwks.json')).status).toBe(200)
    expect(service.log).toContainEqual({ event: 'signing-keys-not-reloaded', store: 'D1' })
  })

  it('answers 503 while D1 is down and there are none yet, and recovers', async () => {
    const watched = watchedDatabase()
    const ada = await signedInPerson({ mode: 'token', service: ownService() })
    const service = ownService({ DB: watched.DB })
    watched.isDown = true
    expectProblem(await send(service, 'GET', '/me', { headers: ada.headers }), 503, 'store-unavailable')
    expectProblem(await send(service, 'GET', '/.well-known/jwks.json'), 503, 'store-unavailable')
    watched.isDown = false
    expect((await send(service, 'GET', '/me', { headers: ada.headers })).status).toBe(200)
    expect(await storedKeyIds()).toHaveLength(1)
  })
})
