import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { createJanus } from '../../src/janus'
import { sweepOutbox } from '../../src/mail/deliver-mail'
import { type Mailer, MailRefused, type Message } from '../../src/mail/mailer'
import { createMail } from '../../src/wiring/create-mail'
import { faultyD1 } from '../support/faulty-d1'
import { createGate } from '../support/gate'
import { type MailingService, mailingService } from '../support/mail'
import { newEmail, PASSWORD, type Person, send, signedInPerson } from '../support/person'
import type { OwnService } from '../support/service'
import { stopTime } from '../support/stop-time'
import { storage } from '../support/storage'
import { recordedDuring } from '../support/trail'
import { truthOfProject } from '../support/truth'

const OLD_SECRET = env.AUTH_SECRET
const NEW_SECRET = 'pS1nQ8zWcVt5RkLm3yXb7HdJfGoUeTiAa2DuZwN6MqB'
const NEW_PASSWORD = 'a new beginning, again'
const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Text that a carrier may quote and that must not reach a log. */
const CANARY = 'canary-of-a-carrier'

beforeEach(async () => {
  await env.DB.exec('DELETE FROM outbox')
})

async function carrierIsDown(): Promise<never> {
  throw new Error(`${CANARY}: connection refused`)
}

/** Returns a carrier that is down, and counts how often it is tried. */
function countingFailure(service: MailingService): () => number {
  let attempts = 0
  service.carrierFails = async () => {
    attempts += 1
    await carrierIsDown()
  }
  return () => attempts
}

interface Queued {
  readonly id: string
  readonly kind: string
  readonly recipient: string
  readonly sealed_token: string | null
  readonly attempts: number
  readonly due_at: number
}

async function queued(recipient?: string): Promise<readonly Queued[]> {
  const { results } = await env.DB.prepare('SELECT * FROM outbox ORDER BY due_at, id').all<Queued>()
  return results.filter((row) => recipient === undefined || row.recipient === recipient)
}

function forgot(service: MailingService, email: string) {
  return send(service, 'POST', '/password/forgot', { body: { email } })
}

function changePassword(ada: Person) {
  return ada.post('/password', { current_password: PASSWORD, new_password: NEW_PASSWORD })
}

/** Runs the part of the sweep that sends mail. */
function sweepMail({ services }: MailingService): Promise<void> {
  if (!services.mail?.delivery) throw new Error('This service sends no mail')
  return sweepOutbox(services.mail?.delivery)
}

/** Returns a person whose mails to come are all that this service knows of. */
async function settledPerson(service: MailingService, mode: 'session' | 'token'): Promise<Person> {
  const ada = await signedInPerson({ mode, service })
  expect(await queued(ada.email)).toEqual([])
  return ada
}

/** Lines of the log but those of requests and of what is not about mail. */
function mailLines({ log }: OwnService) {
  return log.filter(({ event }) => event.startsWith('mail-'))
}

function reset(service: MailingService, token: string) {
  return send(service, 'POST', '/password/reset', { body: { token, new_password: NEW_PASSWORD } })
}

/** Every way to have mail sent to `ada`, and to whom it goes. `who` is a person of the service's own. */
const OPERATIONS = {
  'a registration': {
    settings: { REGISTRATION: 'verified' },
    run: (service: MailingService, _: Person | null, email: string) =>
      send(service, 'POST', '/register', { body: { email, password: PASSWORD } }),
  },
  'a forgotten password': {
    settings: {},
    run: (service: MailingService, ada: Person | null) => forgot(service, ada?.email ?? ''),
  },
  'a sign-in link': {
    settings: {},
    run: (service: MailingService, ada: Person | null) =>
      send(service, 'POST', '/login/link', { body: { email: ada?.email } }),
  },
  'a link to verify': {
    settings: {},
    run: (service: MailingService, ada: Person | null) =>
      send(service, 'POST', '/email/verify/resend', { body: { email: ada?.email } }),
  },
  'an address change': {
    settings: {},
    run: (_: MailingService, ada: Person | null, email: string) =>
      (ada as Person).post('/email/change', { email, password: PASSWORD }),
  },
  'a changed password': {
    settings: {},
    run: (_: MailingService, ada: Person | null) => changePassword(ada as Person),
  },
  'a sign-in from a new device': {
    settings: {},
    run: (service: MailingService, ada: Person | null) =>
      send(service, 'POST', '/login', {
        body: { email: ada?.email, password: PASSWORD },
        headers: { 'User-Agent': 'curl/8.5.0' },
      }),
  },
} as const

type Operation = keyof typeof OPERATIONS
const NAMES = Object.keys(OPERATIONS) as Operation[]

/** Runs one for a new person; gives its answer, and the addresses that it is about. */
async function perform(name: Operation, make: (settings: object) => MailingService) {
  const operation = OPERATIONS[name]
  const service = make(operation.settings)
  const ada =
    'REGISTRATION' in operation.settings
      ? null
      : await signedInPerson({ mode: 'session', service: mailingService() })
  const fresh = newEmail()
  const owner = ada?.email ?? fresh
  return {
    service,
    addresses: [owner, fresh],
    run: () => operation.run(service, ada && ({ ...ada, post: postAt(service, ada) } as Person), fresh),
  }
}

function postAt(service: MailingService, ada: Person) {
  return (path: string, body?: unknown) => send(service, 'POST', path, { headers: ada.headers, body })
}

describe.each(NAMES)('mail about %s', (name) => {
  it('is queued in the transaction of what it is about: if it cannot be, nothing happens', async () => {
    const { addresses, run } = await perform(name, (settings) => mailingService(settings))
    const list = addresses.map((address) => `'${address}'`).join(', ')
    const [refuse, refuseNoMore] = truthOfProject().refusal('outbox', `NEW.recipient IN (${list})`)
    await env.DB.exec(refuse)
    onTestFinished(async () => {
      await env.DB.exec(refuseNoMore)
    })
    // That it was tried, and asked for, may be counted before.
    const counts = ['budgets', 'mail_requests']
    const before = await storage({ except: counts })
    const answer = await run()
    expect([answer.status, answer.body.code], answer.text).toEqual([503, 'store-unavailable'])
    expect(await storage({ except: counts })).toEqual(before)
  })

  it.each([
    ['is down', carrierIsDown],
    ['refuses', () => Promise.reject(new MailRefused('E_RECIPIENT_SUPPRESSED'))],
    ['throws what is no error', () => Promise.reject(null)],
  ])('never changes an answer, also if the carrier %s', async (_, carrierFails) => {
    const good = await perform(name, (settings) => mailingService(settings))
    const bad = await perform(name, (settings) => mailingService(settings))
    bad.service.carrierFails = carrierFails
    const expected = await good.run()
    const answer = await bad.run()
    expect(expected.status, expected.text).toBeLessThan(300)
    expect(good.service.mail.length).toBeGreaterThan(0)
    expect(bad.service.mail).toEqual([])
    expect(answer.status, answer.text).toBe(expected.status)
    expect(Object.keys(answer.body)).toEqual(Object.keys(expected.body))
    expect([...answer.headers.keys()]).toEqual([...expected.headers.keys()])
    expect(Object.keys(answer.cookies)).toEqual(Object.keys(expected.cookies))
  })

  it('is left to the sweep if D1 fails behind the response', async () => {
    const db = faultyD1(env.DB)
    const { service, run } = await perform(name, (settings) => mailingService({ ...settings, DB: db }))
    db.fail(/^\s*UPDATE outbox/)
    const answer = await run()
    expect(answer.status, answer.text).toBeLessThan(300)
    expect(service.mail).toEqual([])
    const waiting = await queued()
    expect(waiting.length).toBeGreaterThan(0)
    const left = { event: 'mail-left-to-sweep', store: truthOfProject().store }
    expect(mailLines(service)).toEqual(waiting.map(() => left))
    db.recover()
    await service.sweep()
    expect(service.mail.map(({ id }) => id).sort()).toEqual(waiting.map(({ id }) => id).sort())
    expect(await queued()).toEqual([])
  })
})

describe.each(['session', 'token'] as const)('a carrier that is down, in %s mode', (mode) => {
  it('is tried again after 1, 2, 4 … 64 minutes, and the mail goes out exactly once', async () => {
    stopTime()
    const service = mailingService()
    const ada = await settledPerson(service, mode)
    const attempts = countingFailure(service)
    expect((await changePassword(ada)).status).toBe(200)
    expect(attempts()).toBe(1)
    for (const [nth, minutes] of [1, 2, 4, 8, 16, 32, 64, 64].entries()) {
      service.ahead += minutes * MINUTE - 1
      await sweepMail(service)
      expect(attempts(), `before ${minutes} minutes`).toBe(nth + 1)
      service.ahead += 1
      await sweepMail(service)
      await sweepMail(service)
      expect(attempts(), `after ${minutes} minutes`).toBe(nth + 2)
    }
    const [waiting] = await queued(ada.email)
    service.carrierFails = null
    service.ahead += 64 * MINUTE
    for (let run = 0; run < 3; run++, service.ahead += 64 * MINUTE) await sweepMail(service)
    const mail = service.mailTo(ada.email)
    expect(mail.map(({ id }) => id)).toEqual([waiting?.id])
    expect(await queued(ada.email)).toEqual([])
  })

  it('loses no link: the one that goes out later works', async () => {
    stopTime()
    const service = mailingService()
    const ada = await settledPerson(service, mode)
    service.carrierFails = carrierIsDown
    await forgot(service, ada.email)
    service.carrierFails = null
    service.ahead += MINUTE
    await service.sweep()
    expect((await reset(service, service.tokenFor(ada.email))).status).toBe(204)
  })

  it('stops a run of the sweep at the third failure in a row, for then it is not the messages', async () => {
    const service = mailingService()
    const person = await settledPerson(service, mode)
    const attempts = countingFailure(service)
    for (let nth = 0; nth < 5; nth++) await forgot(service, person.email)
    expect(attempts()).toBe(5)
    service.ahead += MINUTE
    await service.sweep()
    expect(attempts()).toBe(8)
    await service.sweep()
    expect(attempts()).toBe(10)
    await service.sweep()
    expect(attempts()).toBe(10)
  })

  it('AUD-02: is logged by kind of mail and name of error, with no word of the carrier and no address', async () => {
    const service = mailingService({ LOG_SUCCESS_PERCENT: '100' })
    const ada = await settledPerson(service, mode)
    service.carrierFails = async () => {
      throw new TypeError(`${CANARY} ${ada.email}`)
    }
    await forgot(service, ada.email)
    expect(mailLines(service)).toEqual([
      expect.objectContaining({ event: 'mail-not-sent', kind: 'reset-password', error: 'TypeError' }),
    ])
    for (const word of [CANARY, ada.email, ada.email.split('@')[0]]) {
      expect(JSON.stringify(service.log)).not.toContain(word)
    }
  })
})

describe.each(['session', 'token'] as const)('mail that is given up, in %s mode', (mode) => {
  it('AUD-04: refused by the carrier: at once and for good, recorded for the account, logged without its address', async () => {
    stopTime()
    const service = mailingService({ LOG_SUCCESS_PERCENT: '100' })
    const ada = await settledPerson(service, mode)
    let attempts = 0
    service.carrierFails = async () => {
      attempts += 1
      throw new MailRefused(`${CANARY} ${ada.email}`)
    }
    const rows = await recordedDuring(() => forgot(service, ada.email))
    expect(rows.map(({ event }) => event)).toEqual(['password-reset-requested', 'mail-failed'])
    expect(rows[1]).toMatchObject({
      event: 'mail-failed',
      outcome: 'refused',
      reason: 'refused-by-carrier',
      subject_id: ada.userId,
      actor_id: null,
      address: null,
    })
    expect(mailLines(service)).toEqual([
      expect.objectContaining({ event: 'mail-failed', kind: 'reset-password', reason: 'refused-by-carrier' }),
    ])
    for (const word of [ada.email, ada.email.split('@')[0]]) {
      expect(JSON.stringify([service.log, rows])).not.toContain(word)
    }
    expect(await queued(ada.email)).toEqual([])
    const activity = await ada.get('/me/activity')
    expect(activity.body.events.map((event: { event: string }) => event.event)).toContain('mail-failed')
    service.carrierFails = null
    service.ahead += HOUR
    await service.sweep()
    expect([attempts, service.mailTo(ada.email)]).toEqual([1, []])
  })

  it('AUD-04: refused, and there is no account: recorded for nobody', async () => {
    const service = mailingService({ REGISTRATION: 'verified' })
    const email = newEmail()
    service.carrierFails = () => Promise.reject(new MailRefused('E_RECIPIENT_NOT_ALLOWED'))
    const body = { email, password: PASSWORD, mode }
    const rows = await recordedDuring(async () =>
      expect((await send(service, 'POST', '/register', { body })).status).toBe(202),
    )
    expect(rows).toEqual([
      expect.objectContaining({ event: 'mail-failed', reason: 'refused-by-carrier', subject_id: null }),
    ])
    expect(await queued(email)).toEqual([])
  })

  it('AUD-04: is recorded once, also if two give it up', async () => {
    const service = mailingService()
    const ada = await settledPerson(service, mode)
    service.carrierFails = carrierIsDown
    await forgot(service, ada.email)
    const [waiting] = await queued(ada.email)
    const mail = { id: waiting?.id ?? '', subjectId: ada.userId }
    const rows = await recordedDuring(async () => {
      for (let nth = 0; nth < 2; nth++)
        await service.services.mail?.delivery?.outbox.bury(mail, 'unreadable', 1)
    })
    expect(rows.map(({ event }) => event)).toEqual(['mail-failed'])
  })

  it('refused in a run of the sweep: the rest still goes out', async () => {
    stopTime()
    const service = mailingService()
    const [ada, ben] = [await settledPerson(service, mode), await settledPerson(service, mode)]
    service.carrierFails = carrierIsDown
    for (const { email } of [ada, ben]) await forgot(service, email)
    let attempts = 0
    service.carrierFails = async () => {
      attempts += 1
      if (attempts === 1) throw new MailRefused('E_RECIPIENT_SUPPRESSED')
    }
    service.ahead += MINUTE
    await service.sweep()
    expect([attempts, service.mail.filter(({ to }) => [ada.email, ben.email].includes(to)).length]).toEqual([
      2, 1,
    ])
    expect(await queued()).toEqual([])
  })

  it.each([
    ['a link', HOUR, forgot, 'reset-password'],
    [
      'a notice',
      DAY,
      (_: MailingService, __: string, ada: Person) => changePassword(ada),
      'password-changed',
    ],
  ] as const)('%s that is of no use any more is not sent, to the second', async (_, life, ask, kind) => {
    stopTime()
    const service = mailingService()
    const [ada, ben] = [await settledPerson(service, mode), await settledPerson(service, mode)]
    service.carrierFails = carrierIsDown
    for (const each of [ada, ben]) await ask(service, each.email, each)
    service.carrierFails = null

    // Of two that wait, one is taken a second before the end, and the other at it.
    const [first] = await queued(ada.email)
    service.ahead += life - 1
    await env.DB.prepare('UPDATE outbox SET due_at = due_at + ?1 WHERE id <> ?2').bind(life, first?.id).run()
    await service.sweep()
    expect(service.mail.filter(({ id }) => id === first?.id)).toHaveLength(1)

    await env.DB.exec('UPDATE outbox SET due_at = queued_at')
    service.ahead += 1
    const sent = service.mail.length
    const rows = await recordedDuring(() => service.sweep())
    expect(service.mail).toHaveLength(sent)
    expect(rows.filter(({ event }) => event === 'mail-failed')).toEqual([
      expect.objectContaining({ reason: 'not-delivered-in-time', subject_id: ben.userId }),
    ])
    expect(mailLines(service).at(-1)).toEqual({
      event: 'mail-failed',
      kind,
      reason: 'not-delivered-in-time',
    })
    expect(await queued()).toEqual([])
  })
})

describe('mail at rest', () => {
  const LINKS = [
    'a registration',
    'a forgotten password',
    'a sign-in link',
    'a link to verify',
    'an address change',
  ] as const

  it.each(LINKS)('EML-01: the token of %s is nowhere in clear, before it is sent or after', async (name) => {
    stopTime()
    const { service, addresses, run } = await perform(name, (settings) =>
      mailingService({ ...settings, LOG_SUCCESS_PERCENT: '100' }),
    )
    service.carrierFails = carrierIsDown
    expect((await run()).status).toBe(202)
    const waiting = await storage()
    expect((await queued()).filter((row) => row.sealed_token !== null)).toHaveLength(1)
    service.carrierFails = null
    for (let sweeps = 0; sweeps < 3; sweeps++, service.ahead += MINUTE) await sweepMail(service)
    const [link] = addresses
      .flatMap((address) => service.mailTo(address))
      .filter(({ text }) => text.includes('?token='))
    const token = /\?token=([\w-]{43})/.exec(link?.text ?? '')?.[1] ?? ''
    expect(token).toHaveLength(43)

    const bytes = Uint8Array.fromBase64(token, { alphabet: 'base64url' })
    const forms = [token, bytes.toHex(), bytes.toBase64(), token.slice(0, 20), token.slice(-20)]
    for (const place of [waiting, await storage(), service.log]) {
      const text = JSON.stringify(place)
      for (const form of forms) expect(text.toLowerCase()).not.toContain(form.toLowerCase())
    }
    // The same search finds what is there.
    expect(JSON.stringify(waiting)).toContain(link?.id)
  })

  it('KEY-04: is read after the secret was rotated, and the link in it is good', async () => {
    stopTime()
    const before = mailingService({ AUTH_SECRET: OLD_SECRET })
    const ada = await settledPerson(before, 'session')
    before.carrierFails = carrierIsDown
    await forgot(before, ada.email)
    const after = mailingService({ AUTH_SECRET: `${NEW_SECRET},${OLD_SECRET}` })
    after.ahead = MINUTE
    await after.sweep()
    expect((await reset(after, after.tokenFor(ada.email))).status).toBe(204)
  })

  it('KEY-04: is sealed with the newest secret', async () => {
    stopTime()
    const both = mailingService({ AUTH_SECRET: `${NEW_SECRET},${OLD_SECRET}` })
    const ada = await settledPerson(both, 'session')
    both.carrierFails = carrierIsDown
    await forgot(both, ada.email)
    const alone = mailingService({ AUTH_SECRET: NEW_SECRET })
    alone.ahead = MINUTE
    await alone.sweep()
    expect(alone.mailTo(ada.email)).toHaveLength(1)
  })

  it('KEY-04: waits for an isolate that has its secret, and is given up and recorded if none had it in time; a notice needs none', async () => {
    stopTime()
    const before = mailingService({ AUTH_SECRET: OLD_SECRET })
    const ada = await settledPerson(before, 'session')
    before.carrierFails = carrierIsDown
    await forgot(before, ada.email)
    expect((await changePassword(ada)).status).toBe(200)
    expect(await queued(ada.email)).toHaveLength(2)
    const after = mailingService({ AUTH_SECRET: NEW_SECRET })
    after.ahead = MINUTE
    await after.sweep()
    expect(mailLines(after)).toEqual([{ event: 'mail-unreadable', kind: 'reset-password' }])
    expect(await queued(ada.email)).toHaveLength(1)
    after.ahead = HOUR
    const rows = await recordedDuring(() => after.sweep())
    expect(rows.filter(({ event }) => event === 'mail-failed')).toEqual([
      expect.objectContaining({ reason: 'unreadable', subject_id: ada.userId }),
    ])
    expect(mailLines(after).at(-1)).toEqual({
      event: 'mail-failed',
      kind: 'reset-password',
      reason: 'unreadable',
    })
    expect(after.mailTo(ada.email).map(({ subject }) => subject)).toEqual([
      expect.stringContaining('changed'),
    ])
    expect(await queued(ada.email)).toEqual([])
  })

  it('KEY-03: a token in the row of another mail is not read: who can write the outbox cannot have a link sent to themselves', async () => {
    stopTime()
    const service = mailingService()
    const [ada, eve] = [await settledPerson(service, 'session'), await settledPerson(service, 'session')]
    service.carrierFails = carrierIsDown
    for (const { email } of [ada, eve]) await forgot(service, email)
    await env.DB.prepare(
      'UPDATE outbox SET sealed_token = (SELECT sealed_token FROM outbox WHERE recipient = ?1) WHERE recipient = ?2',
    )
      .bind(ada.email, eve.email)
      .run()
    service.carrierFails = null
    service.ahead += MINUTE
    await service.sweep()
    expect(service.mailTo(eve.email)).toEqual([])
    expect(service.mailTo(ada.email)).toHaveLength(1)
    service.ahead += HOUR
    const rows = await recordedDuring(() => service.sweep())
    expect(service.mailTo(eve.email)).toEqual([])
    expect(rows.filter(({ event }) => event === 'mail-failed')).toEqual([
      expect.objectContaining({ reason: 'unreadable', subject_id: eve.userId }),
    ])
  })

  it('nothing of a mail stays when it has gone out', async () => {
    const service = mailingService()
    const ada = await settledPerson(service, 'session')
    await forgot(service, ada.email)
    expect(service.mailTo(ada.email)).toHaveLength(1)
    expect(await queued()).toEqual([])
  })
})

describe('several at the same mail', () => {
  it('of two sweeps that found it, one sends it', async () => {
    stopTime()
    const db = faultyD1(env.DB)
    const slow = mailingService({ DB: db })
    const quick = mailingService()
    const ada = await settledPerson(quick, 'session')
    quick.carrierFails = carrierIsDown
    await forgot(quick, ada.email)
    quick.carrierFails = null
    slow.ahead = quick.ahead = MINUTE
    const claim = db.hold(/^\s*UPDATE outbox/)
    const sweeping = slow.sweep()
    await claim.reached
    await quick.sweep()
    claim.release()
    await sweeping
    expect([quick.mailTo(ada.email).length, slow.mailTo(ada.email).length]).toEqual([1, 0])
  })

  it('of twenty sweeps at once, one sends it', async () => {
    stopTime()
    const services = Array.from({ length: 20 }, () => mailingService())
    const [first] = services as [MailingService]
    const ada = await settledPerson(first, 'session')
    first.carrierFails = carrierIsDown
    await forgot(first, ada.email)
    first.carrierFails = null
    for (const service of services) service.ahead = MINUTE
    await Promise.all(services.map(sweepMail))
    expect(services.flatMap((service) => service.mailTo(ada.email))).toHaveLength(1)
  })

  it('a sweep while the request is sending it does not send it again', async () => {
    stopTime()
    const gate = createGate<Message>()
    const slow = mailingService()
    const ada = await settledPerson(slow, 'session')
    const sending = gate.hold(() => true)
    slow.carrierFails = () => gate.pass({} as Message)
    const asked = forgot(slow, ada.email)
    await sending.reached
    const other = mailingService()
    other.ahead = MINUTE - 1
    await other.sweep()
    expect(other.mailTo(ada.email)).toEqual([])
    sending.release()
    await asked
    expect(slow.mailTo(ada.email)).toHaveLength(1)
    other.ahead = HOUR - 1
    await other.sweep()
    expect(other.mailTo(ada.email)).toEqual([])
  })

  it('a crash between taking and sending costs a minute, and no mail', async () => {
    stopTime()
    const service = mailingService()
    const ada = await settledPerson(service, 'session')
    const crashed = mailingService({ DB: faultyD1(env.DB) })
    // Never answers, and its isolate is gone: nothing follows.
    const db = faultyD1(env.DB)
    const asking = mailingService({ DB: db })
    db.fail(/^\s*UPDATE outbox/)
    await forgot(asking, ada.email)
    const [waiting] = await queued(ada.email)
    const id = waiting?.id ?? ''
    expect(
      await crashed.services.mail?.delivery?.outbox.claim(id, Math.floor(Date.now() / 1000)),
    ).toMatchObject({
      outcome: 'claimed',
    })
    service.ahead = MINUTE - 1
    await service.sweep()
    expect(service.mailTo(ada.email)).toEqual([])
    service.ahead = MINUTE
    await service.sweep()
    expect(service.mailTo(ada.email).map((mail) => mail.id)).toEqual([id])
  })

  it('a crash between sending and forgetting sends it again, under the same id', async () => {
    stopTime()
    const db = faultyD1(env.DB)
    const service = mailingService({ DB: db })
    const ada = await settledPerson(service, 'session')
    db.fail(/^\s*DELETE FROM outbox/)
    expect((await forgot(service, ada.email)).status).toBe(202)
    expect(mailLines(service)).toEqual([{ event: 'mail-left-to-sweep', store: truthOfProject().store }])
    db.recover()
    service.ahead = MINUTE
    await service.sweep()
    const mail = service.mailTo(ada.email)
    expect(mail).toHaveLength(2)
    expect(mail[1]).toEqual(mail[0])
    service.ahead = HOUR - 1
    await service.sweep()
    expect(service.mailTo(ada.email)).toHaveLength(2)
  })
})

describe('the sweep', () => {
  it('tries at most 12 in one run, the oldest first', async () => {
    stopTime()
    const service = mailingService()
    const ada = await settledPerson(service, 'session')
    const now = Math.floor(Date.now() / 1000)
    const insert = env.DB.prepare(
      `INSERT INTO outbox (id, kind, subject_id, recipient, queued_at, expires_at, due_at)
       VALUES (?1, 'password-changed', ?2, ?3, ?4, ?5, ?6)`,
    )
    const ids = Array.from({ length: 15 }, (_, n) => `${'m'.repeat(20)}${String(n).padStart(2, '0')}`)
    // The later its id, the longer it is due.
    const rows = ids.map((id, n) => insert.bind(id, ada.userId, ada.email, now - 60, now + DAY, now - n))
    await env.DB.batch(rows)
    await service.sweep()
    expect(service.mailTo(ada.email).map(({ id }) => id)).toEqual(ids.toReversed().slice(0, 12))
    await service.sweep()
    expect(service.mailTo(ada.email).map(({ id }) => id)).toEqual(ids.toReversed())
  })

  it('goes on with its other parts if mail fails', async () => {
    const db = faultyD1(env.DB)
    const service = mailingService({ DB: db })
    db.fail(/FROM outbox/)
    await service.sweep()
    expect(service.log).toEqual([{ event: 'sweep-failed', part: 'mail', store: truthOfProject().store }])
    expect(db.calls.at(-1)).toMatch(/audit/)
  })
})

describe('a slow carrier', () => {
  it('RST-01: does not hold a response', async () => {
    const gate = createGate<string>()
    const taken: Message[] = []
    const mailer: Mailer = {
      async send(message) {
        await gate.pass(message.to)
        taken.push(message)
      },
    }
    const ada = await signedInPerson({ mode: 'session', service: mailingService() })
    const variables = { ...env, MAILER: 'cloudflare', MAIL_FROM: 'janus@example.com' }
    const behind: Promise<unknown>[] = []
    const app = createJanus(variables, {
      ...truthOfProject().open(env.DB),
      mailer,
      createMail,
      log: () => {},
      defer: (work) => behind.push(work),
    })
    const sending = gate.hold((to) => to === ada.email)
    const request = new Request(`${env.ISSUER}/password/forgot`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'CF-Connecting-IP': '192.0.2.7' },
      body: JSON.stringify({ email: ada.email }),
    })
    const answer = await app.fetch(request)
    expect([answer.status, await answer.text()]).toEqual([202, '{}'])
    await sending.reached
    expect(taken).toEqual([])
    sending.release()
    await Promise.all(behind)
    expect(taken.map(({ to }) => to)).toEqual([ada.email])
  })
})
