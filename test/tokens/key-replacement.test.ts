import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it } from 'vitest'
import { accepts, issue } from '../support/fleet'
import { send } from '../support/person'
import { type OwnService, ownService } from '../support/service'
import { stopTime } from '../support/stop-time'

const OLD = env.AUTH_SECRET
const NEW = 'pS1nQ8zWcVt5RkLm3yXb7HdJfGoUeTiAa2DuZwN6MqB'

beforeEach(stopTime)
beforeEach(async () => {
  await env.DB.exec('DELETE FROM signing_keys')
})

async function storedIds(): Promise<readonly string[]> {
  const select = env.DB.prepare('SELECT kid FROM signing_keys ORDER BY generation')
  return (await select.all<{ kid: string }>()).results.map(({ kid }) => kid)
}

async function signerId({ services: { signingKeys } }: OwnService): Promise<string> {
  return (await signingKeys.signer()).kid
}

describe('KEY-02, KEY-03: a key that cannot be decrypted', () => {
  it('is replaced at once and reported, while isolates that have it go on, and each accepts the others', async () => {
    const warm = ownService()
    const first = await signerId(warm)
    await env.DB.exec("UPDATE signing_keys SET private_key = 'AAAAAAAAAAAAAAAA.AAAA'")

    const fresh = ownService()
    const second = await signerId(fresh)
    expect(await storedIds()).toEqual([first, second])
    expect(fresh.log).toEqual([
      { event: 'signing-key-replaced', kid: first, reason: 'no configured secret decrypts it' },
    ])
    warm.ahead = 11
    expect(await accepts(fresh, await issue(warm))).toBe(true)
    expect(await accepts(warm, await issue(fresh))).toBe(true)
    const { body } = await send(fresh, 'GET', '/.well-known/jwks.json')
    expect(body.keys.map(({ kid }: { kid: string }) => kid)).toEqual([first, second])

    // Every isolate that starts later finds the successor, and has nothing to report.
    const later = Array.from({ length: 5 }, () => ownService())
    expect(new Set(await Promise.all(later.map(signerId)))).toEqual(new Set([second]))
    expect(later.flatMap(({ log }) => log)).toEqual([])
    expect(await storedIds()).toHaveLength(2)
  })

  it('is the one that is reported, not its successor that waits for its time', async () => {
    const first = await signerId(ownService({ AUTH_SECRET: OLD }))
    await ownService({ AUTH_SECRET: `${NEW},${OLD}` }).sweep()
    // The old secret is dropped before the successor signs.
    const alone = ownService({ AUTH_SECRET: NEW })
    const token = await issue(alone)
    expect(await accepts(ownService({ AUTH_SECRET: NEW }), token)).toBe(true)
    expect(alone.log).toMatchObject([{ event: 'signing-key-replaced', kid: first }])
  })
})

describe('KEY-02: a deploy in which the old secret and the new one are side by side', () => {
  /** Everyone signs, and a little later everyone verifies; one isolate sweeps before. */
  async function work(isolates: readonly OwnService[], at: number): Promise<readonly boolean[]> {
    for (const isolate of isolates) isolate.ahead = at
    await isolates[(at / 100) % isolates.length]?.services.signingKeys.sweep()
    const tokens = await Promise.all(isolates.map(issue))
    // An unknown key id is looked up when what an isolate knows is ten seconds old.
    for (const isolate of isolates) isolate.ahead = at + 11
    return Promise.all(isolates.flatMap((isolate) => tokens.map((token) => accepts(isolate, token))))
  }

  it.each([
    ['neither knowing the other', NEW],
    ['the new knowing the old', `${NEW},${OLD}`],
  ])('makes few keys in an hour, %s, and none when it is over', async (_, secret) => {
    const old = [ownService({ AUTH_SECRET: OLD }), ownService({ AUTH_SECRET: OLD })]
    const next = Array.from({ length: 3 }, () => ownService({ AUTH_SECRET: secret }))
    const made = new Set<string>()
    for (let at = 0; at <= 3600; at += 100) {
      // Isolates start one after another, so that they load the keys at different times.
      const isolates = [...old, ...next].slice(0, at / 100 + 1)
      expect(await work(isolates, at), `at ${at}`).not.toContain(false)
      const stored = await storedIds()
      for (const kid of stored) made.add(kid)
      // Each replacement is good for 300 seconds at least, and a succeeded key is kept for 1,200.
      expect(stored.length, `at ${at}`).toBeLessThanOrEqual(6)
    }
    expect(made.size).toBeLessThanOrEqual(3600 / 300 + 1)

    for (let at = 3700; at <= 3600 + 2400; at += 100) expect(await work(next, at)).not.toContain(false)
    const [last, ...others] = await storedIds()
    expect(others).toEqual([])
    for (const service of next) expect(await signerId(service)).toBe(last)
  })
})
