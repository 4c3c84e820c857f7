import { rmSync } from 'node:fs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Account, createCrashLoad, seededRandom } from './crash-load.ts'
import { type LocalService, startWorker } from './local-service.ts'

/** CRASHES=20 does that many, however long it takes. */
const CRASHES = Number(process.env.CRASHES ?? 4)
/** A slow machine takes long to start again: after this, three crashes are enough, unless more were asked for. */
const ENOUGH_MS = process.env.CRASHES === undefined ? 30_000 : CRASHES * 60_000
const CLIENTS = 6

/** Printed if the test fails; CRASH_SEED repeats a run as far as the machine does. */
const SEED = Number(process.env.CRASH_SEED ?? Date.now() % 1_000_000)

let service: LocalService

beforeAll(async () => {
  service = await startWorker()
})

afterAll(async () => {
  await service.kill()
  rmSync(service.folder, { recursive: true })
})

it(
  `keeps what it acknowledged when it is killed again and again under load (CRASH_SEED=${SEED})`,
  async () => {
    const load = createCrashLoad(service.url, seededRandom(SEED))
    const accounts: Account[] = []
    for (let n = 1; n < CLIENTS; n++) accounts.push(await load.register(`steady-${n}@example.com`))
    const newcomers: Account[] = []
    const enoughAt = Date.now() + ENOUGH_MS
    for (let crash = 0; crash < CRASHES && (crash < 3 || Date.now() < enoughAt); crash++) {
      const made = await load.workUntilCrash(accounts, `newcomer-${crash}@example.com`, service.kill)
      if (made) newcomers.push(made)
      await service.restart()
      await Promise.all([...accounts, ...(made ? [made] : [])].map(load.expectKept))
    }
    for (const account of newcomers) expect((await load.signIn(account, account.password)).status).toBe(200)
    // The load was a load.
    expect(load.answers).toBeGreaterThan(50)
    expect(accounts.flatMap(({ signedOut }) => signedOut).length).toBeGreaterThan(0)
  },
  120_000 + ENOUGH_MS,
)
