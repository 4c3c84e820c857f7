import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'
import { describe, expect, it } from 'vitest'
import { createVerifier } from '../../packages/verify/index'
import { createRemoteKeySet } from '../../packages/verify/key-set'
import { createReporter } from '../../packages/verify/reporter'
import { createGate } from '../support/gate'

const ISSUER = 'https://keys.example.com'

/** Returns a stand-in for an issuer: keys that can be changed, an outage that can be had, and how often it was asked. */
function createIssuer() {
  const issuer = {
    asked: 0,
    down: null as null | 'unreachable' | 'broken' | 'not JSON' | 'moved',
    keys: [] as JWK[],
    /** Seconds since the epoch, as the verifier sees it. */
    now: 1_800_000_000,
    gate: createGate<string>(),
    async fetch(url: string, init: RequestInit): Promise<Response> {
      issuer.asked += 1
      await issuer.gate.pass(url)
      // Followed, a redirect would let whoever answers it name the keys.
      expect(init.redirect).toBe('manual')
      expect(url).toBe(`${ISSUER}/.well-known/jwks.json`)
      if (issuer.down === 'unreachable') throw new TypeError('fetch failed')
      if (issuer.down === 'broken') return new Response('oops', { status: 500 })
      if (issuer.down === 'not JSON') return new Response('<p>Hello</p>')
      if (issuer.down === 'moved') {
        return Response.json(
          { keys: issuer.keys },
          { status: 302, headers: { Location: 'https://evil.example' } },
        )
      }
      return Response.json({ keys: issuer.keys })
    },
    verifier() {
      const log = () => {}
      return createVerifier({ issuer: ISSUER, fetch: issuer.fetch, clock: () => issuer.now, log })
    },
    /** Publishes a key and gives what signs with it. */
    async addKey(kid: string, alg = 'ES256') {
      const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true })
      issuer.keys = [...issuer.keys, { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' }]
      return (claims: Record<string, unknown> = {}, header: Record<string, unknown> = {}) =>
        new SignJWT({
          iss: ISSUER,
          aud: ISSUER,
          sub: 'ada',
          client_id: 'janus',
          iat: issuer.now,
          exp: issuer.now + 900,
          jti: 'jti',
          sid: 'session',
          roles: [],
          auth_time: issuer.now,
          amr: ['pwd'],
          ...claims,
        })
          .setProtectedHeader({ alg, typ: 'at+jwt', kid, ...header })
          .sign(privateKey)
    },
  }
  return issuer
}

type Verifier = ReturnType<ReturnType<typeof createIssuer>['verifier']>

/** Returns the code of a token's refusal, or its subject. */
async function verdictOn(verifier: Verifier, token: string): Promise<string> {
  const headers = new Headers({ Authorization: `Bearer ${token}` })
  const verdict = await verifier.authenticate(headers)
  return verdict.ok ? verdict.principal.userId : verdict.problem.body.code
}

describe('KEY-02: the key set of an issuer', () => {
  it.each(['ES256', 'EdDSA'])('is fetched once for any number of tokens, with %s', async (alg) => {
    const issuer = createIssuer()
    const sign = await issuer.addKey('a', alg)
    const verifier = issuer.verifier()
    expect(issuer.asked).toBe(0)
    const tokens = await Promise.all(Array.from({ length: 50 }, () => sign()))
    const verdicts = await Promise.all(tokens.map((token) => verdictOn(verifier, token)))
    expect([...new Set(verdicts), issuer.asked]).toEqual(['ada', 1])
    issuer.now += 299
    expect([await verdictOn(verifier, await sign()), issuer.asked]).toEqual(['ada', 1])
    issuer.now += 1
    expect([await verdictOn(verifier, await sign()), issuer.asked]).toEqual(['ada', 2])
  })

  it('is fetched again for a key it does not have, so a new key is good at once', async () => {
    const issuer = createIssuer()
    const first = await issuer.addKey('a')
    const verifier = issuer.verifier()
    await verdictOn(verifier, await first())
    issuer.now += 11
    const second = await issuer.addKey('b')
    expect(await verdictOn(verifier, await second())).toBe('ada')
    expect(await verdictOn(verifier, await first())).toBe('ada')
    expect(issuer.asked).toBe(2)
  })

  it('forgets a key that was retired', async () => {
    const issuer = createIssuer()
    const first = await issuer.addKey('a')
    const verifier = issuer.verifier()
    expect(await verdictOn(verifier, await first())).toBe('ada')
    issuer.keys = []
    await issuer.addKey('b')
    issuer.now += 300
    expect(await verdictOn(verifier, await first())).toBe('invalid-token')
  })

  it('is asked once in ten seconds for key ids that are made up, however many', async () => {
    const issuer = createIssuer()
    const sign = await issuer.addKey('a')
    const verifier = issuer.verifier()
    await verdictOn(verifier, await sign())
    issuer.now += 10
    for (let round = 0; round < 3; round++) {
      const made = await Promise.all(
        Array.from({ length: 40 }, (_, n) => sign({}, { kid: `made-up-${round}-${n}` })),
      )
      const verdicts = await Promise.all(made.map((token) => verdictOn(verifier, token)))
      expect([...new Set(verdicts)]).toEqual(['invalid-token'])
      issuer.now += 3
    }
    expect(issuer.asked).toBe(2)
    issuer.now += 1
    await verdictOn(verifier, await sign({}, { kid: 'one-more' }))
    expect(issuer.asked).toBe(3)
  })

  it('is fetched again when the clock was put back, so that no key outlives its time', async () => {
    const issuer = createIssuer()
    const first = await issuer.addKey('a')
    const verifier = issuer.verifier()
    await verdictOn(verifier, await first())
    issuer.now -= 7200
    issuer.keys = []
    const second = await issuer.addKey('b')
    expect(await verdictOn(verifier, await second())).toBe('ada')
    expect(await verdictOn(verifier, await first())).toBe('invalid-token')
  })

  it('is fetched once for all who wait for it, and they all get their answer', async () => {
    const issuer = createIssuer()
    const sign = await issuer.addKey('a')
    const verifier = issuer.verifier()
    const held = issuer.gate.hold(() => true)
    const waiting = Promise.all(Array.from({ length: 20 }, async () => verdictOn(verifier, await sign())))
    await held.reached
    held.release()
    expect([...new Set(await waiting), issuer.asked]).toEqual(['ada', 1])
  })
})

describe('API-02: while the issuer cannot be reached', () => {
  it.each(['unreachable', 'broken', 'not JSON', 'moved'] as const)(
    'the keys there are serve for a day, and no longer (%s)',
    async (down) => {
      const issuer = createIssuer()
      const sign = await issuer.addKey('a')
      const verifier = issuer.verifier()
      await verdictOn(verifier, await sign())
      issuer.down = down
      issuer.now += 3600
      expect(await verdictOn(verifier, await sign())).toBe('ada')
      issuer.now += 23 * 3600 - 1
      expect(await verdictOn(verifier, await sign())).toBe('ada')
      issuer.now += 1
      expect(await verdictOn(verifier, await sign())).toBe('store-unavailable')
      issuer.down = null
      issuer.now += 10
      expect(await verdictOn(verifier, await sign())).toBe('ada')
    },
  )

  it('is asked at most once in ten seconds', async () => {
    const issuer = createIssuer()
    const sign = await issuer.addKey('a')
    const verifier = issuer.verifier()
    await verdictOn(verifier, await sign())
    issuer.down = 'unreachable'
    issuer.now += 300
    for (let n = 0; n < 20; n++) await verdictOn(verifier, await sign())
    expect(issuer.asked).toBe(2)
  })

  it('one that never had keys lets nobody in, says so, and tries again after a second', async () => {
    const issuer = createIssuer()
    const sign = await issuer.addKey('a')
    issuer.down = 'unreachable'
    const verifier = issuer.verifier()
    const headers = new Headers({ Authorization: `Bearer ${await sign()}` })
    const verdict = await verifier.authenticate(headers)
    expect(verdict).toMatchObject({
      ok: false,
      problem: { status: 503, headers: { 'Retry-After': '5' }, body: { code: 'store-unavailable' } },
    })
    issuer.down = null
    expect(await verdictOn(verifier, await sign())).toBe('store-unavailable')
    issuer.now += 1
    expect(await verdictOn(verifier, await sign())).toBe('ada')
  })
})

describe('TOK-02: a verifier', () => {
  it('takes no token under a symmetric key, though the key set names one', async () => {
    const issuer = createIssuer()
    await issuer.addKey('a')
    const secret = new TextEncoder().encode('x'.repeat(32))
    issuer.keys = [
      ...issuer.keys,
      { kty: 'oct', k: btoa('x'.repeat(32)).replace(/=+$/, ''), kid: 'h', alg: 'HS256' },
    ]
    const forged = await new SignJWT({ iss: ISSUER, aud: ISSUER, sub: 'eve' })
      .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid: 'h' })
      .sign(secret)
    expect(await verdictOn(issuer.verifier(), forged)).toBe('invalid-token')
  })

  it.each(['RS256', 'PS256', 'ES384'])('leaves a key for %s out of the set', async (alg) => {
    const issuer = createIssuer()
    await issuer.addKey('a', alg)
    await issuer.addKey('b')
    const { fetch, now } = issuer
    const keys = createRemoteKeySet({ issuer: ISSUER, fetch, clock: () => now, reporter: createReporter() })
    expect([await keys.find('a'), (await keys.find('b'))?.alg]).toEqual([null, 'ES256'])
  })

  it('takes no token whose header says another algorithm than its key', async () => {
    const issuer = createIssuer()
    const sign = await issuer.addKey('a', 'EdDSA')
    issuer.keys = issuer.keys.map((key) => ({ ...key, alg: 'ES256' }))
    const verifier = issuer.verifier()
    expect(await verdictOn(verifier, await sign())).toBe('invalid-token')
    const good = await issuer.addKey('b')
    issuer.now += 10
    expect(await verdictOn(verifier, await good())).toBe('ada')
  })

  it('takes a claim that newer issuers may add, and misses none that there must be', async () => {
    const issuer = createIssuer()
    const sign = await issuer.addKey('a')
    const verifier = issuer.verifier()
    expect(await verdictOn(verifier, await sign({ entitlements: ['beta'] }))).toBe('ada')
    for (const claim of ['sub', 'sid', 'client_id', 'iat', 'exp', 'jti', 'roles', 'auth_time', 'amr']) {
      expect(await verdictOn(verifier, await sign({ [claim]: undefined })), claim).toBe('invalid-token')
    }
  })

  it('takes the audience it was told, and no other', async () => {
    const issuer = createIssuer()
    const sign = await issuer.addKey('a')
    const verifier = createVerifier({
      issuer: ISSUER,
      audience: 'notes',
      fetch: issuer.fetch,
      clock: () => issuer.now,
    })
    expect(await verdictOn(verifier, await sign({ aud: 'notes' }))).toBe('ada')
    for (const aud of [ISSUER, ['notes'], ['notes', ISSUER], 'note', 'NOTES'])
      expect(await verdictOn(verifier, await sign({ aud })), String(aud)).toBe('invalid-token')
  })
})

describe('the issuer of a verifier', () => {
  it.each([
    'https://auth.example.com',
    'https://example.com/auth',
    'http://localhost:8787',
    'http://127.0.0.1:8787/auth',
    'http://[::1]:8787',
    'http://auth.localhost:8787',
  ])('may be %s', (issuer) => {
    expect(() => createVerifier({ issuer })).not.toThrow()
  })

  it.each([
    'http://auth.example.com',
    'http://auth.internal:8787',
    'http://10.0.0.1',
    'http://localhost.example.com',
    'http://127.0.0.2',
    'HTTP://auth.example.com',
    'ftp://localhost',
    'auth.example.com',
    'localhost:8787',
    '',
  ])('must not be %o, whose keys anybody on the way could replace', (issuer) => {
    expect(() => createVerifier({ issuer })).toThrow(
      new TypeError('createVerifier: issuer must be an https:// URL (http:// only for localhost).'),
    )
  })
})
