import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { deviceProof } from '../../src/devices/device'
import { prepareSession } from '../../src/flows/sign-in/prepared-session'
import { provenPerson, signInLink } from '../support/links'
import { type MailingService, mailingService } from '../support/mail'
import { clientOf, expectProblem, type Person, type SignedIn, send, signedInPerson } from '../support/person'
import { sessionCopy, sessionRow } from '../support/place'
import { recordedDuring } from '../support/trail'

const now = () => Math.floor(Date.now() / 1000)

async function setSession(id: string, columns: string): Promise<void> {
  await env.DB.prepare(`UPDATE sessions SET ${columns} WHERE id = ?1`).bind(id).run()
}

async function openIds(userId: string): Promise<readonly string[]> {
  const { results } = await env.DB.prepare('SELECT id FROM sessions WHERE user_id = ?1 AND ended_at IS NULL')
    .bind(userId)
    .all<{ id: string }>()
  return results.map(({ id }) => id).sort()
}

/** Returns a person with three sessions, the most there may be. The second was used least recently. */
async function personAtLimit(
  service: MailingService,
  mode: 'session' | 'token',
): Promise<{ ada: Person; idlest: SignedIn; other: SignedIn }> {
  const ada = await provenPerson(service, mode)
  const [idlest, other] = [await ada.signIn(), await ada.signIn()]
  await setSession(ada.sessionId, 'last_seen_at = last_seen_at - 100')
  await setSession(idlest.sessionId, 'last_seen_at = last_seen_at - 200')
  return { ada, idlest, other }
}

const ids = (...clients: readonly SignedIn[]) => clients.map(({ sessionId }) => sessionId).sort()

describe.each(['session', 'token'] as const)('SES-04, OUT-05: MAX_SESSIONS, in %s mode', (mode) => {
  const service = mailingService({ MAX_SESSIONS: '3' })

  it.each([
    ['with a password', (ada: Person) => ada.signIn()],
    [
      'by a link',
      async (ada: Person) => {
        const { token, binding } = await signInLink(service, ada.email)
        const answer = await send(service, 'POST', '/login/link/confirm', { body: { token, binding, mode } })
        expect(answer.status, answer.text).toBe(200)
        return clientOf(service, mode, answer)
      },
    ],
  ])('a sign-in beyond it, %s, ends the session used least recently, with its copy', async (_, signIn) => {
    const { ada, idlest, other } = await personAtLimit(service, mode)
    let latest: SignedIn | undefined
    const rows = await recordedDuring(async () => {
      latest = await signIn(ada)
    })
    expect(await openIds(ada.userId)).toEqual(ids(ada, other, latest as SignedIn))
    expect(rows.filter(({ event }) => event === 'session-ended')).toEqual([
      expect.objectContaining({
        reason: 'too-many-sessions',
        session_id: idlest.sessionId,
        subject_id: ada.userId,
        actor_id: ada.userId,
      }),
    ])
    expect(await sessionCopy(idlest.sessionId)).toBeNull()
    expectProblem(await idlest.get('/sessions'), 401, 'session-ended')
    expect((await other.get('/sessions')).status).toBe(200)
  })

  it('many sign-ins at once leave no more than that', async () => {
    const ada = await signedInPerson({ mode, service })
    const latest = await Promise.all(Array.from({ length: 4 }, () => ada.signIn()))
    const open = await openIds(ada.userId)
    expect(open).toHaveLength(3)
    // None of what began in the same second is preferred to the one that is beginning.
    expect(open.some((id) => ids(...latest).includes(id))).toBe(true)
  })

  it('a sign-in that is refused ends nothing', async () => {
    const { ada, idlest, other } = await personAtLimit(service, mode)
    const body = { email: ada.email, password: 'not the password', mode }
    expectProblem(await send(service, 'POST', '/login', { body }), 401, 'invalid-credentials')
    // Nor does one whose proof was used up by another since it was looked at.
    const source = { address: null, country: null, userAgent: null, requestId: 'r', language: 'en' as const }
    const use = { source, now: now() }
    const prepared = await prepareSession(
      service.services,
      { ...use, userId: ada.userId, mode, methods: [{ method: 'link', at: use.now }] },
      null,
    )
    const link = { tokenHash: 'used', device: deviceProof([]), presented: [], removesPassword: false }
    expect(await service.services.mail?.links.signIn({ ...use, ...link, prepared })).toBeNull()
    expect(await openIds(ada.userId)).toEqual(ids(ada, idlest, other))
  })

  it('a session that the sign-in replaces makes room', async () => {
    const { ada, idlest, other } = await personAtLimit(service, mode)
    const cookie = (await ada.signIn({ mode: 'session' })).headers
    expect(await openIds(ada.userId)).not.toContain(idlest.sessionId)
    const { email, password } = ada
    const headers = { ...cookie, 'Sec-Fetch-Site': 'same-origin' }
    const answer = await send(service, 'POST', '/login', { headers, body: { email, password, mode } })
    expect(answer.status, answer.text).toBe(200)
    expect(await openIds(ada.userId)).toEqual(ids(ada, other, clientOf(service, mode, answer)))
  })

  it('what has expired ends before what is live, and another account’s sessions stay', async () => {
    const { ada, idlest, other } = await personAtLimit(service, mode)
    const eve = await personAtLimit(service, mode)
    await setSession(other.sessionId, `idle_expires_at = ${now() - 1}`)
    const latest = await ada.signIn()
    expect(await openIds(ada.userId)).toEqual(ids(ada, idlest, latest))
    expect(await sessionRow(other.sessionId)).toMatchObject({ end_reason: 'too-many-sessions' })
    expect(await openIds(eve.ada.userId)).toHaveLength(3)
  })

  it('a limit that was lowered holds from the next sign-in on', async () => {
    const { ada } = await personAtLimit(service, mode)
    const latest = await ada.signIn({ service: mailingService({ MAX_SESSIONS: '1' }) })
    expect(await openIds(ada.userId)).toEqual([latest.sessionId])
  })
})
