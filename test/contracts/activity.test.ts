import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { expectProblem, PASSWORD, type Person, send, signedInPerson } from '../support/person'
import { createPlace } from '../support/place'
import { deployed, ownService } from '../support/service'
import { askRecorded } from '../support/trail'

interface ShownEvent {
  readonly id: string
  readonly event: string
  readonly reason: string | null
}

/** Puts events of a person into the trail, in order. */
async function insertEvents({ userId }: Person, count: number): Promise<void> {
  const insert = env.DB.prepare(
    `INSERT INTO audit_events (at, event, outcome, reason, subject_id)
     VALUES (unixepoch(), 'signed-in', 'refused', ?1, ?2)`,
  )
  await env.DB.batch(Array.from({ length: count }, (_, index) => insert.bind(`number ${index}`, userId)))
}

describe.each(['session', 'token'] as const)('GET /me/activity in %s mode', (mode) => {
  it('AUD-03: shows one’s own events, newest first, each in full', async () => {
    const service = ownService({ LOG_SUCCESS_PERCENT: '100' })
    const ada = await signedInPerson({ mode, service })
    const wrong = { email: ada.email, password: `not ${PASSWORD}` }
    const { from } = await askRecorded(service, 'POST', '/login', { body: wrong })
    const activity = await ada.get('/me/activity')
    expect(activity.status).toBe(200)
    const { address, country, user_agent } = from
    const at = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
    const id = expect.stringMatching(/^\d+$/)
    expect(activity.body).toEqual({
      events: [
        {
          ...{ id, at, event: 'signed-in', outcome: 'refused', reason: 'wrong-password', by_owner: false },
          ...{ session_id: null, mode: null, address, country, user_agent, device: null },
        },
        {
          ...{ id, at, event: 'account-registered', outcome: 'success', reason: null, by_owner: true },
          ...{
            session_id: ada.sessionId,
            mode,
            address: expect.any(String),
            country: null,
            user_agent: null,
            device: null,
          },
        },
      ],
    })
    expect(Number(activity.body.events[0].id)).toBeGreaterThan(Number(activity.body.events[1].id))
  })

  it('AUD-03: shows nobody else’s event, and none of the keys that the trail is kept by', async () => {
    const ada = await signedInPerson({ mode })
    const bob = await signedInPerson({ mode })
    // Bob tries Ada's password, and then his own wrongly.
    for (const email of [ada.email, bob.email]) {
      await send(deployed, 'POST', '/login', { body: { email, password: `not ${PASSWORD}` }, headers: {} })
    }
    await bob.signIn()
    const [adas, bobs] = [await ada.get('/me/activity'), await bob.get('/me/activity')]
    expect(adas.body.events.map(({ event }: ShownEvent) => event)).toEqual([
      'signed-in',
      'account-registered',
    ])
    expect(bobs.body.events.map(({ event }: ShownEvent) => event)).toEqual([
      'signed-in',
      'signed-in',
      'account-registered',
    ])
    const ids = new Set(bobs.body.events.map(({ id }: ShownEvent) => id))
    expect(adas.body.events.filter(({ id }: ShownEvent) => ids.has(id))).toEqual([])
    for (const { email, userId, sessionId } of [bob]) {
      for (const text of [email, userId, sessionId]) expect(adas.text).not.toContain(text)
    }
    const { accountKeys } = ownService().services
    for (const text of [
      'account_key',
      'actor_id',
      'chain_hash',
      'request_id',
      await accountKeys(ada.email),
    ]) {
      expect(adas.text).not.toContain(text)
    }
  })

  it('AUD-03: is paged by a cursor, without a gap or a repetition', async () => {
    const ada = await signedInPerson({ mode })
    await insertEvents(ada, 119)
    const pages: ShownEvent[][] = []
    let query = ''
    do {
      const { body } = await ada.get(`/me/activity${query}`)
      pages.push(body.events)
      query = body.next_cursor === undefined ? '' : `?cursor=${body.next_cursor}`
      // What happens meanwhile is newer than every page to come.
      if (pages.length < 3) await insertEvents(ada, 1)
    } while (query !== '' && pages.length < 10)
    expect(pages.map(({ length }) => length)).toEqual([50, 50, 20])
    const numbers = Array.from({ length: 119 }, (_, index) => `number ${118 - index}`)
    expect(pages.flat().map(({ reason }) => reason)).toEqual([...numbers, null])
  })

  it('AUD-03: has no further page after exactly one', async () => {
    const ada = await signedInPerson({ mode })
    await insertEvents(ada, 49)
    const { body } = await ada.get('/me/activity')
    expect(body.events).toHaveLength(50)
    expect(Object.keys(body)).toEqual(['events'])
  })

  it('AUD-03: shows nothing more by the cursor of another', async () => {
    const ada = await signedInPerson({ mode })
    await insertEvents(ada, 60)
    const bob = await signedInPerson({ mode })
    const { body } = await ada.get('/me/activity')
    const beyond = await bob.get(`/me/activity?cursor=${body.next_cursor}`)
    expect(beyond.body).toEqual({ events: [] })
  })

  it.each(['', 'x', '0', '-1', '01', '1.5', '1e3', '9'.repeat(16), '1%00', '%27', 'null', ' 1'])(
    'API-03: refuses the cursor "%s"',
    async (cursor) => {
      const ada = await signedInPerson({ mode })
      const refusal = await ada.get(`/me/activity?cursor=${cursor}`)
      expectProblem(refusal, 422, 'invalid-input')
      expect(refusal.body.errors).toEqual([{ field: 'cursor', code: 'invalid', message: expect.any(String) }])
    },
  )

  it.each(['cursor=5&cursor=5', 'cursor=5&cursor=x', 'cursor=5&%63ursor=6'])(
    'API-03: refuses a cursor that is there twice: %s',
    async (query) => {
      const ada = await signedInPerson({ mode })
      expectProblem(await ada.get(`/me/activity?${query}`), 422, 'invalid-input')
    },
  )

  it('AUD-03: is refused at once to a session that has ended, although its credential still looks good', async () => {
    const place = createPlace()
    const ada = await signedInPerson({ mode, service: place })
    expect((await place.askApp(ada)).status).toBe(200)
    place.kv.fallBehind()
    expect((await place.askApp(ada)).status).toBe(200)
    const other = await ada.signIn({ service: deployed })
    expect((await other.delete(`/sessions/${ada.sessionId}`)).status).toBe(204)
    expect((await place.askApp(ada)).status).toBe(200)
    expectProblem(await ada.get('/me/activity'), 401, 'session-ended')
    expect((await other.get('/me/activity')).body.events[0].reason).toBe('ended-by-owner')
  })

  it('AUD-03: is refused when the database cannot be asked', async () => {
    const place = createPlace()
    const ada = await signedInPerson({ mode, service: place })
    place.db.fail()
    expectProblem(await ada.get('/me/activity'), 503, 'store-unavailable')
  })
})

it('AUD-03: is refused to a caller who is not signed in', async () => {
  expectProblem(await send(deployed, 'GET', '/me/activity'), 401, 'authentication-required')
})
