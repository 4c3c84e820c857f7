import { setTimeout as after } from 'node:timers/promises'
import { expect } from 'vitest'

/** Says how many answers the clients get before the power goes, at most, and how long that may take. */
const MOST_ANSWERS = 60
const MOST_WORK_MS = 3000
/** More than a client does before that, so that no loop is without end. */
const MOST_STEPS = 1000

/** Returns a small generator of numbers from 0 to 1 (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

/** Holds the answers that one client got, and its requests without an answer. */
export interface Account {
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

/** The end of what a client does: the service is gone, or its database is. */
class Crashed extends Error {
  override readonly name = 'Crashed'
}

/** Clients that work at once against a service which is killed, or whose database is. */
export interface CrashLoad {
  /** Says how many answers there were. */
  readonly answers: number
  register(email: string): Promise<Account>
  signIn(account: Account, password: string): Promise<Response>
  /** Lets clients work at once, one of them new, and crashes something at some moment. Gives the new account, if it came about. */
  workUntilCrash(
    accounts: readonly Account[],
    email: string,
    crash: () => Promise<void>,
  ): Promise<Account | null>
  /** Asserts that everything an account was told is still so. */
  expectKept(account: Account): Promise<void>
}

async function readWhole(url: string, init: RequestInit): Promise<Response> {
  const response = await fetch(url, init)
  const text = await response.text()
  return new Response(text === '' ? null : text, response)
}

/** @param url Where the service is. */
export function createCrashLoad(url: string, random: () => number): CrashLoad {
  let requests = 0
  let answers = 0

  /** @throws {Crashed} If there is no answer, or one that says that the database gives none. */
  async function send(path: string, init: RequestInit): Promise<Response> {
    const response = await readWhole(`${url}${path}`, init).catch((error: unknown) => {
      throw new Crashed('No answer', { cause: error })
    })
    if (response.status === 503) throw new Crashed(await response.text())
    answers += 1
    return response
  }

  function post(path: string, body: unknown, accessToken?: string): Promise<Response> {
    requests += 1
    // An address of its own, so that no client is limited.
    const address = `10.${(requests >> 16) & 255}.${(requests >> 8) & 255}.${requests & 255}`
    const headers: Record<string, string> = {
      'Content-Type': 'application/json',
      'CF-Connecting-IP': address,
      'X-Forwarded-For': address,
    }
    if (accessToken !== undefined) headers.Authorization = `Bearer ${accessToken}`
    return send(path, { method: 'POST', headers, body: JSON.stringify(body) })
  }

  async function tokensOf(response: Response): Promise<Session> {
    const { access_token, refresh_token } = (await response.json()) as Record<string, string>
    return { accessToken: access_token ?? '', refreshToken: refresh_token ?? '', refreshInFlight: false }
  }

  async function signIn({ email }: Account, password: string): Promise<Response> {
    return post('/login', { email, password, mode: 'token' })
  }

  /** Does one thing that a client does. A request that gets no answer throws, and what it asked stays in flight. */
  async function step(account: Account): Promise<void> {
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
  async function work(account: Account): Promise<void> {
    for (let steps = 0; steps < MOST_STEPS; steps++) await step(account)
  }

  return {
    get answers() {
      return answers
    },
    register,
    signIn,

    async workUntilCrash(accounts, email, crash) {
      let made: Account | null = null
      const newcomer = async () => {
        made = await register(email)
        await work(made)
      }
      const outcomes = Promise.allSettled([...accounts.map(work), newcomer()])
      const enough = answers + 1 + random() * MOST_ANSWERS
      const latest = Date.now() + MOST_WORK_MS
      while (answers < enough && Date.now() < latest) await after(5)
      await crash()
      for (const outcome of await outcomes) {
        // Nothing ends a client but the crash.
        expect(outcome).toMatchObject({ status: 'rejected', reason: { name: 'Crashed' } })
      }
      return made
    },

    async expectKept(account) {
      for (const { accessToken } of account.signedOut) {
        const me = await send('/me', { headers: { Authorization: `Bearer ${accessToken}` } })
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
    },
  }
}
