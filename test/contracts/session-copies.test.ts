import { describe, expect, it } from 'vitest'
import {
  createCopyPlace,
  DURABLE_OBJECT_COPIES,
  KV_COPIES,
  MEMORY_COPIES,
  NO_COPIES,
} from '../support/copy-place'
import { expectProblem, send, signedInPerson } from '../support/person'
import { sessionRow } from '../support/place'
import { stopTime } from '../support/stop-time'
import { COPY_SECONDS, sharedCopiesTable } from './shared-copies'

// The table of docs/explain/session-copies.md, cell by cell. Redis and Memcached: test/stores/copies.test.ts.

sharedCopiesTable(KV_COPIES)
sharedCopiesTable(DURABLE_OBJECT_COPIES)

describe('OUT-02: copies in memory', () => {
  it('signed out here: refused at once; another process accepts its copy for SESSION_COPY_SECONDS at most', async () => {
    stopTime()
    const [here, elsewhere] = [createCopyPlace(MEMORY_COPIES), createCopyPlace(MEMORY_COPIES)]
    const ada = await signedInPerson({ mode: 'session', service: here })
    expect((await elsewhere.askApp(ada)).status).toBe(200)
    here.ahead = elsewhere.ahead = 10
    expect((await ada.post('/logout')).status).toBe(204)
    expectProblem(await here.askApp(ada), 401, 'session-ended')
    expect((await elsewhere.askApp(ada)).status).toBe(200)
    expectProblem(await send(elsewhere, 'GET', '/me', { headers: ada.headers }), 401, 'session-ended')
    elsewhere.ahead = COPY_SECONDS - 1
    expect((await elsewhere.askApp(ada)).status).toBe(200)
    elsewhere.ahead = COPY_SECONDS
    expectProblem(await elsewhere.askApp(ada), 401, 'session-ended')
  })

  it('answer a protected request alone', async () => {
    const here = createCopyPlace(MEMORY_COPIES)
    const ada = await signedInPerson({ mode: 'session', service: here })
    await here.services.restores.lastAt()
    here.db.calls.length = 0
    expect((await here.askApp(ada)).status).toBe(200)
    expect(here.db.calls).toEqual([])
  })
})

describe('OUT-02: no copies', () => {
  it('every request reads the database once, and an end counts everywhere at once', async () => {
    const [here, elsewhere] = [createCopyPlace(NO_COPIES), createCopyPlace(NO_COPIES)]
    const ada = await signedInPerson({ mode: 'session', service: here })
    for (let request = 0; request < 2; request++) {
      elsewhere.db.calls.length = 0
      expect((await elsewhere.askApp(ada)).status).toBe(200)
      expect(elsewhere.db.calls).toHaveLength(1)
    }
    expect((await ada.post('/logout')).status).toBe(204)
    expectProblem(await elsewhere.askApp(ada), 401, 'session-ended')
  })

  it('the sweep forgets ended sessions without asking for copies', async () => {
    const here = createCopyPlace(NO_COPIES)
    const ada = await signedInPerson({ mode: 'session', service: here })
    expect((await ada.post('/logout')).status).toBe(204)
    here.ahead = 62
    await here.sweep()
    expect(await sessionRow(ada.sessionId)).toBeNull()
  })
})

describe('GET /readyz', () => {
  it.each([
    [MEMORY_COPIES, ['config', 'd1', 'memory']],
    [NO_COPIES, ['config', 'd1']],
  ])('names the copies: $0.name', async (kind, names) => {
    const here = createCopyPlace(kind)
    const { status, body } = await send(here, 'GET', '/readyz')
    expect([status, body.checks.map(({ name }: { name: string }) => name)]).toEqual([200, names])
  })
})
