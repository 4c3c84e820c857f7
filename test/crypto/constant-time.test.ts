import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { constantTimeEqual } from '../../src/crypto/constant-time'
import { expectProblem, send, signedInPerson } from '../support/person'
import { deployed } from '../support/service'

afterEach(() => {
  vi.restoreAllMocks()
})

describe('KEY-06: comparison in constant time', () => {
  it('agrees with comparing byte by byte', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.uint8Array({ maxLength: 40 }), (a, b) => {
        expect(constantTimeEqual(a, a.slice())).toBe(true)
        expect(constantTimeEqual(a, b)).toBe(a.toHex() === b.toHex())
      }),
    )
  })

  it('tells apart what differs in one bit, wherever', () => {
    const bytes = crypto.getRandomValues(new Uint8Array(32))
    for (let bit = 0; bit < 256; bit++) {
      const other = bytes.slice()
      other[bit >> 3] = (other[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      expect(constantTimeEqual(bytes, other)).toBe(false)
    }
  })

  it('says no to unequal lengths, and does not throw', () => {
    const bytes = new Uint8Array(32)
    for (const length of [0, 1, 31, 33, 64]) {
      expect(constantTimeEqual(bytes, new Uint8Array(length))).toBe(false)
      expect(constantTimeEqual(new Uint8Array(length), bytes)).toBe(false)
    }
  })

  it('is the platform’s', () => {
    const spy = vi.spyOn(crypto.subtle, 'timingSafeEqual')
    constantTimeEqual(Uint8Array.of(1, 2), Uint8Array.of(1, 3))
    expect(spy).toHaveBeenCalledTimes(1)
  })
})

describe('KEY-06: a secret that is short or long is refused, not failed', () => {
  const lengths: [string, (text: string) => string][] = [
    ['nothing', () => ''],
    ['a byte', () => 'AA'],
    ['half', (text) => text.slice(0, 22)],
    ['a character less', (text) => text.slice(0, -1)],
    ['a character more', (text) => `${text}A`],
    ['twice', (text) => text + text],
    ['10,000 characters', () => 'A'.repeat(10_000)],
  ]

  it.each(lengths)('of a session cookie: %s', async (_, change) => {
    const ada = await signedInPerson({ mode: 'session' })
    const [id, secret = ''] = (ada.answer.cookies['__Host-session'] ?? '').split('.')
    const headers = { Cookie: `__Host-session=${id}.${change(secret)}` }
    expectProblem(await send(deployed, 'GET', '/me', { headers }), 401, 'session-ended')
    expectProblem(await send(deployed, 'POST', '/logout/all', { headers }), 401, 'session-ended')
    expect((await send(deployed, 'POST', '/logout', { headers })).status).toBe(204)
    expect((await ada.get('/me')).status).toBe(200)
  })

  it.each(lengths)('of a refresh token: %s', async (_, change) => {
    const ada = await signedInPerson({ mode: 'token' })
    const [id, counter, mac = ''] = ada.refreshToken.split('.')
    const refresh = (refresh_token: string) => send(deployed, 'POST', '/refresh', { body: { refresh_token } })
    expectProblem(await refresh(`${id}.${counter}.${change(mac)}`), 401, 'invalid-token')
    expect((await refresh(ada.refreshToken)).status).toBe(200)
  })
})
