import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import type { Principal } from '../../src/guards/principal'
import { CATALOGUE } from '../../src/pages/catalogue'
import { createAdminEntrypoint } from '../../src/wiring/admin-entrypoint'
import type { ActingPrincipal, Administration } from '../../src/wiring/administration'
import { createAdmin } from '../../src/wiring/create-admin'
import { type MailingService, mailingService } from '../support/mail'
import { expectProblem, newEmail, PASSWORD, type Person, send, signedInPerson } from '../support/person'
import { sessionCopy } from '../support/place'
import { personWithTotp } from '../support/second-factor'
import { recordedDuring } from '../support/trail'

const ROLE = 'support'

/** Gives an account roles, and signs in again, because that ends its sessions. */
async function withRoles(person: Person, roles: readonly string[]): Promise<ActingPrincipal> {
  await env.DB.prepare('UPDATE users SET roles = ?1 WHERE id = ?2')
    .bind(JSON.stringify(roles), person.userId)
    .run()
  const { sessionId, mode } = await person.signIn()
  return { userId: person.userId, sessionId, mode }
}

async function place(mode: 'session' | 'token', roles: readonly string[] = [ROLE]) {
  const service = mailingService()
  const person = await signedInPerson({ mode, service })
  const by = await withRoles(person, roles)
  return { service, admin: createAdmin({ services: service.services }, { role: ROLE }), person, by }
}

/** Every call, on an account, as a matrix. */
const CALLS: Readonly<
  Record<keyof Administration, (admin: Administration, by: ActingPrincipal, id: string) => Promise<unknown>>
> = {
  list: (admin, by) => admin.list(by),
  show: (admin, by, id) => admin.show(by, id),
  setRoles: (admin, by, id) => admin.setRoles(by, id, []),
  disable: (admin, by, id) => admin.disable(by, id),
  enable: (admin, by, id) => admin.enable(by, id),
  endSessions: (admin, by, id) => admin.endSessions(by, id),
  removeSecondFactor: (admin, by, id) => admin.removeSecondFactor(by, id),
  delete: (admin, by, id) => admin.delete(by, id),
  export: (admin, by, id) => admin.export(by, id),
  invite: (admin, by) => admin.invite(by, { email: newEmail() }),
}
const LOOKS = ['list', 'show']
const CHANGES = ['setRoles', 'disable', 'enable', 'endSessions', 'removeSecondFactor', 'delete'] as const

const problem = (status: number, code: string) => ({ ok: false, problem: { status, body: { code } } })

describe.each(['session', 'token'] as const)('administration by somebody in %s mode', (mode) => {
  it.each(Object.entries(CALLS))(
    'ADM-01, ADM-03, ADM-05: %s takes a live session, the role as it is now, and a recent proof',
    async (name, call) => {
      const { service, admin, person, by } = await place(mode)
      const ada = await signedInPerson({ mode, service })
      const rows = await recordedDuring(async () => {
        const stranger: ActingPrincipal = { ...by, sessionId: 's'.repeat(22) }
        expect(await call(admin, stranger, ada.userId)).toMatchObject(problem(401, 'session-ended'))
        // Another's session proves nothing of one's own.
        expect(await call(admin, { ...by, sessionId: ada.sessionId }, ada.userId)).toMatchObject(
          problem(401, 'session-ended'),
        )
        const own = {
          userId: ada.userId,
          sessionId: ada.sessionId,
          mode,
          roles: [ROLE],
        } as unknown as Principal
        expect(await call(admin, own, ada.userId)).toMatchObject(problem(403, 'forbidden'))
      })
      expect(rows).toEqual([])
      service.ahead = 11 * 60
      const late = await call(admin, by, ada.userId)
      if (LOOKS.includes(name)) expect(late).toMatchObject({ ok: true })
      else expect(late).toMatchObject(problem(401, 'insufficient-user-authentication'))
      service.ahead = 0
      await env.DB.prepare("UPDATE users SET roles = '[]' WHERE id = ?1").bind(person.userId).run()
      expect(await call(admin, by, ada.userId)).toMatchObject(problem(401, 'session-ended'))
    },
  )

  it('ADM-05: an app may ask for a second factor', async () => {
    const { service, by } = await place(mode)
    const recent = { maxAge: 600, acr: 'urn:janus:2fa' } as const
    const admin = createAdmin({ services: service.services }, { role: ROLE, recent })
    const { person: grace, session } = await personWithTotp(mode, service)
    expect(await admin.disable(by, grace.userId)).toMatchObject(
      problem(401, 'insufficient-user-authentication'),
    )
    expect(await admin.list(by)).toMatchObject({ ok: true })
    expect(session.mode).toBe(mode)
  })

  it('ADM-05: where the role takes a second factor, a session of one factor administers nothing', async () => {
    const { by } = await place(mode)
    const strict = mailingService({ SECOND_FACTOR: 'roles', SECOND_FACTOR_ROLES: ROLE })
    const admin = createAdmin({ services: strict.services }, { role: ROLE })
    for (const call of Object.values(CALLS))
      expect(await call(admin, by, 'x'.repeat(22))).toMatchObject(problem(401, 'session-ended'))
  })

  it.each(CHANGES)(
    'ADM-06: %s does nothing to oneself, and nothing to who has a role beyond',
    async (name) => {
      const { service, admin, person, by } = await place(mode)
      const chief = await signedInPerson({ mode, service })
      await withRoles(chief, [ROLE, 'owner'])
      const rows = await recordedDuring(async () => {
        expect(await CALLS[name](admin, by, person.userId)).toMatchObject(problem(403, 'forbidden'))
        expect(await CALLS[name](admin, by, chief.userId)).toMatchObject(problem(403, 'forbidden'))
        expect(await CALLS[name](admin, by, 'x'.repeat(22))).toMatchObject(problem(404, 'not-found'))
      })
      expect(rows).toEqual([])
      expect(await admin.show(by, person.userId)).toMatchObject({
        account: { roles: [ROLE], disabled_at: null },
      })
    },
  )

  it('ADM-06: gives and takes only roles that one has, or that the app lets its administrators give', async () => {
    const { service, admin, by } = await place(mode, [ROLE, 'editor'])
    const ada = await signedInPerson({ mode, service })
    expect(await admin.setRoles(by, ada.userId, ['owner'])).toMatchObject(problem(403, 'forbidden'))
    expect(await admin.setRoles(by, ada.userId, ['editor', 'editor'])).toEqual({ ok: true, changed: true })
    expect(await admin.invite(by, { email: newEmail(), roles: ['owner'] })).toMatchObject(
      problem(403, 'forbidden'),
    )
    const generous = createAdmin({ services: service.services }, { role: ROLE, gives: ['owner'] })
    expect(await generous.setRoles(by, ada.userId, ['owner'])).toEqual({ ok: true, changed: true })
    expect(await admin.setRoles(by, ada.userId, [])).toMatchObject(problem(403, 'forbidden'))
    expect(await generous.setRoles(by, ada.userId, ['\n'])).toMatchObject(problem(422, 'invalid-input'))
  })

  it('ADM-06: the last administrator keeps their account, and gives the role away first', async () => {
    const adminRole = `admins of ${newEmail()}`
    const service = mailingService({ ADMIN_ROLE: adminRole })
    const admin = createAdmin({ services: service.services })
    const ada = await signedInPerson({ mode, service })
    await withRoles(ada, [adminRole])
    const owner = await ada.signIn()
    const grace = await signedInPerson({ mode, service })
    const remove = () => owner.post('/me/delete', { password: PASSWORD })
    const rows = await recordedDuring(async () => {
      const refused = await remove()
      expectProblem(refused, 409, 'last-administrator')
      expect(refused.body.detail).toContain(`Give somebody else the role ${adminRole} first`)
      // What it takes is looked at first.
      expectProblem(await owner.post('/me/delete', {}), 422, 'invalid-input')
    })
    expect(rows).toEqual([])
    expect((await owner.get('/me')).status).toBe(200)

    const by = { userId: ada.userId, sessionId: owner.sessionId, mode }
    expect(await admin.setRoles(by, grace.userId, [adminRole])).toEqual({ ok: true, changed: true })
    expect(await admin.disable(by, grace.userId)).toEqual({ ok: true, changed: true })
    expectProblem(await remove(), 409, 'last-administrator')
    expect(await admin.enable(by, grace.userId)).toEqual({ ok: true, changed: true })
    expect((await remove()).status).toBe(204)
    expectProblem(
      await (await grace.signIn()).post('/me/delete', { password: PASSWORD }),
      409,
      'last-administrator',
    )
  })

  it('ADM-06: of two administrators who demote each other at once, one stays', async () => {
    const { service, admin, by } = await place(mode)
    const other = await signedInPerson({ mode, service })
    const byOther = await withRoles(other, [ROLE])
    const answers = await Promise.all([
      admin.setRoles(by, other.userId, []),
      admin.setRoles(byOther, by.userId, []),
    ])
    const left = await env.DB.prepare('SELECT count(*) AS n FROM users WHERE id IN (?1, ?2) AND roles = ?3')
      .bind(by.userId, other.userId, JSON.stringify([ROLE]))
      .first('n')
    expect(left, JSON.stringify(answers)).toBe(1)
  })

  it('AUD-01, OUT-04: what is done is recorded with who did it, ends sessions and their copies at once', async () => {
    const { service, admin, by } = await place(mode)
    const ada = await signedInPerson({ mode, service })
    const steps = {
      'session-ended': () => admin.endSessions(by, ada.userId),
      'account-disabled': () => admin.disable(by, ada.userId),
      'account-enabled': () => admin.enable(by, ada.userId),
      'account-exported': () => admin.export(by, ada.userId),
      'account-deleted': () => admin.delete(by, ada.userId),
    }
    for (const [event, step] of Object.entries(steps)) {
      const rows = await recordedDuring(async () => expect(await step()).toMatchObject({ ok: true }))
      expect(rows).toMatchObject([{ event, actor_id: by.userId, subject_id: ada.userId, outcome: 'success' }])
      if (event !== 'session-ended') expect(rows[0]?.request_id).toMatch(/^[0-9a-f-]{36}$/)
      if (event === 'session-ended') {
        expect(await sessionCopy(ada.sessionId)).toBeNull()
        expectProblem(await ada.get('/sessions'), 401, 'session-ended')
      }
    }
    expect(await admin.show(by, ada.userId)).toEqual({ ok: true, account: null })
  })

  it('AUD-02: an export holds what is kept, and no secret', async () => {
    const { service, admin, by } = await place(mode)
    const { person: ada } = await personWithTotp(mode, service)
    const answer = await admin.export(by, ada.userId)
    expect(answer).toMatchObject({ ok: true, kept: { account: [{ email: ada.email }] } })
    const names = JSON.stringify(answer).match(/"(\w*(?:hash|mac|seed|secret|encrypted)\w*)":/g) ?? []
    expect(names).toEqual([])
  })

  it('finds accounts by the beginning of an address, page by page', async () => {
    const { service, admin, by } = await place(mode)
    const tag = crypto.randomUUID().slice(0, 8)
    const emails = ['c', 'a', 'b'].map((letter) => `${tag}-${letter}@example.com`)
    for (const email of emails) {
      await send(service, 'POST', '/register', { body: { email, password: PASSWORD, mode } })
    }
    const seen: string[] = []
    let after: string | null = null
    do {
      const page = await admin.list(by, { prefix: tag.toUpperCase(), after, limit: 2 })
      if (!page.ok) throw new Error(JSON.stringify(page))
      seen.push(...page.accounts.map(({ email }) => email))
      after = page.next
    } while (after !== null)
    expect(seen).toEqual(emails.toSorted())
    const [first] = seen
    expect(await admin.show(by, first ?? '')).toMatchObject({ account: { email: first, open_sessions: 1 } })
    expect(await admin.show(by, 'nobody')).toEqual({ ok: true, account: null })
  })
})

describe('an invitation', () => {
  async function invited(service: MailingService, email: string, more: object = {}) {
    const person = await signedInPerson({ mode: 'session', service })
    const by = await withRoles(person, [ROLE])
    const admin = createAdmin({ services: service.services }, { role: ROLE })
    return { admin, by, answer: await admin.invite(by, { email, roles: [ROLE], ...more }) }
  }

  const use = (service: MailingService, token: string, password?: string) =>
    send(service, 'POST', '/email/verify', {
      body: { token, ...(password === undefined ? {} : { new_password: password }) },
    })

  it.each([
    ['en', "You're invited to"],
    ['de', 'Einladung zu'],
    ['es', 'Invitación a'],
  ] as const)(
    'ADM-04: is mailed in %s with the next sweep, works once, and opens an account with its roles',
    async (language, subject) => {
      // A sweep sends so much at once, and other tests may have left some.
      await env.DB.prepare('DELETE FROM outbox').run()
      const service = mailingService()
      const email = newEmail()
      const rows = await recordedDuring(() => invited(service, email, { language, name: 'Ada' }))
      const [made] = rows.filter(({ event }) => event === 'account-invited')
      expect(made).toMatchObject({ outcome: 'success' })
      expect(made?.actor_id).not.toBe(made?.subject_id)
      await service.sweepMailTo(email)
      expect(service.mailTo(email).map((mail) => mail.subject)).toEqual([expect.stringContaining(subject)])
      const token = service.tokenFor(email)
      const headers = { Accept: 'text/html', 'Accept-Language': language }
      const page = await send(service, 'GET', `/email/verify?token=${token}`, { headers })
      const { inviteTitle, invite } = CATALOGUE[language].verifyEmail
      expect(page.text).toContain(`<h1>${inviteTitle}</h1>`)
      expect(page.text).toContain(invite(email).replaceAll("'", '&#39;'))
      expect((await use(service, token, 'short')).status).toBe(422)
      expect((await use(service, token, 'a beginning of my own')).status).toBe(200)
      expectProblem(await use(service, token, 'another that I would like'), 400, 'invalid-link')
      const { body } = await send(service, 'POST', '/login', {
        body: { email, password: 'a beginning of my own', mode: 'session' },
      })
      expect(body.user).toMatchObject({ email_verified: true, name: 'Ada', roles: [ROLE] })
    },
  )

  it('is a link to hand over where no mail is to be sent; nobody gets in without it', async () => {
    const service = mailingService()
    const email = newEmail()
    const { answer, admin, by } = await invited(service, email, { mail: false })
    await service.sweepMailTo(email)
    expect(service.mailTo(email)).toEqual([])
    const link = answer.ok ? answer.link : null
    expect(link).toMatch(/^https:\/\/auth\.example\.com\/email\/verify\?token=[\w-]{43}$/)
    expectProblem(
      await send(service, 'POST', '/login', { body: { email, password: PASSWORD, mode: 'session' } }),
      401,
      'invalid-credentials',
    )
    // Without a password is a whole account, too.
    expect((await use(service, link?.slice(-43) ?? '')).status).toBe(200)
    expect(await admin.show(by, email)).toMatchObject({
      account: { has_password: false, email_verified: true },
    })
  })

  it('is replaced by a newer one, expires after 7 days, and takes no account whose address is proven', async () => {
    const service = mailingService()
    const email = newEmail()
    const { admin, by } = await invited(service, email)
    await service.sweepMailTo(email)
    const old = service.tokenFor(email)
    expect(await admin.invite(by, { email, roles: [] })).toMatchObject({ ok: true, link: null })
    expectProblem(await use(service, old, 'a beginning of my own'), 400, 'invalid-link')
    await service.sweepMailTo(email)
    const token = service.tokenFor(email)
    service.ahead = 7 * 86_400 + 1
    expectProblem(await use(service, token, 'a beginning of my own'), 400, 'invalid-link')
    service.ahead = 0
    expect((await use(service, token, 'a beginning of my own')).status).toBe(200)
    expect(await admin.invite(by, { email })).toMatchObject(problem(409, 'account-exists'))
    expect(await admin.show(by, email)).toMatchObject({ account: { roles: [] } })
  })

  it('ends once the address is proven otherwise, and mails nothing that is of no use', async () => {
    const service = mailingService()
    const email = newEmail()
    await invited(service, email)
    await send(service, 'POST', '/password/forgot', { body: { email } })
    const reset = { token: service.tokenFor(email), new_password: 'a beginning of my own' }
    expect((await send(service, 'POST', '/password/reset', { body: reset })).status).toBe(204)
    await service.sweepMailTo(email)
    expect(service.mailTo(email).filter(({ subject }) => subject.includes('invited'))).toEqual([])
    expect(
      (await env.DB.prepare('SELECT id FROM outbox WHERE recipient = ?1').bind(email).all()).results,
    ).toEqual([])
  })

  it('REG-04: leaves nothing to who registered the address before and never proved it', async () => {
    const service = mailingService()
    const squatter = await signedInPerson({ mode: 'session', service })
    const { email, userId } = squatter
    const { answer } = await invited(service, email)
    expect(answer).toMatchObject({ ok: true, id: userId })
    expect(await sessionCopy(squatter.sessionId)).toBeNull()
    expectProblem(await squatter.get('/me'), 401, 'session-ended')
    expectProblem(
      await send(service, 'POST', '/login', { body: { email, password: PASSWORD, mode: 'session' } }),
      401,
      'invalid-credentials',
    )
    const row = env.DB.prepare(
      'SELECT password_hash, email_verified_at, roles FROM users WHERE id = ?1',
    ).bind(userId)
    expect(await row.first()).toEqual({
      password_hash: null,
      email_verified_at: null,
      roles: JSON.stringify([ROLE]),
    })
  })
})

it('an entry point for other Workers has every method of the administration, and only those', () => {
  const Entrypoint = createAdminEntrypoint({} as Administration)
  const methods = Object.getOwnPropertyNames(Entrypoint.prototype).filter((name) => name !== 'constructor')
  expect(methods.sort()).toEqual(Object.keys(CALLS).sort())
})

it('API-02: a service that is not configured lets nobody administer', async () => {
  const admin = createAdmin({ services: null }, { role: ROLE })
  for (const call of Object.values(CALLS))
    expect(await call(admin, { userId: 'x', sessionId: 'y', mode: 'session' }, 'z')).toMatchObject(
      problem(500, 'internal-error'),
    )
})
