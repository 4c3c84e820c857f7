import { describe, expect, it } from 'vitest'
import { expectProblem, type SignedIn, signedInPerson } from '../support/person'
import { createPlace, sessionCopy, sessionRow } from '../support/place'

const deletes = ({ kv }: ReturnType<typeof createPlace>) =>
  kv.calls.filter(({ operation }) => operation === 'delete').map(({ key }) => key)

describe('ending a session', () => {
  it('ends it in D1 first and then deletes its copy', async () => {
    const here = createPlace()
    const ada = await signedInPerson({ mode: 'session', service: here })
    const end = here.db.hold(/UPDATE sessions SET ended_at/)
    const out = ada.post('/logout')
    await end.reached
    expect(deletes(here)).toEqual([])
    const remove = here.kv.hold('delete')
    end.release()
    await remove.reached
    expect(await sessionRow(ada.sessionId)).toMatchObject({
      ended_at: expect.any(Number),
      end_reason: 'signed-out',
    })
    remove.release()
    expect((await out).status).toBe(204)
    expect(await sessionCopy(ada.sessionId)).toBeNull()
  })

  it('touches no KV when D1 fails, and nothing has ended', async () => {
    const here = createPlace()
    const ada = await signedInPerson({ mode: 'session', service: here })
    here.db.fail('writes')
    expectProblem(await ada.post('/logout'), 503, 'store-unavailable')
    expect(deletes(here)).toEqual([])
    expect(await sessionRow(ada.sessionId)).toMatchObject({ ended_at: null })
    expect((await here.askApp(ada)).status).toBe(200)
  })

  it('says 503 when KV fails, has ended it in D1, and the sweep does the rest', async () => {
    const here = createPlace()
    const ada = await signedInPerson({ mode: 'session', service: here })
    here.kv.fail('delete')
    const out = await ada.post('/logout')
    expectProblem(out, 503, 'store-unavailable')
    expect(out.body.detail).toContain('The session was ended')
    expect(await sessionRow(ada.sessionId)).toMatchObject({ end_reason: 'signed-out' })
    expect(await sessionCopy(ada.sessionId)).not.toBeNull()
    expectProblem(await ada.get('/me'), 401, 'session-ended')

    here.kv.recover()
    here.ahead = 62
    await here.sweep()
    expect(await sessionCopy(ada.sessionId)).toBeNull()
    expect(await sessionRow(ada.sessionId)).toBeNull()
    expectProblem(await here.askApp(ada), 401, 'session-ended')
  })

  it('can be repeated after a failure, as long as the copy lets one in', async () => {
    const here = createPlace()
    const ada = await signedInPerson({ mode: 'session', service: here })
    here.kv.fail('delete')
    await ada.post('/logout')
    here.kv.recover()
    expect((await ada.post('/logout')).status).toBe(204)
    expect(await sessionCopy(ada.sessionId)).toBeNull()
  })

  it('keeps the reason and the time of the first end', async () => {
    const here = createPlace()
    const ada = await signedInPerson({ mode: 'token', service: here })
    await ada.post('/logout')
    const ended = await sessionRow(ada.sessionId)
    here.ahead = 30
    expect((await ada.post('/logout')).status).toBe(204)
    expect(await sessionRow(ada.sessionId)).toEqual(ended)
  })

  it('touches no KV in token mode', async () => {
    const here = createPlace()
    const ada = await signedInPerson({ mode: 'token', service: here })
    await ada.signIn()
    here.kv.calls.length = 0
    expect((await ada.post('/logout/all')).status).toBe(204)
    expect(here.kv.calls).toEqual([])
  })

  it('deletes the copies of session mode when a token ends everything', async () => {
    const here = createPlace()
    const ada = await signedInPerson({ mode: 'token', service: here })
    const cookies: SignedIn[] = []
    for (let device = 0; device < 8; device++) cookies.push(await ada.signIn({ mode: 'session' }))
    expect((await ada.post('/logout/all')).status).toBe(204)
    expect(deletes(here).sort()).toEqual(cookies.map(({ sessionId }) => `session:${sessionId}`).sort())
    for (const client of cookies) expectProblem(await here.askApp(client), 401, 'session-ended')
  })
})
