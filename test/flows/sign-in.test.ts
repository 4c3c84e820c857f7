import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { type SignInServices, signInWithPassword } from '../../src/flows/sign-in/password'
import { parseEmailAddress } from '../../src/identity/email-address'
import { PASSWORD, type Person, signedInPerson } from '../support/person'
import { ownService } from '../support/service'

const NEW_PASSWORD = 'seven quiet minutes at sea'

/** Lists what may happen to an account after a sign-in has found its password right and before it starts the session. */
const MEANWHILE: readonly [name: string, (ada: Person) => Promise<unknown>][] = [
  [
    'the password was changed',
    (ada) => ada.post('/password', { current_password: PASSWORD, new_password: NEW_PASSWORD }),
  ],
  ['the account was deleted', (ada) => ada.post('/me/delete', { password: PASSWORD })],
  [
    'the account was disabled',
    (ada) => env.DB.prepare('UPDATE users SET disabled_at = 1 WHERE id = ?1').bind(ada.userId).run(),
  ],
]

/** Returns the rows that a sign-in could have changed. */
async function stateOf({ userId }: Person) {
  const hash = env.DB.prepare('SELECT password_hash FROM users WHERE id = ?1').bind(userId)
  const open = env.DB.prepare('SELECT id FROM sessions WHERE user_id = ?1 AND ended_at IS NULL').bind(userId)
  const sessions = await open.all<{ id: string }>()
  return { passwordHash: await hash.first('password_hash'), sessions: sessions.results.map(({ id }) => id) }
}

/** Returns the last refusal that the audit trail has about a person. */
function lastRefusalOf({ userId }: Person) {
  const sql = `SELECT event, reason FROM audit_events WHERE subject_id = ?1 AND outcome = 'refused' ORDER BY seq DESC`
  return env.DB.prepare(sql).bind(userId).first()
}

/** Signs in, to an account whose hash is outdated or not, and lets `meanwhile` happen when the password has been verified. */
async function signInWhile(ada: Person, outdated: boolean, meanwhile: () => Promise<unknown>) {
  const { services } = ownService()
  const email = parseEmailAddress(ada.email)
  if (!email) throw new Error('The person has no address')
  const passwords: SignInServices['passwords'] = {
    ...services.passwords,
    async isOutdated() {
      await meanwhile()
      return outdated
    },
  }
  const source = {
    requestId: crypto.randomUUID(),
    address: null,
    userAgent: null,
    country: null,
    language: 'en',
  } as const
  const input = {
    email,
    password: PASSWORD,
    mode: ada.mode,
    source,
    presented: [],
    deviceIds: [],
    attemptId: null,
  }
  return signInWithPassword({ ...services, passwords }, input)
}

describe.each(['session', 'token'] as const)('a sign-in under way, in %s mode', (mode) => {
  it('starts a session and stores the new hash if nothing happens meanwhile', async () => {
    const ada = await signedInPerson({ mode })
    const before = await stateOf(ada)
    const attempt = await signInWhile(ada, true, async () => {})
    if (attempt.outcome !== 'signed-in') throw new Error(attempt.outcome)
    const after = await stateOf(ada)
    expect(after.sessions.sort()).toEqual([ada.sessionId, attempt.signedIn.session.id].sort())
    expect(after.passwordHash).not.toBe(before.passwordHash)
  })

  const cases = MEANWHILE.flatMap(([name, happen]) =>
    [true, false].map((outdated) => ({ name, happen, outdated })),
  )
  it.each(cases)(
    'starts nothing, and puts back no old password, if $name meanwhile (hash outdated: $outdated)',
    async ({ happen, outdated }) => {
      const ada = await signedInPerson({ mode })
      let then: unknown
      const attempt = await signInWhile(ada, outdated, async () => {
        await happen(ada)
        then = await stateOf(ada)
        expect(then).toMatchObject({ sessions: expect.not.arrayContaining([ada.sessionId]) })
      })
      expect(attempt).toEqual({ outcome: 'refused' })
      expect(await stateOf(ada)).toEqual(then)
      expect(await lastRefusalOf(ada)).toEqual({ event: 'signed-in', reason: 'changed-meanwhile' })
    },
  )

  it('starts a session if another sign-in stored a new hash of the same password meanwhile', async () => {
    const ada = await signedInPerson({ mode })
    let then: unknown
    const attempt = await signInWhile(ada, true, async () => {
      const other = await signInWhile(ada, true, async () => {})
      expect(other.outcome).toBe('signed-in')
      then = (await stateOf(ada)).passwordHash
    })
    if (attempt.outcome !== 'signed-in') throw new Error(attempt.outcome)
    const { passwordHash, sessions } = await stateOf(ada)
    expect(passwordHash).toBe(then)
    expect(sessions).toHaveLength(3)
    expect(sessions).toContain(attempt.signedIn.session.id)
    expect(await lastRefusalOf(ada)).toBeNull()
  })
})
