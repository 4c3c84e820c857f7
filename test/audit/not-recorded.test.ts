import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { newEmail, PASSWORD, send, signedInPerson } from '../support/person'
import { createPlace } from '../support/place'
import { deployed } from '../support/service'
import { recordedDuring } from '../support/trail'

const NEW_PASSWORD = 'another horse battery'

describe.each(['session', 'token'] as const)('what did not happen, in %s mode', (mode) => {
  it('AUD-01: is recorded as refused when an address had an account already', async () => {
    const ada = await signedInPerson({ mode })
    // A registration of seconds ago could be repeated, and what is given is checked as a password of its account.
    await env.DB.prepare('UPDATE users SET created_at = created_at - 60 WHERE id = ?1').bind(ada.userId).run()
    const rows = await recordedDuring(async () => {
      const body = { email: ada.email, password: NEW_PASSWORD, mode }
      const answer = await send(deployed, 'POST', '/register', { body, headers: ada.headers })
      expect(answer.body.code).toBe('account-exists')
    })
    expect(rows).toMatchObject([
      {
        event: 'account-registered',
        outcome: 'refused',
        reason: 'account-exists',
        actor_id: null,
        subject_id: null,
      },
    ])
    expect((await ada.get('/me')).status).toBe(200)
  })

  it('AUD-01: is not recorded when the request was refused before a password was looked at', async () => {
    const ada = await signedInPerson({ mode })
    const change = { current_password: PASSWORD, new_password: 'short' }
    const foreign = { 'Sec-Fetch-Site': 'cross-site' }
    const right = { email: ada.email, password: PASSWORD, mode }
    const rows = await recordedDuring(async () => {
      const answers = [
        await send(deployed, 'POST', '/login', { body: { email: ada.email } }),
        await send(deployed, 'POST', '/register', { body: { email: newEmail(), password: 'short' } }),
        await send(deployed, 'POST', '/refresh', { body: { refresh_token: 'x' } }),
        await send(deployed, 'POST', '/login', { headers: foreign, body: right }),
        await ada.post('/password', change),
        await ada.post('/me/delete', { password: 1 }),
        await ada.delete('/sessions/AAAAAAAAAAAAAAAAAAAAAA'),
      ]
      for (const { status } of answers) expect(status).toBeGreaterThanOrEqual(400)
    })
    expect(rows).toEqual([])
  })

  it('AUD-01: is not recorded when nothing changed but what is no credential', async () => {
    const ada = await signedInPerson({ mode })
    const rows = await recordedDuring(async () => {
      for (const path of ['/', '/me', '/me/activity', '/sessions'])
        expect((await ada.get(path)).status).toBe(200)
      expect((await ada.post('/logout/all', { keep_current: true })).status).toBe(204)
    })
    expect(rows).toEqual([])
  })

  it('AUD-01: is no sign-in when the password changed while it was checked', async () => {
    const place = createPlace()
    const ada = await signedInPerson({ mode })
    const rows = await recordedDuring(async () => {
      const beginning = place.db.hold(/INSERT INTO sessions/)
      const body = { email: ada.email, password: PASSWORD, mode }
      const late = send(place, 'POST', '/login', { body })
      await beginning.reached
      const change = { current_password: PASSWORD, new_password: NEW_PASSWORD }
      expect((await ada.post('/password', change)).status).toBe(200)
      beginning.release()
      expect((await late).body.code).toBe('invalid-credentials')
    })
    expect(rows.map(({ event, outcome, reason }) => ({ event, outcome, reason }))).toEqual([
      { event: 'password-changed', outcome: 'success', reason: null },
      { event: 'session-ended', outcome: 'success', reason: 'password-changed' },
      { event: 'signed-in', outcome: 'refused', reason: 'changed-meanwhile' },
    ])
  })

  it.each([
    ['password-changed', '/password', { current_password: PASSWORD, new_password: 'a third horse battery' }],
    ['account-deleted', '/me/delete', { password: PASSWORD }],
  ])('AUD-01: is no "%s" when the password changed meanwhile, only a refusal', async (event, path, body) => {
    const place = createPlace()
    const ada = await signedInPerson({ mode })
    const other = await ada.signIn()
    const rows = await recordedDuring(async () => {
      const beginning = place.db.hold(/UPDATE users SET password_hash|DELETE FROM users/)
      const late = send(place, 'POST', path, { headers: ada.headers, body })
      await beginning.reached
      const change = { current_password: PASSWORD, new_password: NEW_PASSWORD }
      expect((await other.post('/password', change)).status).toBe(200)
      beginning.release()
      expect((await late).body.code).toBe('invalid-credentials')
    })
    expect(rows.map(({ event, outcome, reason }) => ({ event, outcome, reason }))).toEqual([
      { event: 'password-changed', outcome: 'success', reason: null },
      { event: 'session-ended', outcome: 'success', reason: 'password-changed' },
      { event: 'session-ended', outcome: 'success', reason: 'password-changed' },
      { event, outcome: 'refused', reason: 'changed-meanwhile' },
    ])
  })

  it('AUD-01: is not done either if it cannot be recorded', async () => {
    const place = createPlace()
    const ada = await signedInPerson({ mode })
    place.db.fail('writes')
    const rows = await recordedDuring(async () => {
      const body = { email: ada.email, password: PASSWORD, mode }
      expect((await send(place, 'POST', '/login', { body })).status).toBe(503)
      expect((await send(place, 'POST', '/logout', { headers: ada.headers })).status).toBe(503)
    })
    expect(rows).toEqual([])
    expect((await ada.get('/sessions')).body.sessions).toHaveLength(1)
  })
})
