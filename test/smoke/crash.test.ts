import { createHash } from 'node:crypto'
import { rmSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addClient } from '../../packages/cli/clients/statements.ts'
import { type Account, createCrashLoad, seededRandom } from './crash-load.ts'
import { databaseFile, execute, type LocalService, startWorker } from './local-service.ts'
import { newBrowser } from './mcp-pair.ts'

/** CRASHES=20 does that many, however long it takes. */
const CRASHES = Number(process.env.CRASHES ?? 4)
/** A slow machine takes long to start again: after this, three crashes are enough, unless more were asked for. */
const ENOUGH_MS = process.env.CRASHES === undefined ? 30_000 : CRASHES * 60_000
const CLIENTS = 6

/** Printed if the test fails; CRASH_SEED repeats a run as far as the machine does. */
const SEED = Number(process.env.CRASH_SEED ?? Date.now() % 1_000_000)

let service: LocalService

beforeAll(async () => {
  service = await startWorker(['OAUTH_SERVER:on'])
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

describe('a code of an app', () => {
  const CLIENT = 'c_crash00000000000000000'
  const SECRET = 'a secret of the app'
  const REDIRECT = 'https://app.example/cb'
  // RFC 7636, Appendix B.
  const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'
  const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'

  function askForTokens(fields: Readonly<Record<string, string>>): Promise<Response> {
    return fetch(`${service.url}/oauth/token`, {
      method: 'POST',
      headers: { Authorization: `Basic ${btoa(`${CLIENT}:${SECRET}`)}` },
      body: new URLSearchParams(fields),
    })
  }

  function exchange(code: string): Promise<Response> {
    const proof = { redirect_uri: REDIRECT, code_verifier: VERIFIER }
    return askForTokens({ grant_type: 'authorization_code', code, ...proof })
  }

  function liveGrants(): number {
    const database = new DatabaseSync(databaseFile(service.state), { readOnly: true })
    const live = 'SELECT count(*) AS live FROM sessions WHERE client_id = ? AND ended_at IS NULL'
    const row = database.prepare(live).get(CLIENT)
    database.close()
    return Number(row?.live)
  }

  it('OP-04: outlives a crash, and gives one grant whether or not the app was answered', async () => {
    const app = { id: CLIENT, name: 'Notes', firstParty: true, redirectUris: [REDIRECT], scopes: ['openid'] }
    const secretHash = createHash('sha256').update(SECRET).digest('base64url')
    execute(service.state, addClient({ ...app, secretHash }, 'operator:test').join(';\n'))
    const browser = await newBrowser(service)
    async function newCode(): Promise<string> {
      const query = new URLSearchParams({
        response_type: 'code',
        client_id: CLIENT,
        redirect_uri: REDIRECT,
        scope: 'openid',
        code_challenge: CHALLENGE,
        code_challenge_method: 'S256',
      })
      const { url } = await browser.open(`${service.url}/oauth/authorize?${query}`, REDIRECT)
      return url.searchParams.get('code') ?? ''
    }

    const code = await newCode()
    await service.kill()
    await service.restart()
    const first = await exchange(code)
    expect(first.status).toBe(200)
    const { refresh_token } = (await first.json()) as { refresh_token: string }

    const second = await newCode()
    const inFlight = exchange(second).then(
      ({ status }) => status,
      () => null,
    )
    await service.kill()
    const answered = await inFlight
    await service.restart()
    const again = (await exchange(second)).status
    expect([200, 400]).toContain(again)
    if (answered === 200) expect(again).toBe(400)
    // A second use of a code ends what the first gave.
    expect(liveGrants()).toBe(again === 200 ? 2 : 1)
    expect((await askForTokens({ grant_type: 'refresh_token', refresh_token })).status).toBe(200)
  })
})
