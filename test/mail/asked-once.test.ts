import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import type { Mode } from '../../src/sessions/mode'
import { type FaultyD1, faultyD1 } from '../support/faulty-d1'
import { failuresAgainst } from '../support/guessing'
import { type MailingService, mailingService } from '../support/mail'
import { registerForLink } from '../support/mailed-links'
import { type Answer, expectProblem, newEmail, PASSWORD, read, send, signedInPerson } from '../support/person'
import { stopTime } from '../support/stop-time'
import { storage } from '../support/storage'
import { recordedDuring } from '../support/trail'

const MODES = ['session', 'token'] as const

/** Longer than a repetition is the same request: src/flows/repetition.ts. */
const LATER_SECONDS = 16

/** A request for mail, set up and not sent. */
interface Asking {
  readonly service: MailingService
  readonly db: FaultyD1
  readonly path: string
  readonly body: Readonly<Record<string, unknown>>
  readonly headers: Readonly<Record<string, string>>
}

interface Act {
  readonly name: string
  readonly prepare: (mode: Mode) => Promise<Asking>
  /** Says how many mails one request sends. */
  readonly mails: number
  /** The other request under the same name. */
  readonly other: (body: Asking['body']) => Readonly<Record<string, unknown>>
  /** The secret that binds the link to the browser. */
  readonly cookie: string | null
}

function scene(settings: object = {}) {
  const db = faultyD1(env.DB)
  return { db, service: mailingService({ DB: db, ...settings }), headers: {} }
}

const VERIFIED = { REGISTRATION: 'verified' }

const otherAddress = () => ({ email: newEmail() })

const ACTS: readonly Act[] = [
  {
    name: 'a registration',
    prepare: async (mode) => ({
      ...scene(VERIFIED),
      path: '/register',
      body: { email: newEmail(), password: PASSWORD, mode },
    }),
    mails: 1,
    other: (body) => ({ ...body, password: `another ${PASSWORD}` }),
    cookie: '__Host-registration',
  },
  {
    name: 'a registration of an address that has an account',
    prepare: async (mode) => {
      const { email } = await signedInPerson({ mode, service: mailingService() })
      return { ...scene(VERIFIED), path: '/register', body: { email, password: PASSWORD, mode } }
    },
    mails: 1,
    other: (body) => ({ ...body, name: 'Ada' }),
    cookie: '__Host-registration',
  },
  {
    name: 'the link of a registration again',
    prepare: async (mode) => {
      const { mailedTo: email } = await registerForLink(mailingService(VERIFIED), { mode })
      return { ...scene(VERIFIED), path: '/email/verify/resend', body: { email } }
    },
    mails: 1,
    other: (body) => ({ ...body, email: String(body.email).replace('@', '+@') }),
    cookie: '__Host-registration',
  },
  {
    name: 'a sign-in link',
    prepare: async (mode) => {
      const { email } = await signedInPerson({ mode, service: mailingService() })
      return { ...scene(), path: '/login/link', body: { email } }
    },
    mails: 1,
    other: (body) => ({ ...body, return_to: '/orders' }),
    cookie: '__Host-sign-in-link',
  },
  {
    name: 'a reset link',
    prepare: async (mode) => {
      const { email } = await signedInPerson({ mode, service: mailingService() })
      return { ...scene(), path: '/password/forgot', body: { email } }
    },
    mails: 1,
    other: (body) => ({ ...body, return_to: '/orders' }),
    cookie: null,
  },
  {
    name: 'an address change',
    prepare: async (mode) => {
      const { service, db } = scene()
      const { headers } = await signedInPerson({ mode, service })
      const body = { ...otherAddress(), password: PASSWORD }
      return { service, db, headers, path: '/email/change', body }
    },
    // To the new address, and to the one there is.
    mails: 2,
    other: (body) => ({ ...body, ...otherAddress() }),
    cookie: '__Host-email-change',
  },
]

const ACTS_IN_MODES = ACTS.flatMap((act) => MODES.map((mode) => ({ ...act, mode })))

/** Sends a request as the attempt that is named. */
function ask(asking: Asking, attempt: string, body = asking.body): Promise<Answer> {
  const headers = { ...asking.headers, 'Idempotency-Key': attempt }
  return send(asking.service, 'POST', asking.path, { body, headers })
}

const givenBy = ({ status, body, cookies }: Answer) => ({ status, body, cookies })

describe.each(ACTS_IN_MODES)('LOG-03: $name, asked for in $mode mode', ({ mode, prepare, mails, other }) => {
  it.each(['at once', 'one after the other', 'the second overtaking the first'])(
    'twice %s, is mailed once, and both answers are one',
    async (when) => {
      const asking = await prepare(mode)
      const attempt = crypto.randomUUID()
      const answers: Answer[] = []
      const rows = await recordedDuring(async () => {
        if (when === 'at once')
          answers.push(...(await Promise.all([ask(asking, attempt), ask(asking, attempt)])))
        else if (when === 'one after the other')
          answers.push(await ask(asking, attempt), await ask(asking, attempt))
        else {
          const held = asking.db.hold(/INSERT INTO mail_attempts/)
          const first = ask(asking, attempt)
          await held.reached
          answers.push(await ask(asking, attempt))
          held.release()
          answers.push(await first)
        }
      })
      const [first] = answers
      if (!first) throw new Error('Nothing was answered')
      expect(first.status, first.text).toBe(202)
      expect(answers.map(givenBy)).toEqual([givenBy(first), givenBy(first)])
      expect(asking.service.mail).toHaveLength(mails)
      expect(rows.filter(({ outcome }) => outcome === 'refused')).toEqual([])
      expect(rows.length).toBeLessThanOrEqual(1)
    },
  )

  it('under another name, without one, later, or with something else in it, is asked for anew', async () => {
    stopTime()
    const asking = await prepare(mode)
    const attempt = crypto.randomUUID()
    const again: (() => Promise<Answer>)[] = [
      () => ask(asking, attempt),
      () => ask(asking, crypto.randomUUID()),
      () => send(asking.service, 'POST', asking.path, { body: asking.body, headers: { ...asking.headers } }),
      () => {
        asking.service.ahead += LATER_SECONDS
        return ask(asking, attempt)
      },
    ]
    for (const [index, asked] of again.entries()) {
      const answer = await asked()
      expect(answer.status, answer.text).toBe(202)
      expect(asking.service.mail).toHaveLength(mails * (index + 1))
    }
    const before = await storage({ except: ['budgets', 'mail_requests'] })
    const changed = await ask(asking, attempt, other(asking.body))
    expect(changed.status, changed.text).toBe(202)
    expect(await storage({ except: ['budgets', 'mail_requests'] })).not.toEqual(before)
  })

  it('API-02: is mailed once also if D1 has done it and lost its answer, and still if it has not done it', async () => {
    for (const lost of [true, false]) {
      const asking = await prepare(mode)
      // Files share a database, and the sweep sends what the others have left.
      await env.DB.prepare('DELETE FROM outbox').run()
      const attempt = crypto.randomUUID()
      if (lost) asking.db.loseAnswers(/INSERT INTO mail_attempts/)
      else asking.db.fail(/INSERT INTO mail_attempts/)
      const first = await ask(asking, attempt)
      asking.db.recover()
      expectProblem(first, 503, 'store-unavailable')
      if (lost) expect(first.body.detail).toContain('Send the same request again')
      const second = await ask(asking, attempt)
      expect(second.status, second.text).toBe(202)
      await asking.service.sweep()
      expect(asking.service.mail, lost ? 'answer lost' : 'not done').toHaveLength(mails)
    }
  })
})

describe.each(ACTS.filter(({ cookie }) => cookie !== null))(
  '$name, from a page',
  ({ prepare, cookie, mails }) => {
    /** Sends the form of a page that has named its attempt. */
    async function submit({ service, path, body, headers }: Asking, attempt: string, more: object = {}) {
      const fields = Object.entries(body).filter(([name]) => name !== 'mode')
      const request = new Request(`${service.issuer}${path}`, {
        method: 'POST',
        headers: { ...headers, Accept: 'text/html', 'Sec-Fetch-Site': 'same-origin', ...more },
        body: new URLSearchParams({ ...Object.fromEntries(fields), attempt }),
        redirect: 'manual',
      })
      return read(await service.fetch(request))
    }

    it('two first clicks get one mail and one secret; a secret that the browser has stays', async () => {
      const asking = await prepare('session')
      const name = String(cookie)
      const attempt = crypto.randomUUID()
      const [first, second] = await Promise.all([submit(asking, attempt), submit(asking, attempt)])
      for (const { status } of [first, second]) expect(status).toBe(303)
      expect(first.cookies[name]).toMatch(/^[\w-]{43}$/)
      expect(second.cookies[name]).toBe(first.cookies[name])
      expect(asking.service.mail).toHaveLength(mails)

      const kept = {
        Cookie: [asking.headers.Cookie, `${name}=${first.cookies[name]}`].filter(Boolean).join('; '),
      }
      const third = await submit(asking, crypto.randomUUID(), kept)
      expect([third.status, third.cookies[name]]).toEqual([303, first.cookies[name]])
    })

    it('a secret is of one attempt, one address and one purpose', async () => {
      const [asking, another] = [await prepare('session'), await prepare('session')]
      const attempt = crypto.randomUUID()
      const secrets = [
        await submit(asking, attempt),
        await submit(asking, crypto.randomUUID()),
        await submit(another, attempt),
      ].map(({ cookies }) => cookies[String(cookie)])
      expect(new Set(secrets).size).toBe(3)
    })
  },
)

describe('RL-07: an attempt that is refused because there were too many', () => {
  it.each(ACTS.filter(({ name }) => name !== 'an address change'))(
    'is not taken for one that was carried out: $name',
    async ({ prepare }) => {
      stopTime()
      const asking = await prepare('session')
      const attempt = crypto.randomUUID()
      for (let n = 0; n < 5; n++) expect((await ask(asking, crypto.randomUUID())).status).toBe(202)
      expectProblem(await ask(asking, attempt), 429, 'too-many-attempts')
      expectProblem(await ask(asking, attempt), 429, 'too-many-attempts')
      const mails = asking.service.mail.length
      asking.service.ahead += 12 * 60
      expect((await ask(asking, attempt)).status).toBe(202)
      expect(asking.service.mail).toHaveLength(mails + 1)
    },
  )

  it('is answered as the first one was, though that was the last there was room for', async () => {
    const { prepare } = ACTS[0] ?? {}
    const asking = await prepare?.('session')
    if (!asking) throw new Error('There is no registration')
    for (let n = 0; n < 4; n++) expect((await ask(asking, crypto.randomUUID())).status).toBe(202)
    const attempt = crypto.randomUUID()
    const [last, again] = [await ask(asking, attempt), await ask(asking, attempt)]
    expect(givenBy(again)).toEqual(givenBy(last))
    expect(asking.service.mail).toHaveLength(5)
  })
})

describe.each(MODES)('RL-02: an address change that is asked for twice at once, in %s mode', (mode) => {
  it('leaves no failed attempt behind', async () => {
    const service = mailingService()
    const ada = await signedInPerson({ mode, service })
    const asking = { service, path: '/email/change', headers: ada.headers, db: faultyD1(env.DB) }
    const body = { ...otherAddress(), password: PASSWORD }
    const attempt = crypto.randomUUID()
    await Promise.all([ask({ ...asking, body }, attempt), ask({ ...asking, body }, attempt)])
    expect(await failuresAgainst(service.services, ada.sessionId)).toBe(0)
  })
})

it('the sweep forgets attempts that are over, and no others', async () => {
  stopTime()
  const service = mailingService()
  const asking = { service, path: '/password/forgot', headers: {}, db: faultyD1(env.DB) }
  const count = () => env.DB.prepare('SELECT count(*) AS n FROM mail_attempts').first('n')
  await env.DB.prepare('DELETE FROM mail_attempts').run()
  await ask({ ...asking, body: otherAddress() }, crypto.randomUUID())
  service.ahead += 8
  await ask({ ...asking, body: otherAddress() }, crypto.randomUUID())
  service.ahead += 8
  expect(await count()).toBe(2)
  await service.sweep()
  expect(await count()).toBe(1)
})
