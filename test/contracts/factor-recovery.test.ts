import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { provenPerson, signInLink } from '../support/links'
import { type MailingService, mailingService } from '../support/mail'
import { ask, exchange, locationOf, newClient, OAUTH_SETTINGS, requestOf } from '../support/oauth'
import { addPasskey, signInWithPasskey } from '../support/passkeys'
import {
  clientOf,
  expectProblem,
  newAddress,
  type Person,
  read,
  send,
  signedInPerson,
} from '../support/person'
import {
  codeOf,
  firstStep,
  type Pending,
  pendingOf,
  secondFactorsOf,
  secondStep,
  setUpTotp,
  setVerified,
} from '../support/second-factor'

const HOURS = 3600
const PATH = '/login/second-factor/recovery'

/** Returns somebody who has an app and a passkey, and no proof of either at hand. */
async function arrange(mode: 'session' | 'token', service = mailingService()) {
  const ada = await provenPerson(service, mode)
  const signedIn = await ada.signIn()
  const { soft } = await addPasskey(signedIn)
  const { session } = await setUpTotp(ada, signedIn)
  return { ada, service, session, soft }
}

/** Returns a sign-in by a mailed link, which waits for the second factor. */
async function waiting(service: MailingService, { email, mode }: Person): Promise<Pending> {
  const link = await signInLink(service, email)
  return pendingOf(await send(service, 'POST', '/login/link/confirm', { body: { ...link, mode } }))
}

const start = (service: MailingService, { headers, body }: Pending) =>
  send(service, 'POST', PATH, { headers, body })

const factorsOf = async (service: MailingService, { userId }: Person) => {
  const count = (table: string) => `(SELECT count(*) FROM ${table} WHERE user_id = ?1)`
  const row = env.DB.prepare(
    `SELECT ${count('totp_factors')} + ${count('recovery_codes')} + ${count('passkeys')} AS n`,
  )
  await service.settle()
  return row.bind(userId).first('n')
}

const eventsOf = async ({ userId }: Person) => {
  const rows = env.DB.prepare(
    "SELECT event FROM audit_events WHERE subject_id = ?1 AND event LIKE 'second-factor-rec%' ORDER BY seq",
  )
  return (await rows.bind(userId).all<{ event: string }>()).results.map(({ event }) => event)
}

describe.each(['session', 'token'] as const)(
  'RST-03: somebody who lost every second factor, in %s mode',
  (mode) => {
    it('gets them removed after the delay, with mail at its start, at half of it and at its end', async () => {
      const { ada, service, session } = await arrange(mode)
      const pending = await waiting(service, ada)
      const before = service.mailTo(ada.email).length
      const asked = await start(service, pending)
      expect(asked.status, asked.text).toBe(202)
      const told = () =>
        service
          .mailTo(ada.email)
          .slice(before)
          .map(({ subject }) => subject)
      expect(told()).toEqual([expect.stringMatching(/is about to be removed/)])
      expect((await session.get('/me/second-factor')).body.recovery_due_at).toBe(asked.body.recovery_due_at)
      // Again changes nothing and mails nothing.
      expect((await start(service, pending)).body).toEqual(asked.body)
      for (const [ahead, mails, factors] of [
        [35 * HOURS, 1, 12],
        [37 * HOURS, 2, 12],
        [72 * HOURS - 60, 2, 12],
        [72 * HOURS + 60, 3, 0],
        [73 * HOURS, 3, 0],
      ] as const) {
        service.ahead = ahead
        await service.sweep()
        await service.sweep()
        expect([told().length, await factorsOf(service, ada)], String(ahead)).toEqual([mails, factors])
      }
      expect(told()[1]).toMatch(/^Reminder/)
      expect((await session.get('/sessions')).status).toBe(401)
      expect(await eventsOf(ada)).toEqual(['second-factor-recovery-requested', 'second-factor-recovered'])
      const login = { email: ada.email, password: ada.password, mode }
      expect((await send(service, 'POST', '/login', { body: login })).body.session.acr).toBe('urn:janus:1fa')
    })

    it('keeps every factor until the delay is over, whoever completes it', async () => {
      const { ada, service, session, soft } = await arrange(mode)
      const { body } = await start(service, await waiting(service, ada))
      const dueAt = Date.parse(body.recovery_due_at) / 1000
      const { factorRecoveries } = secondFactorsOf(service)
      const due = { userId: ada.userId, language: 'en' } as const
      expect(await factorRecoveries.complete(due, dueAt - 1)).toEqual({ mailIds: [] })
      expect(await factorsOf(service, ada)).toBe(12)
      expect((await session.get('/me/second-factor')).body).toMatchObject({
        totp: { confirmed_at: expect.any(String) },
        recovery_due_at: body.recovery_due_at,
      })
      // A password still begins no session by itself.
      await firstStep(ada)
      expect(await eventsOf(ada)).toEqual(['second-factor-recovery-requested'])
      expect((await factorRecoveries.complete(due, dueAt)).mailIds).toHaveLength(1)
      expect(await factorsOf(service, ada)).toBe(0)
      expect((await signInWithPasskey(service, soft, { mode })).status).toBe(400)
    })

    it('cannot ask with a password alone, nor for an address that nobody has proven', async () => {
      const { ada, service } = await arrange(mode)
      const byPassword = await firstStep(ada)
      expectProblem(await start(service, byPassword), 409, 'mailbox-not-proven')
      // Nor does one run that nobody is told of.
      expect(await eventsOf(ada)).toEqual([])
      const byLink = await waiting(service, ada)
      expect((await start(service, byLink)).status).toBe(202)
      // Nor learn by it that somebody else has asked.
      expectProblem(await start(service, byPassword), 409, 'mailbox-not-proven')
      const { ada: bob } = await arrange(mode, service)
      const other = await waiting(service, bob)
      await setVerified(bob, null)
      expectProblem(await start(service, other), 409, 'mailbox-not-proven')
      const nobody = { headers: {}, body: { pending: `${'A'.repeat(22)}.${'A'.repeat(43)}` } }
      expectProblem(await send(service, 'POST', PATH, nobody), 401, 'sign-in-expired')
    })

    it.each([
      'a code',
      'a code in a session',
      'a passkey',
      'the link of the mail',
      'the account page',
      'another address',
    ])('is stopped by %s', async (way) => {
      const { ada, service, session, soft } = await arrange(mode)
      const pending = await waiting(service, ada)
      expect((await start(service, pending)).status).toBe(202)
      const token = service.tokenFor(ada.email)
      const stopped = {
        'a code': async () => (await secondStep(ada, pending, { code: await codeOf(ada) })).status,
        'a code in a session': async () => {
          const code = await codeOf(ada)
          return (await session.post('/reauthenticate/second-factor', { code })).status
        },
        'a passkey': async () => (await signInWithPasskey(service, soft, { mode })).status,
        'the link of the mail': async () =>
          (await send(service, 'POST', `${PATH}/cancel`, { body: { token } })).status,
        'the account page': async () => (await session.post('/me/second-factor/recovery/cancel', {})).status,
        'another address': async () => {
          const change = 'UPDATE users SET email_canonical = ?2 WHERE id = ?1'
          await env.DB.prepare(change).bind(ada.userId, `${ada.userId}@example.com`).run()
          return 200
        },
      }[way]
      expect([200, 204]).toContain(await stopped?.())
      const mails = service.mailTo(ada.email).length
      service.ahead = 80 * HOURS
      await service.sweep()
      expect(await factorsOf(service, ada)).toBeGreaterThan(10)
      expect(
        service
          .mailTo(ada.email)
          .slice(mails)
          .map(({ subject }) => subject),
      ).toEqual([])
      const late = await send(service, 'POST', `${PATH}/cancel`, { body: { token } })
      expectProblem(late, 400, 'invalid-link')
    })

    it('is not stopped by a session that goes on, whatever begins of it', async () => {
      const { ada, service, session } = await arrange(mode, mailingService(OAUTH_SETTINGS))
      service.ahead = 5
      const { body } = await start(service, await waiting(service, ada))
      service.ahead = 10
      const changed = await session.post('/password', {
        current_password: ada.password,
        new_password: 'seven quiet minutes at sea',
      })
      expect(changed.status, changed.text).toBe(200)
      const own = clientOf(service, mode, changed)
      if (mode === 'session') {
        // As an app of the operator's own does by itself.
        const client = await newClient({ firstParty: true })
        const asked = locationOf(await ask(service, requestOf(client, { prompt: 'none' }), own))
        const given = await exchange(service, client, asked.searchParams.get('code') ?? '')
        expect(given.status, given.text).toBe(200)
      }
      expect((await own.get('/me/second-factor')).body.recovery_due_at).toBe(body.recovery_due_at)
      service.ahead = 73 * HOURS
      await service.sweep()
      expect(await factorsOf(service, ada)).toBe(0)
    })

    it('whoever set an app up with a stolen password does not stop the owner of the mailbox', async () => {
      const service = mailingService()
      const ada = await provenPerson(service, mode)
      const { session: thief } = await setUpTotp(ada, await ada.signIn())
      await send(service, 'POST', '/password/forgot', { body: { email: ada.email } })
      const reset = { token: service.tokenFor(ada.email), new_password: 'seven quiet minutes at sea' }
      expect((await send(service, 'POST', '/password/reset', { body: reset })).status).toBeLessThan(300)
      expect((await start(service, await waiting(service, ada))).status).toBe(202)
      // The reset has ended the session of the thief, and the password is another: nothing is left that stops it.
      expect((await thief.post('/me/second-factor/recovery/cancel', {})).status).toBe(401)
      const login = { email: ada.email, password: ada.password, mode }
      expect((await send(service, 'POST', '/login', { body: login })).status).toBe(401)
      service.ahead = 73 * HOURS
      await service.sweep()
      expect(await factorsOf(service, ada)).toBe(0)
    })

    it('the secret of the mail is nowhere in clear, signs nobody in, and stops only its own', async () => {
      const { ada, service } = await arrange(mode)
      const { ada: bob } = await arrange(mode, service)
      for (const each of [ada, bob]) await start(service, await waiting(service, each))
      const token = service.tokenFor(ada.email)
      for (const table of ['factor_recoveries', 'outbox', 'audit_events']) {
        const { results } = await env.DB.prepare(`SELECT * FROM ${table}`).all()
        expect(JSON.stringify(results)).not.toContain(token)
      }
      const cancelled = await send(service, 'POST', `${PATH}/cancel`, { body: { token } })
      expect([cancelled.status, cancelled.cookies]).toEqual([204, {}])
      const left = env.DB.prepare('SELECT count(*) AS n FROM factor_recoveries WHERE user_id IN (?1, ?2)')
      expect(await left.bind(ada.userId, bob.userId).first('n')).toBe(1)
      expect(await eventsOf(ada)).toEqual([
        'second-factor-recovery-requested',
        'second-factor-recovery-cancelled',
      ])
    })
  },
)

it('where settings leave it to operators, or no mail is sent, there is no such way', async () => {
  const { ada, service } = await arrange('token', mailingService({ SECOND_FACTOR_RECOVERY_HOURS: 'none' }))
  expectProblem(await start(service, await waiting(service, ada)), 404, 'not-found')
  const page = await send(service, 'GET', PATH, { headers: { Accept: 'text/html' } })
  expect(page.status).toBe(404)
  const bob = await signedInPerson({ mode: 'token' })
  expectProblem(await send(bob.service, 'POST', PATH, { body: { pending: 'x' } }), 404, 'not-found')
})

it('a browser without scripts asks on a page, and stops it on another', async () => {
  const { ada, service } = await arrange('session')
  const { headers } = await waiting(service, ada)
  const form = async (path: string, fields: Record<string, string>) =>
    read(
      await service.fetch(
        new Request(`${service.issuer}${path}`, {
          method: 'POST',
          redirect: 'manual',
          headers: { 'CF-Connecting-IP': newAddress(), Accept: 'text/html', ...headers },
          body: new URLSearchParams(fields),
        }),
      ),
    )
  const show = (path: string) => send(service, 'GET', path, { headers: { Accept: 'text/html', ...headers } })
  expect((await show('/login/second-factor')).text).toContain(`href="${PATH}"`)
  expect((await show(PATH)).text).toContain(`action="${PATH}"`)
  const asked = await form(PATH, {})
  expect([asked.status, asked.headers.get('Location')]).toEqual([303, `${PATH}?done`])
  expect((await show(`${PATH}?done`)).text).toContain('The removal has begun')
  const token = service.tokenFor(ada.email)
  expect((await show(`${PATH}/cancel?token=${token}`)).text).toContain(`value="${token}"`)
  const stopped = await form(`${PATH}/cancel`, { token })
  expect(stopped.headers.get('Location')).toBe(`${PATH}/cancel?done`)
  expect((await show(`${PATH}/cancel?done`)).text).toContain('was stopped')
})
