import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it } from 'vitest'
import { workForTwoHours } from '../support/fleet'
import { ownService } from '../support/service'

const OLD = env.AUTH_SECRET
const NEW = 'pS1nQ8zWcVt5RkLm3yXb7HdJfGoUeTiAa2DuZwN6MqB'

beforeEach(async () => {
  await env.DB.exec('DELETE FROM signing_keys')
})

async function storedIds(): Promise<readonly string[]> {
  const { results } = await env.DB.prepare('SELECT kid FROM signing_keys').all<{ kid: string }>()
  return results.map(({ kid }) => kid)
}

describe('KEY-02: while keys rotate, nobody refuses a token before it ends', () => {
  const isolatesWith = (AUTH_SECRET: string) => Array.from({ length: 3 }, () => ownService({ AUTH_SECRET }))

  it('when an operator asks for it', async () => {
    const isolates = isolatesWith(OLD)
    const before = (at: number) =>
      at === 1000 || at === 3700 ? env.DB.exec('UPDATE signing_keys SET rotation_requested = 1') : null
    const { refusals, checks, signers } = await workForTwoHours(isolates, { fresh: ownService, before })
    expect(refusals).toEqual([])
    expect(checks).toBeGreaterThan(2000)
    expect(signers).toHaveLength(3)
    expect(await storedIds()).toEqual(signers.slice(-1))
    const keySet = await isolates[0]?.services.signingKeys.keySet()
    expect(keySet?.map(({ kid }) => kid)).toEqual(signers.slice(-1))
  })

  it('when a secret is put before the old one, isolate by isolate, and the old one is dropped later', async () => {
    const isolates = isolatesWith(OLD)
    const logs = isolates.map(({ log }) => log)
    let secret = OLD
    const fresh = () => ownService({ AUTH_SECRET: secret })
    const before = (at: number) => {
      if (at === 1000) secret = `${NEW},${OLD}`
      if (at === 4000) secret = NEW
      const index = at % 1000 === 0 ? -1 : (at % 1000) / 100 - 1
      if (![1, 4].includes(Math.floor(at / 1000)) || !isolates[index]) return
      isolates[index] = fresh()
      logs.push(isolates[index].log)
    }
    const { refusals, checks, signers } = await workForTwoHours(isolates, { fresh, before })
    expect(refusals).toEqual([])
    expect(checks).toBeGreaterThan(2000)
    expect(signers).toHaveLength(2)
    expect(logs).toHaveLength(9)
    expect(logs.flat().filter(({ event }) => event === 'signing-key-replaced')).toEqual([])
  })
})
