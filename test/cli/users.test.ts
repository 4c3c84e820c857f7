import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import {
  type AccountRow,
  deleteAccount,
  disableAccount,
  enableAccount,
  endAllSessions,
  exportAccount,
  findAccount,
  inviteAgain,
  inviteNew,
  listAccounts,
  operatorId,
  quote,
  removeSecondFactor,
  setMetadata,
  setRoles,
} from '../../packages/cli/users/statements'
import { mailingService } from '../support/mail'
import { addPasskey } from '../support/passkeys'
import { expectProblem, newEmail, PASSWORD, send, signedInPerson } from '../support/person'
import { firstStep, personWithTotp, secondStep } from '../support/second-factor'
import { ownService } from '../support/service'
import { recordedDuring } from '../support/trail'

/** As wrangler runs them: one transaction, no values. */
async function run(statements: readonly string[]): Promise<readonly (readonly object[])[]> {
  const answers = await env.DB.batch<object>(statements.map((sql) => env.DB.prepare(sql)))
  return answers.map(({ results }) => results)
}

const grace = operatorId("grace o'hopper")

function show(who: string): Promise<AccountRow | null> {
  return env.DB.prepare(findAccount(who, who)).first<AccountRow>()
}

describe.each(['session', 'token'] as const)('janus users, on an account in %s mode', (mode) => {
  const CHANGES = {
    roles: {
      statements: (userId: string) => setRoles({ userId, actorId: grace }, ['admin', "it's"]),
      event: 'roles-changed',
      reason: 'roles-changed',
      after: { roles: `["admin","it's"]`, disabled_at: null },
    },
    disable: {
      statements: (userId: string) => disableAccount({ userId, actorId: grace }),
      event: 'account-disabled',
      reason: 'account-disabled',
      after: { roles: '[]', disabled_at: expect.any(Number) },
    },
    'end-sessions': {
      statements: (userId: string) => endAllSessions({ userId, actorId: grace }),
      event: null,
      reason: 'ended-by-operator',
      after: { roles: '[]', disabled_at: null },
    },
    delete: {
      statements: (userId: string) => deleteAccount({ userId, actorId: grace }),
      event: 'account-deleted',
      reason: 'account-deleted',
      after: null,
    },
  } as const

  it.each(Object.entries(CHANGES))(
    'ADM-03, OUT-04: %s ends every session, and is recorded with who did it, once',
    async (_, { statements, event, reason, after }) => {
      const service = ownService()
      const [ada, eve] = [await signedInPerson({ mode, service }), await signedInPerson({ mode, service })]
      const other = await ada.signIn()
      const rows = await recordedDuring(async () => {
        const changed = await run(statements(ada.userId))
        expect(changed.flat().length).toBeGreaterThan(0)
      })
      const done = event === null ? [] : [{ event, reason: null, session_id: null }]
      const ends = [ada, other].map(({ sessionId }) => ({
        event: 'session-ended',
        reason,
        session_id: sessionId,
      }))
      const brief = rows.map(({ event, reason, session_id }) => ({ event, reason, session_id }))
      expect(brief).toEqual(expect.arrayContaining([...ends, ...done]))
      expect(rows).toHaveLength(ends.length + done.length)
      for (const row of rows)
        expect(row).toMatchObject({ actor_id: grace, subject_id: ada.userId, outcome: 'success' })

      for (const client of [ada, other]) expectProblem(await client.get('/sessions'), 401, 'session-ended')
      expect((await eve.get('/sessions')).status).toBe(200)
      const account = await show(ada.userId)
      if (after === null) expect(account).toBeNull()
      else expect(account).toMatchObject({ email: ada.email, ...after, open_sessions: 0 })

      // A second time there is nothing to do, and nothing to record.
      const again = await recordedDuring(() => run(statements(ada.userId)))
      expect(again).toEqual([])
      const login = await send(service, 'POST', '/login', {
        body: { email: ada.email, password: PASSWORD, mode },
      })
      expect(login.status).toBe(event === 'account-disabled' || after === null ? 401 : 200)
      if (event === 'roles-changed') expect(login.body.user.roles).toEqual(['admin', "it's"])
    },
  )

  it('ADM-03: metadata is replaced, shown, exported, and recorded with who did it, once', async () => {
    const service = ownService()
    const ada = await signedInPerson({ mode, service })
    const change = { userId: ada.userId, actorId: grace }
    const json = `{"plan":"it's"}`
    const rows = await recordedDuring(() => run(setMetadata(change, json)))
    expect(rows).toMatchObject([{ event: 'profile-changed', actor_id: grace, subject_id: ada.userId }])
    expect(await recordedDuring(() => run(setMetadata(change, json)))).toEqual([])
    expect(await show(ada.userId)).toMatchObject({
      app_metadata: json,
      user_metadata: null,
      open_sessions: 1,
    })
    expect((await ada.get('/me')).body.user.app_metadata).toEqual({ plan: "it's" })
    const [account] = await run([exportAccount(change).account ?? ''])
    expect(account).toMatchObject([{ app_metadata: json }])
    await run(setMetadata(change, null))
    expect(await show(ada.userId)).toMatchObject({ app_metadata: null })
  })

  it('ADM-03: an account that is enabled again can be signed in to, and its owner reads what was done, but not by them', async () => {
    const service = ownService()
    const ada = await signedInPerson({ mode, service })
    await run(disableAccount({ userId: ada.userId, actorId: grace }))
    const rows = await recordedDuring(() => run(enableAccount({ userId: ada.userId, actorId: grace })))
    expect(rows).toMatchObject([{ event: 'account-enabled', actor_id: grace, subject_id: ada.userId }])
    expect(await recordedDuring(() => run(enableAccount({ userId: ada.userId, actorId: grace })))).toEqual([])
    const { body } = await (await ada.signIn()).get('/me/activity')
    const seen = body.events.filter(({ event }: { event: string }) => event.startsWith('account-'))
    expect(seen.map(({ event, by_owner }: Record<string, unknown>) => [event, by_owner])).toEqual([
      ['account-enabled', false],
      ['account-disabled', false],
      ['account-registered', true],
    ])
    expect(JSON.stringify(body)).not.toContain('hopper')
  })

  it('AUD-02: an export holds everything of the account and no secret of it, and is recorded', async () => {
    const service = ownService()
    const ada = await signedInPerson({ mode, service })
    const parts = exportAccount({ userId: ada.userId, actorId: grace })
    const rows = await recordedDuring(async () => {
      const rows = await run(Object.values(parts))
      const { account, sessions, events } = Object.fromEntries(
        Object.keys(parts).map((name, index) => [name, rows[index]]),
      )
      expect(account).toMatchObject([{ id: ada.userId, email: ada.email }])
      expect(sessions).toMatchObject([{ id: ada.sessionId, mode, ended_at: null }])
      expect(events?.map((row) => (row as { event: string }).event)).toEqual(['account-registered'])
      const text = JSON.stringify([account, sessions, events])
      expect(text).not.toMatch(/pbkdf2|secret_hash|token_hash/)
    })
    expect(rows).toMatchObject([{ event: 'account-exported', actor_id: grace, subject_id: ada.userId }])
  })

  it('ADM-03: the second factor of somebody who lost it is removed, with every session and pending sign-in, and recorded once', async () => {
    const service = ownService()
    const { person: ada, session } = await personWithTotp(mode, service)
    await addPasskey(session)
    const waiting = await firstStep(ada)
    expect(await show(ada.userId)).toMatchObject({ second_factor_at: expect.any(Number), open_sessions: 1 })

    const rows = await recordedDuring(() => run(removeSecondFactor({ userId: ada.userId, actorId: grace })))
    expect(rows).toMatchObject([
      { event: 'session-ended', reason: 'second-factor-changed', session_id: session.sessionId },
      { event: 'second-factor-removed', reason: null },
    ])
    for (const row of rows) expect(row).toMatchObject({ actor_id: grace, subject_id: ada.userId })
    expectProblem(await session.get('/sessions'), 401, 'session-ended')
    expectProblem(await secondStep(ada, waiting, { code: '000000' }), 401, 'sign-in-expired')
    expect(await show(ada.userId)).toMatchObject({ second_factor_at: null, open_sessions: 0 })
    const notice =
      "DELETE FROM outbox WHERE subject_id = ?1 AND kind = 'second-factor-recovered' RETURNING recipient"
    const told = await env.DB.prepare(notice).bind(ada.userId).all()
    expect(told.results).toEqual([{ recipient: ada.email }])
    for (const table of ['totp_factors', 'recovery_codes', 'passkeys', 'pending_sign_ins']) {
      const left = env.DB.prepare(`SELECT count(*) AS n FROM ${table} WHERE user_id = ?1`).bind(ada.userId)
      expect(await left.first('n'), table).toBe(0)
    }
    // The password alone opens the account again, and a new app can be set up.
    const again = await ada.signIn()
    expect((await again.get('/me/second-factor')).body).toEqual({
      totp: null,
      recovery_codes_left: 0,
      recovery_due_at: null,
    })
    const unchanged = () => run(removeSecondFactor({ userId: ada.userId, actorId: grace }))
    expect(await recordedDuring(unchanged)).toEqual([])
    expect((await again.get('/sessions')).status).toBe(200)
  })

  it('AUD-02: an export has passkeys, second factor and what waits for it, without keys, seeds and codes', async () => {
    const { person: ada, session } = await personWithTotp(mode, ownService())
    await firstStep(ada)
    const { id } = await addPasskey(session)
    const parts = exportAccount({ userId: ada.userId, actorId: grace })
    const rows = await run(Object.values(parts))
    const kept = Object.fromEntries(Object.keys(parts).map((name, index) => [name, rows[index]]))
    expect(kept).toMatchObject({
      account: [{ second_factor_at: expect.any(Number) }],
      authenticator_app: [{ confirmed_at: expect.any(Number) }],
      recovery_codes: Array.from({ length: 10 }, () => ({ used_at: null })),
      passkeys: [{ id, name: expect.any(String), created_at: expect.any(Number), last_used_at: null }],
      pending_sign_ins: [{ mode, expires_at: expect.any(Number) }],
    })
    const names = Object.values(kept).flatMap((rows) => rows?.flatMap((row) => Object.keys(row)) ?? [])
    // Of an API key: what its owner calls it, and the day of its last use.
    const told = ['key_name', 'key_used_at']
    const secrets = names.filter((name) => /hash|mac|seed|secret|key|credential|encrypted/.test(name))
    expect(secrets.filter((name) => !told.includes(name))).toEqual([])
  })

  it('finds an account by its id or address, and lists all in pages', async () => {
    const ada = await signedInPerson({ mode })
    for (const who of [ada.userId, ada.email]) expect(await show(who)).toMatchObject({ id: ada.userId })
    expect(await show(`${ada.email}x`)).toBeNull()
    for (let more = 0; more < 3; more++) await signedInPerson({ mode })
    const { results } = await env.DB.prepare('SELECT id FROM users ORDER BY id').all<{ id: string }>()
    const ids = results.map(({ id }) => id)
    for (const after of [-1, 0, ids.length - 2, ids.length - 1]) {
      const page = await env.DB.prepare(listAccounts(ids[after] ?? '', 2)).all<AccountRow>()
      expect(page.results.map(({ id }) => id)).toEqual(ids.slice(after + 1, after + 3))
    }
  })
})

describe('ADM-04: an invitation by an operator', () => {
  const id = () => crypto.randomUUID().replaceAll('-', '').slice(0, 22)

  it('makes an account without a password, mails a link that works once, and is recorded', async () => {
    const service = mailingService()
    const email = newEmail()
    const invited = { email, emailCanonical: email, name: "Ada's", roles: ['admin'] }
    const change = { userId: id(), actorId: grace }
    const statements = inviteNew(change, invited, { mailId: id(), language: 'de' })
    const rows = await recordedDuring(() => run(statements))
    expect(rows.map(({ event, actor_id, subject_id }) => [event, actor_id, subject_id])).toEqual([
      ['account-registered', grace, change.userId],
      ['account-invited', grace, change.userId],
    ])
    // The address has an account now, so nothing more happens.
    const other = inviteNew({ ...change, userId: id() }, invited, { mailId: id(), language: 'de' })
    expect(await recordedDuring(() => run(other))).toEqual([])
    await service.sweepMailTo(email)
    expect(service.mailTo(email)).toMatchObject([{ subject: expect.stringContaining('Einladung') }])
    const token = service.tokenFor(email)
    const verify = () =>
      send(service, 'POST', '/email/verify', { body: { token, new_password: 'a beginning of my own' } })
    expect((await verify()).status).toBe(200)
    expect(await show(email)).toMatchObject({ roles: '["admin"]', name: "Ada's", has_password: 1 })
    const late = inviteAgain(change, [], { mailId: id(), language: 'en' })
    expect(await recordedDuring(() => run(late))).toEqual([])
    expect(await show(email)).toMatchObject({ roles: '["admin"]', has_password: 1 })
  })

  it('REG-04: takes an account that nobody has proven, with all that was set up there', async () => {
    const service = mailingService()
    const { person: squatter, session } = await personWithTotp('session', service)
    await addPasskey(session)
    await env.DB.prepare('UPDATE users SET email_verified_at = NULL WHERE id = ?1')
      .bind(squatter.userId)
      .run()
    const statements = inviteAgain({ userId: squatter.userId, actorId: grace }, ['admin'], {
      tokenHash: 't'.repeat(43),
    })
    await run(statements)
    expectProblem(await session.get('/sessions'), 401, 'session-ended')
    expect(await show(squatter.email)).toMatchObject({
      roles: '["admin"]',
      has_password: 0,
      passkeys: 0,
      open_sessions: 0,
      second_factor_at: null,
      email_verified_at: null,
    })
    const links = env.DB.prepare('SELECT token_hash FROM one_time_tokens WHERE holder = ?1').bind(
      squatter.userId,
    )
    expect((await links.all()).results).toEqual([{ token_hash: 't'.repeat(43) }])
  })
})

it('AUD-02: an export reads every table that has rows of one account', async () => {
  const tables = "SELECT name, sql FROM sqlite_master WHERE type = 'table'"
  const { results } = await env.DB.prepare(tables).all<{ name: string; sql: string }>()
  const ofAccounts = results.filter(({ sql }) => /^\s*(user_id|holder|subject_id) /m.test(sql))
  expect(ofAccounts.length).toBeGreaterThan(8)
  const text = Object.values(exportAccount({ userId: 'x', actorId: grace })).join('\n')
  const left = ofAccounts.map(({ name }) => name).filter((name) => !new RegExp(`FROM ${name}\\s`).test(text))
  // The handle by which authenticators know the account, and hashes of links that were used seconds ago.
  expect(left.sort()).toEqual(['passkey_owners', 'used_links'])
})

describe('API-04: what an operator types is a value, whatever is in it', () => {
  it.each([
    "'",
    "''",
    "x'; DELETE FROM users; --",
    '/* */',
    '"',
    '\\',
    '`',
    "\n';\n",
    '?1',
    ':name',
    '𝒜',
    '',
  ])('%j', async (text) => {
    expect(await env.DB.prepare(`SELECT ${quote(text)} AS text`).first('text')).toBe(text)
  })

  it('a NUL is refused, for SQLite would end the text there', () => {
    expect(() => quote("a\0'")).toThrow('NUL')
  })
})
