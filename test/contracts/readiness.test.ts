import { describe, expect, it } from 'vitest'
import { send } from '../support/person'
import { createPlace } from '../support/place'
import { stopTime } from '../support/stop-time'

/** Returns how many calls to the two stores were made. */
function callsOf({ db, kv }: ReturnType<typeof createPlace>): number {
  return db.calls.length + kv.calls.length
}

describe('RL-07: GET /readyz, which is open to anybody', () => {
  it('reads both stores at most once in two seconds, however often it is asked', async () => {
    stopTime()
    const place = createPlace()
    // Each isolate reads it once a minute, whoever asks.
    await place.services.restores.lastAt()
    place.db.calls.length = 0
    const ask = () => send(place, 'GET', '/readyz')
    expect((await ask()).status).toBe(200)
    expect(callsOf(place)).toBe(2)
    place.ahead = 1
    for (let n = 0; n < 20; n++) expect((await ask()).status).toBe(200)
    expect(callsOf(place)).toBe(2)
    place.ahead = 2
    expect((await ask()).status).toBe(200)
    expect(callsOf(place)).toBe(4)
  })

  it('says within two seconds that a store is down, and that it is back', async () => {
    stopTime()
    const place = createPlace()
    expect((await send(place, 'GET', '/readyz')).status).toBe(200)
    place.db.fail()
    place.ahead = 2
    expect((await send(place, 'GET', '/readyz')).status).toBe(503)
    place.db.recover()
    place.ahead = 4
    expect((await send(place, 'GET', '/readyz')).status).toBe(200)
  })
})
