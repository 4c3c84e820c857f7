import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { expectProblem, type Person, signedInPerson } from '../support/person'
import { copiedSession, createPlace, type Place, sessionCopy, sessionRow } from '../support/place'

const DAY = 24 * 60 * 60
const IDLE = 7 * DAY

/** Returns a person whose session is past half of its idle window, as its place sees the time. */
async function pastHalf(): Promise<{ here: Place; ada: Person }> {
  const here = createPlace()
  const ada = await signedInPerson({ mode: 'session', service: here })
  here.ahead = IDLE / 2 + 60
  await here.services.restores.lastAt()
  here.db.calls.length = 0
  here.kv.calls.length = 0
  return { here, ada }
}

const puts = ({ kv }: Place) => kv.calls.filter(({ operation }) => operation === 'put').length

describe('a session that is used', () => {
  it('does not slide in the first half of its idle window', async () => {
    const { here, ada } = await pastHalf()
    here.ahead = IDLE / 2 - 60
    const before = await sessionRow(ada.sessionId)
    expect((await here.askApp(ada)).status).toBe(200)
    expect(here.db.calls).toEqual([])
    expect(puts(here)).toBe(0)
    expect(await sessionRow(ada.sessionId)).toEqual(before)
  })

  it('slides in the second half, once, in D1 and in KV, and keeps its absolute expiry', async () => {
    const { here, ada } = await pastHalf()
    const before = await sessionRow(ada.sessionId)
    expect((await here.askApp(ada)).status).toBe(200)

    const after = await sessionRow(ada.sessionId)
    const now = Number(after?.last_seen_at)
    expect(now).toBeGreaterThanOrEqual(Number(before?.created_at) + IDLE / 2 + 60)
    expect(after).toEqual({ ...before, last_seen_at: now, idle_expires_at: now + IDLE })
    const copy = await copiedSession(ada.sessionId)
    expect(copy.session).toMatchObject({ idleExpiresAt: now + IDLE, expiresAt: before?.expires_at })

    here.db.calls.length = 0
    for (let again = 0; again < 3; again++) expect((await here.askApp(ada)).status).toBe(200)
    expect(here.db.calls).toEqual([])
    expect(puts(here)).toBe(1)
  })

  it('slides once for twenty requests at once that all saw it before', async () => {
    const { here, ada } = await pastHalf()
    here.kv.fallBehind()
    await Promise.all(
      Array.from({ length: 20 }, async () => expect((await here.askApp(ada)).status).toBe(200)),
    )
    expect(here.db.calls.filter((sql) => sql.includes('UPDATE sessions')).length).toBe(20)
    expect(puts(here)).toBe(1)
    const now = Number((await sessionRow(ada.sessionId))?.last_seen_at)
    expect(await sessionRow(ada.sessionId)).toMatchObject({ idle_expires_at: now + IDLE })
  })

  it('does not slide again because of a copy that is behind, nor writes it again within the minute', async () => {
    const { here, ada } = await pastHalf()
    here.kv.fallBehind()
    await here.askApp(ada)
    const [row, copy] = [await sessionRow(ada.sessionId), await copiedSession(ada.sessionId)]
    here.ahead += 50
    expect((await here.askApp(ada)).status).toBe(200)
    expect(puts(here)).toBe(1)

    // A copy that is behind for longer may have been lost, so it is written again, as D1 has it.
    here.ahead += 3600
    expect((await here.askApp(ada)).status).toBe(200)
    expect(puts(here)).toBe(2)
    expect(await sessionRow(ada.sessionId)).toEqual(row)
    expect(await copiedSession(ada.sessionId)).toEqual({ ...copy, writtenAt: expect.any(Number) })
  })

  it('is still signed in where the copy is behind by a whole idle window', async () => {
    const { here, ada } = await pastHalf()
    const elsewhere = createPlace()
    elsewhere.kv.fallBehind()
    await elsewhere.askApp(ada)
    await here.askApp(ada)

    elsewhere.ahead = IDLE + 60
    expect((await elsewhere.askApp(ada)).status).toBe(200)
  })

  it('never slides past its absolute expiry, and not in vain when it has got there', async () => {
    const { here, ada } = await pastHalf()
    const expiresAt = Number((await sessionRow(ada.sessionId))?.expires_at)
    for (let day = 4; day <= 28; day += 4) {
      here.ahead = day * DAY
      expect((await here.askApp(ada)).status).toBe(200)
    }
    expect(await sessionRow(ada.sessionId)).toMatchObject({
      expires_at: expiresAt,
      idle_expires_at: expiresAt,
    })

    here.ahead = 29 * DAY
    await here.services.restores.lastAt()
    here.db.calls.length = 0
    expect((await here.askApp(ada)).status).toBe(200)
    expect(here.db.calls).toEqual([])
  })

  it('stays as it is when D1 is down, and the request is answered', async () => {
    const { here, ada } = await pastHalf()
    const before = await sessionRow(ada.sessionId)
    here.db.fail()
    expect((await here.askApp(ada)).status).toBe(200)
    expect(puts(here)).toBe(0)
    expect(await sessionRow(ada.sessionId)).toEqual(before)
    const logged = { event: 'session-cache-not-written', session_id: ada.sessionId, store: 'D1' }
    expect(here.log).toContainEqual(logged)
  })

  it('does not slide for someone without the secret', async () => {
    const { here, ada } = await pastHalf()
    const before = await sessionRow(ada.sessionId)
    const forged = { headers: { Cookie: `__Host-session=${ada.sessionId}.${'A'.repeat(43)}` } }
    expectProblem(await here.askApp(forged), 401, 'session-ended')
    expect(await sessionRow(ada.sessionId)).toEqual(before)
    expect(here.db.calls).toEqual([])
  })
})

describe('INC-16: a session that ends while a request slides it', () => {
  it('is not revived when it ended before D1 was asked', async () => {
    const { here, ada } = await pastHalf()
    const elsewhere = createPlace()
    const slide = here.db.hold(/UPDATE sessions/)
    const asked = here.askApp(ada)
    await slide.reached
    await signOut(elsewhere, ada)
    const ended = await sessionRow(ada.sessionId)
    slide.release()
    await asked

    expect(await sessionRow(ada.sessionId)).toEqual(ended)
    expect(await sessionCopy(ada.sessionId)).toBeNull()
    expectProblem(await here.askApp(ada), 401, 'session-ended')
  })

  it('is not revived when it ended before KV was asked', async () => {
    const { here, ada } = await pastHalf()
    const elsewhere = createPlace()
    const put = here.kv.hold('put')
    const asked = here.askApp(ada)
    await put.reached
    await signOut(elsewhere, ada)
    put.release()
    await asked

    expect(await sessionCopy(ada.sessionId)).toBeNull()
    expectProblem(await here.askApp(ada), 401, 'session-ended')
  })

  it('is not revived from a copy that is still served', async () => {
    const { here, ada } = await pastHalf()
    const elsewhere = createPlace()
    here.kv.fallBehind()
    await here.kv.get(`session:${ada.sessionId}`)
    await signOut(elsewhere, ada)
    const ended = await sessionRow(ada.sessionId)

    // The copy that is behind lets this request in, and must not be written back.
    expect((await here.askApp(ada)).status).toBe(200)
    expect(puts(here)).toBe(0)
    expect(await sessionRow(ada.sessionId)).toEqual(ended)
    here.kv.catchUp()
    expectProblem(await here.askApp(ada), 401, 'session-ended')
  })

  it.each([
    ['disabled', 'disabled_at = unixepoch()'],
    ['given a role', `roles = '["admin"]'`],
  ])('is not revived when its account was %s', async (_, change) => {
    const { here, ada } = await pastHalf()
    await env.DB.prepare(`UPDATE users SET ${change} WHERE id = ?1`).bind(ada.userId).run()
    const ended = await sessionRow(ada.sessionId)
    await here.askApp(ada)
    expect(await sessionRow(ada.sessionId)).toEqual(ended)
    expect(puts(here)).toBe(0)
  })
})

async function signOut(place: Place, { headers }: Person): Promise<void> {
  const out = await place.fetch(new Request(`${place.issuer}/logout`, { method: 'POST', headers }))
  expect(out.status).toBe(204)
}
