import { createExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { expect, it } from 'vitest'
import { JanusOperator } from '../../../src/wiring/durable-object-operator'

async function ask(bindings: object) {
  const operator = new JanusOperator(createExecutionContext(), bindings)
  const body = JSON.stringify([{ text: 'SELECT 1 AS one', values: [] }])
  return (await operator.fetch(new Request('http://janus.invalid/', { method: 'POST', body }))).json()
}

it('the entry point of operators answers what the object does, and asks no other', async () => {
  const { JANUS_DB } = env
  expect(await ask({ JANUS_DB })).toEqual({ rows: [[{ one: 1 }]] })
  expect(await ask({ JANUS_DB, DATABASE_LOCATION: 'weur' })).toEqual({ rows: [[{ one: 1 }]] })
  expect(await ask({ JANUS_DB, DATABASE_LOCATION: 'EU' })).toEqual({ failure: 'DATABASE_LOCATION is wrong' })
  expect(await ask({})).toEqual({ failure: 'JANUS_DB is not bound' })
})
