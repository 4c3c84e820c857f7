import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { mostLinks } from '../../src/storage/sql/replaced-links'
import { mailingService } from '../support/mail'
import {
  ACCOUNT_KINDS,
  askForLink,
  bothRegistrations,
  LINK_KINDS,
  registerForLink,
  useLink,
} from '../support/mailed-links'
import { newEmail, send, signedInPerson } from '../support/person'
import { stopTime } from '../support/stop-time'

const HOUR = 60 * 60

/** Puts so many links of a kind there, of as many browsers, each asked for a second after the one before. */
async function insertLinks(holder: string, purpose: string, count: number): Promise<void> {
  await env.DB.prepare(
    `INSERT INTO one_time_tokens (token_hash, purpose, holder, email_canonical, new_email, new_email_canonical, binding_hash, expires_at)
     SELECT substr(?2 || value || hex(randomblob(22)), 1, 43), ?2, ?1, coalesce((SELECT email_canonical FROM users WHERE id = ?1), ?1),
            iif(?2 = 'register', ?1, NULL), iif(?2 = 'register', ?1, NULL), substr('b' || value || hex(randomblob(22)), 1, 43),
            unixepoch() + 60 + value
       FROM json_each(?3)`,
  )
    .bind(holder, purpose, JSON.stringify([...Array(count).keys()]))
    .run()
}

async function linksOf(holder: string): Promise<readonly { purpose: string; expires_at: number }[]> {
  const found = await env.DB.prepare(
    'SELECT purpose, expires_at FROM one_time_tokens WHERE holder = ?1 ORDER BY expires_at',
  )
    .bind(holder)
    .all<{ purpose: string; expires_at: number }>()
  return found.results
}

describe('EML-01: the links of one kind that an account or address has', () => {
  it.each(ACCOUNT_KINDS)('%s: are bounded in number, and the oldest make room', async (kind) => {
    const service = mailingService()
    const ada = await signedInPerson({ mode: 'session', service })
    const { purpose } = LINK_KINDS[kind]
    // A proof of an address has the bound of registrations, which the same route mails.
    const most = mostLinks(purpose === 'verify-email' ? 'register' : purpose)
    await insertLinks(ada.userId, purpose, most + 20)
    const [, oldest] = (await linksOf(ada.userId)).slice(20)
    const link = await askForLink(service, kind, ada)
    const left = await linksOf(ada.userId)
    expect(left).toHaveLength(most)
    if (most > 1) expect(left[0]).toEqual(oldest)
    expect((await useLink(link)).status).toBe(LINK_KINDS[kind].status)
    expect(await linksOf(ada.userId)).toEqual([])
  })

  it('registrations: are bounded in number, and the oldest make room', async () => {
    const { verified } = bothRegistrations()
    const email = newEmail()
    await insertLinks(email, 'register', mostLinks('register') + 20)
    const link = await registerForLink(verified, { email })
    expect(await linksOf(email)).toHaveLength(mostLinks('register'))
    expect((await useLink(link)).body).toMatchObject({ email_verified: true, has_password: true })
    expect(await linksOf(email)).toEqual([])
  })

  it.each([
    ['reset', HOUR],
    ['sign-in', HOUR / 4],
    ['verification', 24 * HOUR],
  ] as const)(
    '%s: strangers who ask as often as they are let take nothing from who asked first',
    async (kind, seconds) => {
      stopTime()
      const service = mailingService()
      const ada = await signedInPerson({ mode: 'token', service })
      const mine = await askForLink(service, kind, ada)
      const path = {
        reset: '/password/forgot',
        'sign-in': '/login/link',
        verification: '/email/verify/resend',
      }[kind]
      let mailed = 0
      while (service.ahead < seconds - 1) {
        const asked = await send(service, 'POST', path, { body: { email: ada.email } })
        if (asked.status === 202) mailed += 1
        else service.ahead = Math.min(service.ahead + Number(asked.headers.get('Retry-After')), seconds - 1)
      }
      expect(mailed).toBeGreaterThanOrEqual(4 + Math.floor((seconds - 1) / 720))
      expect(mailed).toBeLessThan(mostLinks(LINK_KINDS[kind].purpose))
      expect((await useLink(mine)).status).toBe(LINK_KINDS[kind].status)
    },
    60_000,
  )

  it('are so many at most, whatever is asked for', () => {
    const numbers = (['register', 'verify-email', 'reset-password', 'sign-in', 'change-email'] as const).map(
      (purpose) => mostLinks(purpose),
    )
    expect(numbers).toEqual([251, 126, 11, 8, 1])
  })
})
