import { env } from 'cloudflare:workers'
import { expect, it } from 'vitest'
import { ownService } from '../support/service'

const DAY = 24 * 60 * 60

it('the sweep forgets attempts whose last was more than ninety days ago, and no others', async () => {
  const service = ownService()
  const ages = { forgotten: 91, kept: 89, fresh: 0 }
  const keyOf = (name: string) => name.padEnd(43, '-')
  for (const [name, days] of Object.entries(ages)) {
    await env.DB.prepare('INSERT INTO sign_in_attempts VALUES (?1, 99, 0, ?2)')
      .bind(keyOf(name), service.services.clock() - days * DAY)
      .run()
  }
  await service.sweep()
  const left = await env.DB.prepare('SELECT account_key FROM sign_in_attempts').all<{ account_key: string }>()
  expect(left.results.map(({ account_key }) => account_key).sort()).toEqual([keyOf('fresh'), keyOf('kept')])
})
