import { describe, expect, it } from 'vitest'
import { createKeyring } from '../../src/crypto/keyring'
import { createSharedSigningKeys } from '../../src/keys/shared-signing-keys'
import { AccessTokenTooLong, createAccessTokens } from '../../src/tokens/access-token'
import { decodePart, signWith } from '../support/forge'

const SECRET = 'pS1nQ8zWcVt5RkLm3yXb7HdJfGoUeTiAa2DuZwN6MqB'
const LIFETIME_SECONDS = 900
const ISSUED_AT = 1_800_000_000

const keys = createSharedSigningKeys(createKeyring([SECRET]))

function accessTokensAt(now: number) {
  const issuer = 'https://auth.example.com'
  const accessTokenLifetimeSeconds = LIFETIME_SECONDS
  return createAccessTokens({
    keys,
    restores: { lastAt: async () => 0 },
    issuer,
    audience: issuer,
    accessTokenLifetimeSeconds,
    remember: false,
    customClaims: null,
    clock: () => now,
  })
}

const subject = {
  userId: 'user',
  sessionId: 'session',
  roles: ['admin'],
  authenticatedAt: ISSUED_AT - 100,
  amr: ['pwd'],
  acr: 'urn:janus:1fa',
  sessionExpiresAt: ISSUED_AT + 10_000,
} as const

async function tokenWith(changes: Record<string, number>): Promise<string> {
  const { token } = await accessTokensAt(ISSUED_AT).issue(subject)
  const [header = '', claims = ''] = token.split('.')
  const { key } = await keys.signer()
  return signWith(key, decodePart(header), { ...decodePart(claims), ...changes })
}

describe('TOK-05: the length of an access token', () => {
  /** Returns a token for roles of so many characters of three bytes. */
  const issue = (length: number) =>
    accessTokensAt(ISSUED_AT).issue({ ...subject, roles: ['漢'.repeat(length)] })

  it('none is issued that would be refused, and the longest that is issued is accepted', async () => {
    let longest = 500
    while (longest < 4096 && (await issue(longest).catch(() => null)) !== null) longest++
    const { token } = await issue(longest - 1)
    expect(await accessTokensAt(ISSUED_AT).check(token)).toMatchObject({ ok: true })
    expect(token.length).toBeGreaterThan(4096 - 4)
    await expect(issue(longest)).rejects.toBeInstanceOf(AccessTokenTooLong)
  })
})

describe('an access token in time', () => {
  it('TOK-08: is good from its first second to its last', async () => {
    const { token } = await accessTokensAt(ISSUED_AT).issue(subject)
    for (const now of [ISSUED_AT, ISSUED_AT + LIFETIME_SECONDS - 1]) {
      expect(await accessTokensAt(now).check(token)).toMatchObject({
        ok: true,
        claims: {
          sub: 'user',
          sid: 'session',
          roles: ['admin'],
          auth_time: ISSUED_AT - 100,
          amr: ['pwd'],
          acr: 'urn:janus:1fa',
        },
      })
    }
    for (const now of [ISSUED_AT + LIFETIME_SECONDS, ISSUED_AT + 10 * LIFETIME_SECONDS]) {
      expect(await accessTokensAt(now).check(token)).toMatchObject({ ok: false, refusal: 'expired' })
    }
  })

  it('TOK-08: may come from a clock that is a minute ahead, and no more', async () => {
    const { token } = await accessTokensAt(ISSUED_AT).issue(subject)
    expect(await accessTokensAt(ISSUED_AT - 60).check(token)).toMatchObject({ ok: true })
    expect(await accessTokensAt(ISSUED_AT - 61).check(token)).toEqual({ ok: false, refusal: 'invalid' })
  })

  it('TOK-08, INC-7: is not good for longer than any token that is issued', async () => {
    const hour = 3600
    const long = await tokenWith({ exp: ISSUED_AT + hour + 1 })
    expect(await accessTokensAt(ISSUED_AT).check(long)).toEqual({ ok: false, refusal: 'invalid' })
  })

  it('INC-7: cannot say that the person will prove who they are', async () => {
    const token = await tokenWith({ auth_time: ISSUED_AT + 61 })
    expect(await accessTokensAt(ISSUED_AT).check(token)).toEqual({ ok: false, refusal: 'invalid' })
  })
})

describe('TOK-09: the life of an access token', () => {
  it('is what was configured', async () => {
    const { token, expiresInSeconds } = await accessTokensAt(ISSUED_AT).issue(subject)
    expect(expiresInSeconds).toBe(LIFETIME_SECONDS)
    expect(decodePart(token.split('.')[1] ?? '')).toMatchObject({
      iat: ISSUED_AT,
      exp: ISSUED_AT + LIFETIME_SECONDS,
    })
  })

  it('never goes beyond the session', async () => {
    const sessionExpiresAt = ISSUED_AT + 5
    const { token, expiresInSeconds } = await accessTokensAt(ISSUED_AT).issue({
      ...subject,
      sessionExpiresAt,
    })
    expect(expiresInSeconds).toBe(5)
    expect(decodePart(token.split('.')[1] ?? '')).toMatchObject({ exp: sessionExpiresAt })
  })
})
