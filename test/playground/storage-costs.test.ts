import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { createStorageMeter } from '../../packages/playground/storage-meter'
import { type Costs, countingService } from '../support/counting'
import { type Answer, type Person, send, signedInPerson } from '../support/person'

const ON = { ISSUER: 'http://localhost:8787', PLAYGROUND: 'on' }

/** Returns the header as the counters of the tests would write it. */
function storageHeader({ d1, kvReads, kvWrites, kvDeletes }: Costs): string {
  return `d1=${d1}, kv-read=${kvReads}, kv-write=${kvWrites}, kv-delete=${kvDeletes}`
}

describe.each(['session', 'token'] as const)('the header Janus-Storage, in %s mode', (mode) => {
  it.each<[string, (ada: Person) => Promise<Answer>, Record<typeof mode, string>]>([
    [
      'a route that asks for no live session',
      (ada) => ada.get('/playground/whoami'),
      {
        session: 'd1=0, kv-read=1, kv-write=0, kv-delete=0',
        token: 'd1=0, kv-read=0, kv-write=0, kv-delete=0',
      },
    ],
    [
      'GET /me',
      (ada) => ada.get('/me'),
      {
        session: 'd1=1, kv-read=1, kv-write=0, kv-delete=0',
        token: 'd1=1, kv-read=0, kv-write=0, kv-delete=0',
      },
    ],
    [
      'a sign-in',
      async (ada) => (await ada.signIn()).answer,
      {
        session: 'd1=2, kv-read=0, kv-write=1, kv-delete=0',
        token: 'd1=2, kv-read=0, kv-write=0, kv-delete=0',
      },
    ],
    [
      'a sign-out',
      (ada) => ada.post('/logout'),
      {
        session: 'd1=1, kv-read=0, kv-write=0, kv-delete=1',
        token: 'd1=1, kv-read=0, kv-write=0, kv-delete=0',
      },
    ],
    [
      'a refusal',
      (ada) => ada.get(`/playground/sessions/${'A'.repeat(22)}`),
      {
        session: 'd1=1, kv-read=1, kv-write=0, kv-delete=0',
        token: 'd1=1, kv-read=0, kv-write=0, kv-delete=0',
      },
    ],
  ])('says what %s cost', async (_, work, expected) => {
    const { service, costsOf } = countingService(ON)
    const ada = await signedInPerson({ mode, service })
    let answer: Answer | null = null
    const costs = await costsOf(async () => {
      answer = await work(ada)
    })
    expect(answer).not.toBeNull()
    const header = (answer as Answer | null)?.headers.get('Janus-Storage')
    expect(header).toBe(expected[mode])
    expect(header).toBe(storageHeader(costs as Costs))
  })
})

it('the header Janus-Storage says what a refresh cost', async () => {
  const { service } = countingService(ON)
  const ada = await signedInPerson({ mode: 'token', service })
  const refreshed = await send(service, 'POST', '/refresh', { body: { refresh_token: ada.refreshToken } })
  expect(refreshed.headers.get('Janus-Storage')).toBe('d1=1, kv-read=0, kv-write=0, kv-delete=0')
})

describe('a metered binding', () => {
  const { bindings, spent } = createStorageMeter(env)

  it('gives what the binding gives, and counts a batch once', async () => {
    const before = spent()
    const one = bindings.DB.prepare('SELECT ?1 AS n').bind(1)
    expect(await one.first('n')).toBe(1)
    const [first, second] = await bindings.DB.batch<{ n: number }>([one, one.bind(2)])
    expect([first?.results, second?.results]).toEqual([[{ n: 1 }], [{ n: 2 }]])
    expect((await one.raw()).length + (await one.all()).results.length).toBe(2)
    expect(spent().d1 - before.d1).toBe(4)
  })

  it('counts each way into KV', async () => {
    const { SESSIONS } = bindings
    if (!SESSIONS) throw new Error('SESSIONS is bound in wrangler.toml')
    const before = spent()
    await SESSIONS.put('metered', 'text')
    expect(await SESSIONS.get('metered')).toBe('text')
    expect((await SESSIONS.list({ prefix: 'metered' })).keys).toHaveLength(1)
    await SESSIONS.delete('metered')
    expect(spent()).toEqual({
      ...before,
      kvReads: before.kvReads + 2,
      kvWrites: before.kvWrites + 1,
      kvDeletes: before.kvDeletes + 1,
    })
  })

  it('refuses a way that is not counted', () => {
    expect(() => bindings.DB.withSession()).toThrow('withSession is not metered')
  })
})
