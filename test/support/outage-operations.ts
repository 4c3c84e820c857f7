import { env } from 'cloudflare:workers'
import { expect } from 'vitest'
import type { Mode } from '../../src/sessions/mode'
import {
  type Answer,
  clientOf,
  expectProblem,
  newEmail,
  PASSWORD,
  type Person,
  type SignedIn,
  send,
  signedInPerson,
} from './person'
import { createPlace, type Place, sessionCopy, sessionRow } from './place'

const NEW_PASSWORD = 'seven quiet minutes at sea'

/** A service whose stores are about to fail, a person with two devices, and an address that nobody has. */
export interface Scene {
  readonly here: Place
  /** While it is down, LOGIN_LIMIT throws. */
  readonly limit: { down: boolean }
  readonly mode: Mode
  readonly ada: Person
  readonly other: SignedIn
  readonly newcomer: { readonly email: string; readonly password: string }
}

export async function createScene(mode: Mode): Promise<Scene> {
  const limit = { down: false }
  const binding = {
    async limit() {
      if (limit.down) throw new Error('Rate limiting is unavailable')
      return { success: true }
    },
  }
  const here = createPlace({ LOGIN_LIMIT: binding })
  const ada = await signedInPerson({ mode, service: here })
  const other = await ada.signIn({ mode: 'session' })
  return { here, limit, mode, ada, other, newcomer: { email: newEmail(), password: PASSWORD } }
}

/** Something that begins or ends sessions. */
export interface Operation {
  readonly name: string
  run(scene: Scene): Promise<Answer>
  /** Which of the two sessions it ends. */
  readonly ends: readonly ('ada' | 'other')[]
  /** Names its effect on the account, if it is done. */
  readonly account: 'kept' | 'new' | 'other-password' | 'deleted'
  /** Is `true` if it needs LOGIN_LIMIT. */
  readonly limited: boolean
}

export const OPERATIONS = {
  session: operations('session'),
  token: operations('token'),
} as const

function operations(mode: Mode): readonly Operation[] {
  const refresh: Operation = {
    name: 'POST /refresh',
    run: ({ here, ada }) => send(here, 'POST', '/refresh', { body: { refresh_token: ada.refreshToken } }),
    ends: [],
    account: 'kept',
    limited: false,
  }
  return [
    {
      name: 'POST /register',
      run: ({ here, newcomer }) => send(here, 'POST', '/register', { body: { ...newcomer, mode } }),
      ends: [],
      account: 'new',
      limited: true,
    },
    {
      name: 'POST /login',
      run: ({ here, ada }) =>
        send(here, 'POST', '/login', { body: { email: ada.email, password: PASSWORD, mode } }),
      ends: [],
      account: 'kept',
      limited: true,
    },
    ...(mode === 'token' ? [refresh] : []),
    {
      name: 'POST /password',
      run: ({ ada }) => ada.post('/password', { current_password: PASSWORD, new_password: NEW_PASSWORD }),
      ends: ['ada', 'other'],
      account: 'other-password',
      limited: true,
    },
    {
      name: 'POST /logout',
      run: ({ ada }) => ada.post('/logout'),
      ends: ['ada'],
      account: 'kept',
      limited: false,
    },
    {
      name: 'POST /logout/all',
      run: ({ ada }) => ada.post('/logout/all'),
      ends: ['ada', 'other'],
      account: 'kept',
      limited: false,
    },
    {
      name: 'POST /me/delete',
      run: ({ ada }) => ada.post('/me/delete', { password: PASSWORD }),
      ends: ['ada', 'other'],
      account: 'deleted',
      limited: true,
    },
  ]
}

/** Asserts that another client finds the session ended, or active. */
async function expectAgreement(there: Place, client: SignedIn, live: boolean): Promise<void> {
  const { headers, mode, refreshToken } = client
  const me = await send(there, 'GET', '/me', { headers })
  if (live) {
    expect(me.status).toBe(200)
    expect((await there.askApp(client)).status).toBe(200)
    return
  }
  expectProblem(me, 401, 'session-ended')
  if (mode === 'session') {
    expectProblem(await there.askApp(client), 401, 'session-ended')
    expect(await sessionCopy(client.sessionId)).toBeNull()
  } else {
    const body = { refresh_token: refreshToken }
    expectProblem(await send(there, 'POST', '/refresh', { body }), 401, 'session-ended')
  }
}

async function isLive({ sessionId }: SignedIn): Promise<boolean> {
  return (await sessionRow(sessionId))?.ended_at === null
}

/**
 * Asserts, once its stores have recovered, that what a service answered is what is so: a success is done whole and known to
 * storage; a 503 is done whole or not at all, and hands nothing out; no session is both ended and usable; and whoever had an
 * account has it, with one password.
 *
 * @returns Whether it was done.
 */
export async function expectTruthful(
  scene: Scene,
  { ends, account, name }: Operation,
  answer: Answer,
): Promise<boolean> {
  const { here, ada, other, mode, newcomer } = scene
  const ok = answer.status < 300
  if (!ok) {
    expectProblem(answer, 503, 'store-unavailable')
    expect(Object.values(answer.cookies).filter((value) => value !== '')).toEqual([])
    expect(answer.text).not.toMatch(/access_token|refresh_token/)
  }

  const clients = { ada, other }
  const ended = []
  for (const who of ['ada', 'other'] as const) if (!(await isLive(clients[who]))) ended.push(who)
  const done = ended.length > 0
  if (ok || done) expect(ended, 'ended, all or none').toEqual(ends)
  if (ok) {
    // Not only the sweep's work: a success means that it is over now, and here.
    for (const who of ends) expect(await sessionCopy(clients[who].sessionId)).toBeNull()
  }

  // Another isolate, with healthy stores, after the sweep.
  here.ahead = 62
  await here.sweep()
  const there = createPlace()
  for (const who of ['ada', 'other'] as const) {
    await expectAgreement(there, clients[who], !ended.includes(who))
  }

  const signIn = (email: string, password: string) =>
    send(there, 'POST', '/login', { body: { email, password, mode } })
  const good = account === 'other-password' && done ? NEW_PASSWORD : PASSWORD
  const signedIn = await signIn(ada.email, good)
  if (account === 'deleted' && done) expectProblem(signedIn, 401, 'invalid-credentials')
  else expect(signedIn.status, signedIn.text).toBe(200)
  if (account === 'other-password') {
    const bad = good === PASSWORD ? NEW_PASSWORD : PASSWORD
    expectProblem(await signIn(ada.email, bad), 401, 'invalid-credentials')
  }
  if (account === 'new') {
    const free = await send(there, 'POST', '/register', {
      // With the password that was chosen it would be a repetition.
      body: { ...newcomer, password: NEW_PASSWORD, mode },
    })
    // Free only if it was not said to be taken; and taken only by whoever asked, with the password they chose.
    if (ok) expectProblem(free, 409, 'account-exists')
    if (free.status !== 201) {
      expectProblem(free, 409, 'account-exists')
      expect((await signIn(newcomer.email, newcomer.password)).status).toBe(200)
    }
  }
  if (name === 'POST /refresh' && !ok) {
    const body = { refresh_token: ada.refreshToken }
    expect((await send(there, 'POST', '/refresh', { body })).status, 'the refresh token still works').toBe(
      200,
    )
  }

  if (ok && answer.body?.session) await expectKnown(there, mode, answer)
  return ok || done
}

/** Asserts that a session which was handed out is one that storage knows, and that its credentials work. */
async function expectKnown(there: Place, mode: Mode, answer: Answer): Promise<void> {
  const client = clientOf(there, mode, answer)
  expect(await sessionRow(client.sessionId)).toMatchObject({ ended_at: null, mode })
  await expectAgreement(there, client, true)
  if (mode === 'token') {
    const refreshed = await send(there, 'POST', '/refresh', { body: { refresh_token: client.refreshToken } })
    expect(refreshed.status, refreshed.text).toBe(200)
  }
}

/** Returns how many sessions an account has had that are still known. */
export async function countSessions({ userId }: Person): Promise<number | null> {
  return env.DB.prepare('SELECT count(*) AS n FROM sessions WHERE user_id = ?1').bind(userId).first('n')
}
