import { env } from 'cloudflare:workers'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import type { Mode } from '../../src/sessions/mode'
import { countingService } from '../support/counting'
import { faultyD1 } from '../support/faulty-d1'
import { provenPerson, signInLink } from '../support/links'
import { type MailingService, mailingService } from '../support/mail'
import { type Answer, clientOf, expectProblem, newAddress, newEmail, PASSWORD, send } from '../support/person'
import { stopTime } from '../support/stop-time'

const MODES = ['session', 'token'] as const

type Typed = { readonly code: string; readonly binding?: string; readonly mode?: Mode }

function type(service: MailingService, body: Typed): Promise<Answer> {
  return send(service, 'POST', '/login/link/confirm', { body })
}

/** Returns a code that is another. */
function wrong(code: string, step = 1): string {
  return String((Number(code) + step) % 1_000_000).padStart(6, '0')
}

/** Asks for a link, and gives the code as well. */
async function asked(service: MailingService, email: string, binding?: string) {
  const headers = binding === undefined ? {} : { Cookie: `__Host-sign-in-link=${binding}` }
  const answer = await send(service, 'POST', '/login/link', { body: { email }, headers })
  expect(answer.status, answer.text).toBe(202)
  return { token: service.tokenFor(email), code: service.codeFor(email), binding: answer.body.binding }
}

describe.each(MODES)('EML-01: the code of a sign-in link, in %s mode', (mode) => {
  it('signs in with the binding of who asked, once, and uses the link up', async () => {
    const service = mailingService()
    const ada = await provenPerson(service, mode)
    const { token, code, binding } = await asked(service, ada.email)
    const answer = await type(service, { code: `${code.slice(0, 3)} ${code.slice(3)}`, binding, mode })
    expect(answer.status, answer.text).toBe(200)
    expect(answer.body).toMatchObject({ user: { id: ada.userId }, session: { mode } })
    expect((await clientOf(service, mode, answer).get('/me')).status).toBe(200)
    expectProblem(await type(service, { code, binding, mode }), 400, 'invalid-code')
    const used = await send(service, 'POST', '/login/link/confirm', { body: { token, binding, mode } })
    expectProblem(used, 400, 'invalid-link')
  })

  it('is over with its link, and is used by one of many at once', async () => {
    const service = mailingService()
    const ada = await provenPerson(service, mode)
    const first = await asked(service, ada.email)
    const { token, binding } = first
    const opened = await send(service, 'POST', '/login/link/confirm', { body: { token, binding, mode } })
    expect(opened.status, opened.text).toBe(200)
    expectProblem(await type(service, { code: first.code, binding, mode }), 400, 'invalid-code')

    const next = await asked(service, ada.email)
    const many = [1, 2, 3].map(() => type(service, { code: next.code, binding: next.binding, mode }))
    expect((await Promise.all(many)).map(({ status }) => status).sort()).toEqual([200, 400, 400])
  })

  it('works nowhere else, and expires with its link', async () => {
    stopTime()
    const service = mailingService()
    const ada = await provenPerson(service, mode)
    const { code, binding } = await asked(service, ada.email)
    const other = await asked(service, (await provenPerson(service, mode)).email)
    for (const of of [undefined, other.binding, 'A'.repeat(43), 'x']) {
      const body = of === undefined ? { code, mode } : { code, binding: of, mode }
      // Another's code may by chance be the same.
      if (of !== other.binding || other.code !== code)
        expectProblem(await type(service, body), 400, 'invalid-code')
    }
    service.ahead += 15 * 60
    expectProblem(await type(service, { code, binding, mode }), 400, 'invalid-code')
  })

  it('is tried five times, right or wrong; the link still works', async () => {
    const service = mailingService()
    const ada = await provenPerson(service, mode)
    const { token, code, binding } = await asked(service, ada.email)
    const tries = [1, 2, 3, 4, 5].map((step) => type(service, { code: wrong(code, step), binding, mode }))
    for (const answer of await Promise.all(tries)) expectProblem(answer, 400, 'invalid-code')
    expectProblem(await type(service, { code, binding, mode }), 400, 'invalid-code')
    const opened = await send(service, 'POST', '/login/link/confirm', { body: { token, binding, mode } })
    expect(opened.status, opened.text).toBe(200)
  })

  it('has one budget with every other code of the account: ten tries, and one each 144 minutes', async () => {
    stopTime()
    const service = mailingService()
    const ada = await provenPerson(service, mode)
    for (let link = 0; link < 2; link += 1) {
      const { code, binding } = await asked(service, ada.email)
      for (let step = 1; step <= 5; step += 1)
        expectProblem(await type(service, { code: wrong(code, step), binding, mode }), 400, 'invalid-code')
    }
    // A browser of its own for each link changes nothing.
    const third = await asked(service, ada.email)
    expectProblem(await type(service, { ...third, token: undefined, mode } as Typed), 400, 'invalid-code')
    service.ahead += 144 * 60
    const later = await asked(service, ada.email)
    expectProblem(
      await type(service, { code: wrong(later.code), binding: later.binding, mode }),
      400,
      'invalid-code',
    )
    expectProblem(
      await type(service, { code: later.code, binding: later.binding, mode }),
      400,
      'invalid-code',
    )
  })
})

/** Returns a service whose outer shield stops nobody, at which time stands still. */
function unshielded(): MailingService {
  stopTime()
  return mailingService({ LOGIN_LIMIT: { limit: async () => ({ success: true }) } })
}

describe('RL-03: the codes of many accounts', () => {
  it('are tried thirty times by one source, and once more every two seconds, many at once included', async () => {
    const service = unshielded()
    const headers = { 'CF-Connecting-IP': newAddress() }
    const people = await Promise.all(Array.from({ length: 9 }, () => provenPerson(service, 'token')))
    const links: Awaited<ReturnType<typeof asked>>[] = []
    for (const { email } of people) links.push(await asked(service, email))
    const guess = ({ code, binding }: Awaited<ReturnType<typeof asked>>, step: number) => {
      const body = { code: wrong(code, step), binding, mode: 'token' }
      return send(service, 'POST', '/login/link/confirm', { body, headers })
    }
    const answers = await Promise.all(links.flatMap((link) => [1, 2, 3, 4].map((step) => guess(link, step))))
    expect(answers.filter(({ status }) => status === 400)).toHaveLength(30)
    const tries =
      'SELECT sum(code_tries) AS n FROM one_time_tokens WHERE holder IN (SELECT value FROM json_each(?1))'
    const counted = () =>
      env.DB.prepare(tries)
        .bind(JSON.stringify(people.map(({ userId }) => userId)))
        .first<number>('n')
    expect(await counted()).toBe(30)

    // Neither the right code nor a password is looked at for a source that has nothing left.
    const { code, binding } = links[0] ?? {}
    const right = { body: { code, binding, mode: 'token' }, headers }
    const password = { body: { email: people[0]?.email, password: `not ${PASSWORD}` }, headers }
    for (const [path, sent] of [
      ['/login/link/confirm', right],
      ['/login', password],
    ] as const) {
      const refused = await send(service, 'POST', path, sent)
      expectProblem(refused, 429, 'too-many-attempts')
      expect(refused.headers.get('Retry-After')).toBe('2')
    }
    expect(await counted()).toBe(30)
    service.ahead += 2
    expect((await send(service, 'POST', '/login/link/confirm', right)).status).toBe(200)
    expectProblem(await send(service, 'POST', '/login/link/confirm', right), 429, 'too-many-attempts')
    // Another source has a budget of its own.
    const other = links[1]
    expect(
      (await type(service, { code: `${other?.code}`, binding: other?.binding, mode: 'token' })).status,
    ).toBe(200)
  })

  it('cost the source also where there is no link', async () => {
    const service = unshielded()
    const headers = { 'CF-Connecting-IP': newAddress() }
    const guess = () => {
      const body = { code: '123456', binding: 'A'.repeat(43) }
      return send(service, 'POST', '/login/link/confirm', { body, headers })
    }
    for (let tries = 0; tries < 30; tries += 1) expectProblem(await guess(), 400, 'invalid-code')
    expectProblem(await guess(), 429, 'too-many-attempts')
  })
})

describe('EML-01: what the code of a sign-in link tells', () => {
  it('is nothing: a wrong code, an unknown binding and an account that is not there answer alike, after the same statements and MACs', async () => {
    const service = mailingService()
    const ada = await provenPerson(service, 'session')
    const { code, binding } = await asked(service, ada.email)
    const nobody = await send(service, 'POST', '/login/link', { body: { email: newEmail() } })
    const db = faultyD1(env.DB)
    const watched = mailingService({ DB: db })
    const verify = vi.spyOn(crypto.subtle, 'verify')
    onTestFinished(() => verify.mockRestore())
    const macs = () => verify.mock.calls.filter(([algorithm]) => algorithm === 'HMAC').length
    const {
      service: counted,
      costsOf,
      rowsOf,
    } = countingService({
      MAILER: 'cloudflare',
      MAIL_FROM: 'janus@example.com',
    })
    const seen = []
    for (const given of [binding, nobody.body.binding, 'A'.repeat(43)]) {
      const answers: Answer[] = []
      const costs = await costsOf(async () => {
        const body = { code: wrong(code), binding: given }
        answers.push(await send(counted, 'POST', '/login/link/confirm', { body }))
      })
      const [answer] = answers
      expect(answer?.status).toBe(400)
      db.calls.length = 0
      const before = macs()
      await type(watched, { code: wrong(code), binding: given })
      const work = { statements: [...db.calls], macs: macs() - before }
      // Each writes, so each waits for one commit.
      const rows = await rowsOf(() => type(counted as MailingService, { code: wrong(code), binding: given }))
      expect(rows.rowsWritten).toBeGreaterThan(0)
      seen.push({ costs, work, body: { ...answer?.body, instance: null }, cookies: answer?.cookies })
    }
    expect(seen[0]?.costs.d1).toBe(1)
    expect(seen[0]?.work.macs).toBe(1)
    expect(seen[0]?.work.statements).toHaveLength(1)
    for (const each of seen) expect(each).toEqual(seen[0])
  })

  it('is not whether another address has an account: the code of an older link ends when the same browser asks again', async () => {
    const service = mailingService()
    const eve = await provenPerson(service, 'session')
    const ada = await provenPerson(service, 'session')
    for (const victim of [ada.email, newEmail()]) {
      const { code, binding } = await asked(service, eve.email)
      const headers = { Cookie: `__Host-sign-in-link=${binding}` }
      const again = await send(service, 'POST', '/login/link', { body: { email: victim }, headers })
      expect(again.body.binding).toBe(binding)
      expectProblem(await type(service, { code, binding }), 400, 'invalid-code')
    }
  })

  it('is stored only as an HMAC, and mailed as text and as HTML', async () => {
    const service = mailingService()
    const ada = await provenPerson(service, 'session')
    const { code, token } = await asked(service, ada.email)
    const row = await env.DB.prepare('SELECT * FROM one_time_tokens WHERE holder = ?1')
      .bind(ada.userId)
      .first()
    expect(row?.code_mac).toMatch(/^[\w-]{43}$/)
    expect(JSON.stringify(row)).not.toContain(`"${code}"`)
    const mail = service.mailTo(ada.email).at(-1)
    expect(mail?.html).toContain(`>${code}</strong>`)
    expect(mail?.subject).not.toContain(code)
    expect(token).not.toContain(code)
  })

  it.each([{ code: '12345' }, { code: '1234567' }, { code: 'abcdef' }, {}, { code: '123456', token: 'x' }])(
    'is asked for as six digits, and without a token: %j',
    async (body) => {
      const answer = await send(mailingService(), 'POST', '/login/link/confirm', { body })
      expectProblem(answer, 422, 'invalid-input')
    },
  )

  it('is asked for by the page that waits, which stays when it is wrong', async () => {
    const service = mailingService()
    const ada = await provenPerson(service, 'session')
    const { code } = await signInLink(service, ada.email).then(() => ({ code: service.codeFor(ada.email) }))
    const accept = { Accept: 'text/html' }
    const page = await send(service, 'GET', '/mail-sent?for=link', { headers: accept })
    expect(page.text).toMatch(
      /<input[^>]*name="code"[^>]*inputmode="numeric"[^>]*autocomplete="one-time-code"/,
    )
    for (const kind of ['register', 'forgot'])
      expect((await send(service, 'GET', `/mail-sent?for=${kind}`, { headers: accept })).text).not.toContain(
        'name="code"',
      )
    expect(code).toMatch(/^\d{6}$/)
  })
})
