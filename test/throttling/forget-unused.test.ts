import { env } from 'cloudflare:workers'
import { expect, it } from 'vitest'
import { DEVICE_LIFETIME_SECONDS } from '../../src/devices/device'
import { ownService } from '../support/service'

const keyOf = (name: string, length: number) => name.padEnd(length, '-')

it('the sweep forgets budgets of which nothing is spent any more, and no others', async () => {
  const service = ownService()
  for (const [name, more] of Object.entries({ forgotten: -1, ended: 0, kept: 60 })) {
    await env.DB.prepare("INSERT INTO budgets (budget_key, kind, spent_until) VALUES (?1, 'password', ?2)")
      .bind(keyOf(name, 43), service.services.clock() + more)
      .run()
  }
  await service.sweep()
  const left = await env.DB.prepare('SELECT budget_key FROM budgets').all<{ budget_key: string }>()
  expect(left.results.map(({ budget_key }) => budget_key)).toEqual([keyOf('kept', 43)])
})

it('the sweep forgets devices that nobody has used for as long as a browser keeps a cookie, and no others', async () => {
  const service = ownService()
  for (const [name, since] of Object.entries({ forgotten: 1, kept: -60, fresh: -DEVICE_LIFETIME_SECONDS })) {
    await env.DB.prepare('INSERT INTO devices VALUES (?1, ?1, 1, ?2, NULL, NULL)')
      .bind(keyOf(name, 22), service.services.clock() - DEVICE_LIFETIME_SECONDS - since)
      .run()
  }
  await service.sweep()
  const left = await env.DB.prepare('SELECT id FROM devices').all<{ id: string }>()
  expect(left.results.map(({ id }) => id).sort()).toEqual([keyOf('fresh', 22), keyOf('kept', 22)])
})
