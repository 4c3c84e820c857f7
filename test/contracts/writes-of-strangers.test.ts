import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { sourcesOf } from '../../src/throttling/source-limit'
import { countHashes, expectThrottled, failed, logIn, stoppedService, WRONG } from '../support/guessing'
import { newEmail, PASSWORD, send, signedInPerson } from '../support/person'
import { recordedDuring } from '../support/trail'

/** Makes a guess at an account from an address. */
function guess(service: ReturnType<typeof stoppedService>, email: string, address: string, mode: string) {
  const headers = { 'CF-Connecting-IP': address }
  return send(service, 'POST', '/login', { body: { email, password: WRONG, mode }, headers })
}

/** Returns a network of IPv6 that no other test uses: the first three groups of its addresses. */
function newSite(): string {
  const [a = 0, b = 0] = crypto.getRandomValues(new Uint16Array(2))
  return `2001:${(a | 0x1000).toString(16)}:${(b | 0x1000).toString(16)}`
}

describe.each(['session', 'token'] as const)('AUD-01: attempts that are refused unseen, %s mode', (mode) => {
  it.each(['known', 'unknown'])('leave one record for each wait of an account that is %s', async (which) => {
    const service = stoppedService()
    const email = which === 'known' ? (await signedInPerson({ mode, service })).email : newEmail()
    await failed(service, email, 9)
    const hashes = countHashes()
    const first = await recordedDuring(async () => {
      for (let n = 0; n < 60; n++) expectThrottled(await guess(service, email, `198.51.100.${n}`, mode))
    })
    expect(first.map(({ event, reason }) => [event, reason])).toEqual([['signed-in', 'throttled']])

    service.ahead += 16
    const second = await recordedDuring(async () => {
      expect((await guess(service, email, '198.51.100.61', mode)).status).toBe(401)
      for (let n = 0; n < 20; n++) expectThrottled(await guess(service, email, `198.51.100.${n}`, mode))
    })
    expect(second.map(({ reason }) => reason)).toEqual([
      which === 'known' ? 'wrong-password' : 'unknown-account',
      'throttled',
    ])
    expect(hashes()).toBe(1)
  })

  it('leave one record a day of an account whose attempts are used up', async () => {
    const service = stoppedService()
    const { email } = await signedInPerson({ mode, service })
    await failed(service, email, 100)
    const rows = await recordedDuring(async () => {
      for (service.ahead = 0; service.ahead < 3600; service.ahead += 120) {
        expectThrottled(await logIn(service, email, PASSWORD, mode))
      }
    })
    expect(rows.map(({ reason }) => reason)).toEqual(['throttled'])
  })
})

describe('RL-03, INC-33: a network of IPv6', () => {
  it('a /56 is looked at sixty times at once, from however many /64 it comes, and leaves as many records', async () => {
    const service = stoppedService()
    const site = newSite()
    const hashes = countHashes()
    const statuses: number[] = []
    const rows = await recordedDuring(async () => {
      for (let n = 0; n < 70; n++) {
        const subnet = (0xab00 + n).toString(16)
        statuses.push((await guess(service, newEmail(), `${site}:${subnet}::1`, 'token')).status)
      }
    })
    expect(statuses).toEqual([...Array(60).fill(401), ...Array(10).fill(429)])
    expect(hashes()).toBe(60)
    expect(rows).toHaveLength(60)
    // Another /56 of the same site still has something left.
    expect((await guess(service, newEmail(), `${site}:ac00::1`, 'token')).status).toBe(401)
  })

  it('a /48 spends 120 at once, and then one a second, from however many /56 it comes', async () => {
    const { services } = stoppedService()
    const { accountKeys, attempts } = services
    const site = newSite()
    const now = services.clock()
    const register = async (n: number, at: number) => {
      const address = `${site}:${(n * 0x100).toString(16)}::1`
      const client = { address, requestId: '', userAgent: null, country: null, language: 'en' } as const
      const sources = await sourcesOf(accountKeys, client)
      return attempts.reserveRegistration({ canonicalEmail: newEmail(), sources, now: at })
    }
    for (let n = 0; n < 120; n++) expect((await register(n, now)).outcome).toBe('free')
    expect(await register(121, now)).toEqual({ outcome: 'source-throttled', retryAfterSeconds: 1 })
    expect((await register(122, now + 1)).outcome).toBe('free')
    expect((await register(123, now + 1)).outcome).toBe('source-throttled')
    // What is refused is not charged, nor kept.
    const rows = await env.DB.prepare(
      "SELECT count(*) AS n FROM budgets WHERE kind = 'source' AND budget_key IN (SELECT value ->> 'key' FROM json_each(?1))",
    )
      .bind(
        JSON.stringify(
          await sourcesOf(accountKeys, {
            address: `${site}:${(121 * 0x100).toString(16)}::1`,
            requestId: '',
            userAgent: null,
            country: null,
            language: 'en',
          }),
        ),
      )
      .first('n')
    expect(rows).toBe(1)
  })
})
