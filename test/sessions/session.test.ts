import { describe, expect, it, vi } from 'vitest'
import { isExpired, newSession, type Session } from '../../src/sessions/session'
import { hashSecret, mintSessionToken, parseSessionToken } from '../../src/sessions/session-token'

const LIFETIMES = { sessionIdleSeconds: 100, refreshIdleSeconds: 200, sessionLifetimeSeconds: 1000 }

function begin(mode: Session['mode'], lifetimes = LIFETIMES): Session {
  return newSession(lifetimes, {
    userId: 'u'.repeat(22),
    mode,
    methods: [{ method: 'pwd', at: 5000 }],
    source: { requestId: crypto.randomUUID(), address: null, userAgent: null, country: null, language: 'en' },
    now: 5000,
  })
}

describe('SES-01: the id of a session', () => {
  it('is 16 random bytes, and the secret of its token 32, from the generator of the platform', async () => {
    const random = vi.spyOn(crypto, 'getRandomValues')
    const { id } = begin('session')
    const { token } = await mintSessionToken(id)
    expect(random.mock.results.map(({ value }) => value.byteLength)).toEqual([16, 32])
    random.mockRestore()

    expect(id).toMatch(/^[\w-]{22}$/)
    expect(token).toMatch(/^[\w-]{22}\.[\w-]{43}$/)
  })

  it('is another for each of ten thousand sessions', () => {
    const ids = new Set(Array.from({ length: 10_000 }, () => begin('session').id))
    expect(ids.size).toBe(10_000)
  })

  it('comes with another secret each time', async () => {
    const { id } = begin('session')
    const minted = await Promise.all(Array.from({ length: 1000 }, () => mintSessionToken(id)))
    expect(new Set(minted.map(({ token }) => token)).size).toBe(1000)
    expect(new Set(minted.map(({ secretHash }) => secretHash)).size).toBe(1000)
  })

  it('is stored with the SHA-256 of the secret', async () => {
    const { token, secretHash } = await mintSessionToken(begin('session').id)
    const parsed = parseSessionToken(token)
    expect(parsed && (await hashSecret(parsed.secret))).toBe(secretHash)
    // SHA-256 of 32 zero bytes.
    expect(await hashSecret(new Uint8Array(32))).toBe('Zmh6rfhivXdsj8GLjp-OIAiXFIVu4jOzkCpZHQ1fKSU')
  })
})

describe('SES-04: the time of a session', () => {
  it.each([
    ['session', 5100],
    ['token', 5200],
  ] as const)('is set from its mode: %s', (mode, idleExpiresAt) => {
    expect(begin(mode)).toMatchObject({ mode, createdAt: 5000, idleExpiresAt, expiresAt: 6000 })
  })

  it('has no idle expiry beyond the absolute one', () => {
    expect(begin('session', { ...LIFETIMES, sessionIdleSeconds: 2000 })).toMatchObject({
      idleExpiresAt: 6000,
      expiresAt: 6000,
    })
  })

  it.each([
    ['a second before both', { idleExpiresAt: 10, expiresAt: 10 }, 9, false],
    ['at the idle expiry', { idleExpiresAt: 10, expiresAt: 20 }, 10, true],
    ['at the absolute expiry', { idleExpiresAt: 20, expiresAt: 10 }, 10, true],
    ['after both', { idleExpiresAt: 10, expiresAt: 10 }, 11, true],
  ])('%s', (_, times, now, expected) => {
    expect(isExpired({ ...begin('session'), ...times }, now)).toBe(expected)
  })
})

describe('SES-03: a session token is of one form', () => {
  const id = 'AAAAAAAAAAAAAAAAAAAAAA'
  const secret = 'A'.repeat(43)

  it('takes it apart', () => {
    expect(parseSessionToken(`${id}.${secret}`)).toEqual({ sessionId: id, secret: new Uint8Array(32) })
  })

  it.each([
    ['nothing', ''],
    ['the id alone', id],
    ['the id and a dot', `${id}.`],
    ['the secret alone', `.${secret}`],
    ['a short id', `${id.slice(1)}.${secret}`],
    ['a long id', `A${id}.${secret}`],
    ['a short secret', `${id}.${secret.slice(1)}`],
    ['a long secret', `${id}.${secret}A`],
    ['a third part', `${id}.${secret}.${secret}`],
    ['another separator', `${id}:${secret}`],
    ['padding', `${id}.${secret}=`],
    ['the alphabet of plain base64', `${id}.${secret.slice(1)}+`],
    ['a space before', ` ${id}.${secret}`],
    ['a line feed after', `${id}.${secret}\n`],
    ['quotes', `"${id}.${secret}"`],
    ['percent-encoding', `${id}%2E${secret}`],
    ['an end that is not canonical', `${id}.${secret.slice(1)}B`],
    ['letters of another script', `${id}.${secret.slice(1)}А`],
  ])('refuses %s', (_, text) => {
    expect(parseSessionToken(text)).toBeNull()
  })
})
