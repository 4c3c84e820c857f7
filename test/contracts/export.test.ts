import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { EXPORTED_PLACES } from '../../src/storage/sql/exported-places'
import { mailingService } from '../support/mail'
import { addPasskey } from '../support/passkeys'
import { expectProblem, send, signedInPerson } from '../support/person'
import { personWithTotp } from '../support/second-factor'
import { endOfTrail, rowsAfter } from '../support/trail'

const service = mailingService()

/** Everything that must never leave, as columns are called and as it looks. */
const SECRETS = /hash|secret|seed|public_key|sealed|\$pbkdf2|encrypted/i

describe.each(['session', 'token'] as const)('GET /me/export in %s mode', (mode) => {
  it('gives a person everything that is theirs as a file, and records that', async () => {
    const ada = await signedInPerson({ mode, service })
    const phone = await ada.signIn({ mode: 'token' })
    await addPasskey(ada)
    await send(service, 'POST', '/password/forgot', { body: { email: ada.email } })
    const end = await endOfTrail()
    const answer = await ada.get('/me/export')
    expect([
      answer.status,
      answer.headers.get('Content-Disposition'),
      answer.headers.get('Cache-Control'),
    ]).toEqual([200, 'attachment; filename="account.json"', 'no-store'])
    const { account, sessions, passkeys, devices, links, events } = answer.body
    expect(account).toMatchObject({
      id: ada.userId,
      email: ada.email,
      roles: [],
      created_at: expect.stringMatching(/^\d{4}-.+Z$/),
      email_verified_at: null,
    })
    expect(sessions.map(({ id }: { id: string }) => id).sort()).toEqual(
      [ada.sessionId, phone.sessionId].sort(),
    )
    expect(sessions[0].methods).toEqual([expect.objectContaining({ method: 'pwd' })])
    expect([passkeys.length, devices.length > 0, links]).toEqual([
      1,
      true,
      [expect.objectContaining({ purpose: 'reset-password' })],
    ])
    expect(events.map(({ event }: { event: string }) => event)).toEqual([
      'account-registered',
      'signed-in',
      'passkey-added',
      'password-reset-requested',
    ])
    expect(await rowsAfter(end)).toMatchObject([
      { event: 'account-exported', outcome: 'success', actor_id: ada.userId, subject_id: ada.userId, mode },
    ])
  })

  it('PRIV-01: has nothing of anybody else, and no secret', async () => {
    const [ada, eve] = [await signedInPerson({ mode, service }), await signedInPerson({ mode, service })]
    await addPasskey(ada)
    const { text } = await ada.get('/me/export')
    expect(text).not.toContain(eve.userId)
    expect(text).not.toContain(eve.email)
    expect(text).not.toMatch(SECRETS)
  })

  it('STP-01: takes a recent proof, and a live session', async () => {
    const ada = await signedInPerson({ mode, service })
    service.ahead += 11 * 60
    try {
      const refused = await ada.get('/me/export')
      expectProblem(refused, 401, 'insufficient-user-authentication')
    } finally {
      service.ahead -= 11 * 60
    }
    const other = await ada.signIn()
    await other.post('/logout/all')
    expect((await ada.get('/me/export')).status).toBe(401)
    expectProblem(await send(service, 'GET', '/me/export'), 401, 'authentication-required')
  })
})

/** Tables of accounts that are not in it, and why. */
const NOT_EXPORTED: Readonly<Record<string, string>> = {
  used_links: 'gone after 15 seconds',
  passkey_owners: 'a random number',
  outbox: 'mail that waits is gone within a day',
}

it('PRIV-01: leaves out no table that has rows of an account', async () => {
  const { results } = await env.DB.prepare("SELECT name, sql FROM sqlite_master WHERE type = 'table'").all<{
    name: string
    sql: string
  }>()
  const ofAccounts = results.filter(({ sql }) => /^\s*(?:user_id|subject_id|holder)\s+TEXT/m.test(sql))
  expect(ofAccounts.length).toBeGreaterThan(8)
  const texts = Object.values(EXPORTED_PLACES).join('\n')
  const missing = ofAccounts.filter(({ name }) => !new RegExp(`FROM ${name}\\b`).test(texts))
  expect(missing.map(({ name }) => name).sort()).toEqual(Object.keys(NOT_EXPORTED).sort())
})

it('has the second factor without its seed and codes', async () => {
  const ada = await personWithTotp('token', service)
  const { body, text } = await ada.session.get('/me/export')
  expect(body.authenticator_app).toEqual([{ confirmed_at: expect.stringMatching(/Z$/) }])
  expect(body.recovery_codes.length).toBeGreaterThan(5)
  expect(text).not.toMatch(SECRETS)
})

it('the account page leads there, or to a proof where that is too old', async () => {
  const ada = await signedInPerson({ mode: 'session', service })
  const page = async () =>
    (await send(service, 'GET', '/account', { headers: { ...ada.headers, Accept: 'text/html' } })).text
  expect(await page()).toContain('href="/me/export" download="account.json"')
  service.ahead += 11 * 60
  try {
    expect(await page()).not.toContain('/me/export')
  } finally {
    service.ahead -= 11 * 60
  }
})
