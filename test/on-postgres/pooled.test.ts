import { env } from 'cloudflare:workers'
import { expect, it } from 'vitest'
import { faultyD1 } from '../support/faulty-d1'
import { newEmail, PASSWORD, send, signedInPerson } from '../support/person'
import { deployed, ownService } from '../support/service'
import { openClients } from './database'

it('PLT-01: no client outlives its request, and none is left open, whatever became of it', async () => {
  const db = faultyD1(env.DB)
  const service = ownService({ DB: db })
  const ada = await signedInPerson({ mode: 'token', service })
  const requests = (at: typeof deployed) => [
    send(at, 'POST', '/register', { body: { email: newEmail(), password: PASSWORD } }),
    send(at, 'POST', '/login', { body: { email: newEmail(), password: PASSWORD } }),
    send(at, 'POST', '/refresh', { body: { refresh_token: ada.refreshToken } }),
    send(at, 'GET', '/sessions', { headers: ada.headers }),
  ]
  await Promise.all([...requests(service), ...requests(deployed)])
  db.loseAnswers()
  expect((await ada.patch('/me', { name: 'Ada' })).status).toBe(503)
  db.recover()
  db.fail()
  expect((await ada.get('/sessions')).status).toBe(503)
  await expect.poll(openClients).toEqual([])
})

it('has the time-outs of the role on each connection, and nothing that another transaction has noted', async () => {
  // As many at once as the pool has connections, and more.
  const seen = await Promise.all(
    Array.from({ length: 20 }, async () => {
      await signedInPerson({ mode: 'session' })
      return env.DB.prepare(
        `SELECT current_setting('statement_timeout') AS statement, current_setting('janus.changes', true) AS changes,
                current_setting('idle_in_transaction_session_timeout') AS idle`,
      ).first<{ changes: string | null }>()
    }),
  )
  for (const one of seen)
    expect({ ...one, changes: one?.changes || null }).toEqual({
      statement: '10s',
      idle: '10s',
      changes: null,
    })
  expect((await send(deployed, 'GET', '/readyz')).body).toMatchObject({ status: 'ready' })
})

it('sends no statement that is prepared by name', async () => {
  const { results } = await env.DB.prepare('SELECT name FROM pg_prepared_statements').all()
  expect(results).toEqual([])
})
