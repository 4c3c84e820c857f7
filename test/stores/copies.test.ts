import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { type Address, parseRedisUrl, parseServerAddress, type RedisServer } from '../../src/config/servers'
import { createMemcachedCopyStore } from '../../src/storage/memcached/copy-store'
import { createRedisCopyStore } from '../../src/storage/redis/copy-store'
import { askRedis } from '../../src/storage/redis/redis-client'
import { converse } from '../../src/storage/sockets/conversation'
import { workersConnect } from '../../src/storage/sockets/workers-connect'
import { createMemcachedCopies } from '../../src/wiring/memcached-copies'
import { createRedisCopies } from '../../src/wiring/redis-copies'
import { sharedCopiesTable } from '../contracts/shared-copies'
import { copiesOn, newLiveSession, now, sessionCopiesContract } from '../storage/session-copies-contract'
import { guardedApp } from '../support/guarded-app'
import { expectProblem, send, signedInPerson } from '../support/person'
import { ownService } from '../support/service'

const redis = inject('redis')
const memcached = inject('memcached')
const { signal } = new AbortController()

describe('Redis', () => {
  const { url } = redis
  if (url === null) return it('has what it needs', ({ skip }) => skip(String(redis.reason)))
  const server = parseRedisUrl(url) as RedisServer
  const open = () => createRedisCopyStore(workersConnect, server)
  const ask = (...command: [string, ...string[]]) => askRedis(workersConnect, server, [command], signal)
  const settings = { SESSION_COPIES: 'redis', REDIS_URL: url, SESSIONS: undefined }

  sessionCopiesContract('Redis', () => copiesOn(open()))
  sharedCopiesTable({ name: 'redis', settings, open })

  function service(given: Record<string, string> = {}) {
    const own = ownService({ ...settings, ...given }, { createSessionCopies: createRedisCopies })
    const app = guardedApp(own)
    return Object.assign(own, {
      askApp: ({ headers }: { headers: Record<string, string> }) =>
        send(app, 'GET', '/protected', { headers }),
    })
  }

  it('forgets a copy by itself', async () => {
    const live = newLiveSession()
    await copiesOn(open()).save(live, now())
    const [[left]] = [await ask('TTL', `session:${live.session.id}`)]
    // Less what has passed since, on a machine however slow.
    expect(left).toBeGreaterThan(0)
    expect(left).toBeLessThanOrEqual(300)
  })

  it('has no connection left of requests that were answered', async () => {
    const here = service()
    const ada = await signedInPerson({ mode: 'session', service: here })
    for (let request = 0; request < 20; request++) expect((await here.askApp(ada)).status).toBe(200)
    expect((await ada.post('/logout')).status).toBe(204)
    await expect
      .poll(async () => {
        const [clients] = await ask('CLIENT', 'LIST')
        return String(clients).trim().split('\n').length
      })
      .toBe(1)
  })

  it('a snapshot from before a sign-out is loaded: the session is refused after SESSION_COPY_SECONDS, and live checks at once', async () => {
    const here = service()
    const ada = await signedInPerson({ mode: 'session', service: here })
    await ask('SAVE')
    expect((await ada.post('/logout')).status).toBe(204)
    expectProblem(await here.askApp(ada), 401, 'session-ended')
    await ask('DEBUG', 'RELOAD', 'NOSAVE')
    expect((await here.askApp(ada)).status).toBe(200)
    expectProblem(await send(here, 'GET', '/me', { headers: ada.headers }), 401, 'session-ended')
    here.ahead = 301
    expectProblem(await here.askApp(ada), 401, 'session-ended')
  })

  it('is full: nobody is signed out, and sign-ins and sign-outs work', async () => {
    const here = service()
    const ada = await signedInPerson({ mode: 'session', service: here })
    onTestFinished(async () => void (await ask('CONFIG', 'SET', 'maxmemory', '0')))
    await ask('CONFIG', 'SET', 'maxmemory', '1')
    const again = await ada.signIn()
    expect(here.log).toContainEqual({
      event: 'session-cache-not-written',
      session_id: again.sessionId,
      store: 'Redis',
    })
    for (const client of [ada, again]) expect((await here.askApp(client)).status).toBe(200)
    expect((await again.post('/logout')).status).toBe(204)
    expectProblem(await here.askApp(again), 401, 'session-ended')
  })

  it('forgot everything: the database answers, and the copies are written again', async () => {
    const here = service()
    const ada = await signedInPerson({ mode: 'session', service: here })
    await ask('FLUSHALL')
    expect((await here.askApp(ada)).status).toBe(200)
    expect(await ask('EXISTS', `session:${ada.sessionId}`)).toEqual([1])
  })

  it.each([
    ['another password', url.replace(/:[^:@]+@/, ':wrong@')],
    ['a port where nothing listens', 'redis://127.0.0.1:1'],
  ])('%s: readyz says so, and people are signed in all the same', async (_, other) => {
    const here = service({ REDIS_URL: other })
    const ada = await signedInPerson({ mode: 'session', service: here })
    expect((await here.askApp(ada)).status).toBe(200)
    const { status, body } = await send(here, 'GET', '/readyz')
    expect([status, body.checks.at(-1)]).toMatchObject([503, { name: 'redis', ok: false }])
    expect(JSON.stringify(here.log)).not.toContain('wrong')
  })
})

describe('Memcached', () => {
  const { address } = memcached
  if (address === null) return it('has what it needs', ({ skip }) => skip(String(memcached.reason)))
  const server = parseServerAddress(address) as Address
  const open = () => createMemcachedCopyStore(workersConnect, server)
  const ask = (command: string, last: RegExp) =>
    converse(workersConnect(server, { tls: false }), signal, async (conversation) => {
      await conversation.write(`${command}\r\n`)
      const lines: string[] = []
      while (!last.test(lines.at(-1) ?? '')) lines.push(await conversation.line())
      return lines
    })
  const settings = { SESSION_COPIES: 'memcached', MEMCACHED_ADDRESS: address, SESSIONS: undefined }

  sessionCopiesContract('Memcached', () => copiesOn(open()))
  sharedCopiesTable({ name: 'memcached', settings, open })

  it('has no connection left of requests that were answered', async () => {
    const here = ownService(settings, { createSessionCopies: createMemcachedCopies })
    const app = guardedApp(here)
    const ada = await signedInPerson({ mode: 'session', service: here })
    for (let request = 0; request < 20; request++) {
      expect((await send(app, 'GET', '/protected', { headers: ada.headers })).status).toBe(200)
    }
    expect((await ada.post('/logout')).status).toBe(204)
    await expect
      .poll(async () => {
        const lines = await ask('stats conns', /^END$/)
        return lines.filter((line) => /:addr tcp:127\.0\.0\.1:(?!.*listen)/.test(line)).length
      })
      .toBeLessThanOrEqual(2)
  })

  it('forgot everything: the database answers, and the copies are written again', async () => {
    const here = ownService(settings, { createSessionCopies: createMemcachedCopies })
    const app = guardedApp(here)
    const ada = await signedInPerson({ mode: 'session', service: here })
    await ask('flush_all', /^OK$/)
    expect((await send(app, 'GET', '/protected', { headers: ada.headers })).status).toBe(200)
  })
})
