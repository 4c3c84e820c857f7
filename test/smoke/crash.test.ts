import { rmSync } from 'node:fs'
import { setTimeout as after } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type LocalService, startLocalService } from './local-service.ts'

/** CRASHES=20 does that many, however long it takes. */
const CRASHES = Number(process.env.CRASHES ?? 4)
/** A slow machine takes long to start again: after this, three crashes are enough, unless more were asked for. */
const ENOUGH_MS = process.env.CRASHES === undefined ? 30_000 : CRASHES * 60_000
const CLIENTS = 6
/** How many answers the clients get before the power goes, at most, and how long that may take. */
const MOST_ANSWERS = 60
const MOST_WORK_MS = 3000
/** More than a client does before that, so that no loop is without end. */
const MOST_STEPS = 1000

/** Printed if the test fails; CRASH_SEED repeats a run as far as the machine does. */
const SEED = Number(process.env.CRASH_SEED ?? Date.now() % 1_000_000)

let service: LocalService

beforeAll(async () => {
  service = await startLocalService()
})

afterAll(async () => {
  await service.kill()
  rmSync(service.folder, { recursive: true })
})

/** A small generator of numbers from 0 to 1 (mulberry32). */
function seededRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

/** What one client was told, and what it has asked without an answer. */
interface Account {
  readonly email: string
  /** Acknowledged. */
  password: string
  /** Asked for when the power went. */
  passwordInFlight: string | null
  /** Sessions that were handed out, by the tokens that were handed out last. */
  readonly open: Session[]
  readonly signedOut: Session[]
}

interface Session {
  accessToken: string
  refreshToken: string
  refreshInFlight: boolean
}

let requests = 0
let answers = 0

async function post(path: string, body: unknown, accessToken?: string): Promise<Response> {
  requests += 1
  const headers: Record<string, string> = {
    'Content-Type': 'application/json',
    // An address of its own, so that no client is limited.
    'CF-Connecting-IP': `10.${(requests >> 16) & 255}.${(requests >> 8) & 255}.${requests & 255}`,
  }
  if (accessToken !== undefined) headers.Authorization = `Bearer ${accessToken}`
  const response = await fetch(`${service.url}${path}`, {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
  })
  answers += 1
  return response
}

async function tokensOf(response: Response): Promise<Session> {
  const { access_token, refresh_token } = (await response.json()) as Record<string, string>
  return { accessToken: access_token ?? '', refreshToken: refresh_token ?? '', refreshInFlight: false }
}

async function signIn({ email }: Account, password: string): Promise<Response> {
  return post('/login', { email, password, mode: 'token' })
}

/** One thing that a client does. A request that gets no answer throws, and what it asked stays in flight. */
async function step(account: Account, random: () => number): Promise<void> {
  const session = account.open[Math.floor(random() * account.open.length)]
  const choice = random()
  if (!session || choice < 0.15) {
    const response = await signIn(account, account.password)
    expect(response.status).toBe(200)
    account.open.push(await tokensOf(response))
  } else if (choice < 0.6) {
    session.refreshInFlight = true
    const response = await post('/refresh', { refresh_token: session.refreshToken })
    expect(response.status).toBe(200)
    Object.assign(session, await tokensOf(response))
  } else if (choice < 0.75) {
    const next = `a password of many words, number ${Math.floor(random() * 1e9)}`
    account.passwordInFlight = next
    const body = { current_password: account.password, new_password: next }
    const response = await post('/password', body, session.accessToken)
    expect(response.status).toBe(200)
    const renewed = await tokensOf(response)
    account.password = next
    account.passwordInFlight = null
    account.signedOut.push(...account.open.splice(0))
    account.open.push(renewed)
  } else {
    // Whether it is done or not: the client forgets it.
    account.open.splice(account.open.indexOf(session), 1)
    const response = await post('/logout', {}, session.accessToken)
    expect(response.status).toBe(204)
    account.signedOut.push(session)
  }
}

async function register(email: string): Promise<Account> {
  const password = 'the first of many passwords'
  const registered = await post('/register', { email, password, mode: 'token' })
  expect(registered.status).toBe(201)
  const first = await tokensOf(registered)
  return { email, password, passwordInFlight: null, open: [first], signedOut: [] }
}

/** Works until nobody answers any more. */
async function work(account: Account, random: () => number): Promise<void> {
  for (let steps = 0; steps < MOST_STEPS; steps++) await step(account, random)
}

/** Lets clients work at once, one of them new, and kills the service at some moment. Gives the new account, if it came about. */
async function workUntilKilled(
  accounts: readonly Account[],
  email: string,
  random: () => number,
): Promise<Account | null> {
  let made: Account | null = null
  const newcomer = async () => {
    made = await register(email)
    await work(made, random)
  }
  const outcomes = Promise.allSettled([...accounts.map((account) => work(account, random)), newcomer()])
  const enough = answers + 1 + random() * MOST_ANSWERS
  const latest = Date.now() + MOST_WORK_MS
  while (answers < enough && Date.now() < latest) await after(5)
  await service.kill()
  for (const outcome of await outcomes) {
    // Nothing ends a client but the end of the service.
    expect(outcome).toMatchObject({ status: 'rejected', reason: { name: 'TypeError' } })
  }
  return made
}

/** Asserts that everything an account was told is still so. */
async function expectKept(account: Account): Promise<void> {
  for (const { accessToken } of account.signedOut) {
    const me = await fetch(`${service.url}/me`, { headers: { Authorization: `Bearer ${accessToken}` } })
    expect(me.status, `${account.email}: signed out`).toBe(401)
  }

  const statuses = []
  for (const password of [account.password, account.passwordInFlight]) {
    if (password !== null) statuses.push((await signIn(account, password)).status)
  }
  const changed = statuses[0] !== 200
  const expected = account.passwordInFlight === null ? [200] : changed ? [401, 200] : [200, 401]
  expect(statuses, `${account.email}: the password`).toEqual(expected)

  for (const session of account.open.splice(0)) {
    const refreshed = await post('/refresh', { refresh_token: session.refreshToken })
    if (refreshed.status === 200 && !changed) {
      account.open.push(await tokensOf(refreshed))
      continue
    }
    // A change of password that was under way has ended it. A refresh that was under way may be repeated, but on a slow machine
    // the service is back too late for that.
    const code = !changed && session.refreshInFlight ? 'refresh-token-reused' : 'session-ended'
    expect(changed || session.refreshInFlight, `${account.email}: the refresh token`).toBe(true)
    expect(await refreshed.json()).toMatchObject({ status: 401, code })
  }
  if (changed) account.password = account.passwordInFlight ?? ''
  account.passwordInFlight = null
}

it(
  `keeps what it acknowledged when it is killed again and again under load (CRASH_SEED=${SEED})`,
  async () => {
    const random = seededRandom(SEED)
    const accounts: Account[] = []
    for (let n = 1; n < CLIENTS; n++) accounts.push(await register(`steady-${n}@example.com`))
    const newcomers: Account[] = []
    const enoughAt = Date.now() + ENOUGH_MS
    for (let crash = 0; crash < CRASHES && (crash < 3 || Date.now() < enoughAt); crash++) {
      const made = await workUntilKilled(accounts, `newcomer-${crash}@example.com`, random)
      if (made) newcomers.push(made)
      await service.restart()
      await Promise.all([...accounts, ...(made ? [made] : [])].map(expectKept))
    }
    for (const account of newcomers) expect((await signIn(account, account.password)).status).toBe(200)
    // The load was a load.
    expect(answers).toBeGreaterThan(50)
    expect(accounts.flatMap(({ signedOut }) => signedOut).length).toBeGreaterThan(0)
  },
  120_000 + ENOUGH_MS,
)
