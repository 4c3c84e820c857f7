import { setTimeout } from 'node:timers/promises'
import { type Answer, type Client, createClient } from './client.ts'
import { emailOf, PASSWORD, sessionId } from './contents.ts'

/** Something whose time should not depend on how many accounts there are. */
export interface Operation {
  readonly name: string
  /** The status that says it was done. */
  readonly status: number
  run(at: Place): Promise<Answer>
}

/** A database, and a way to pick accounts of it that no other operation touches. */
export interface Place {
  readonly accounts: number
  readonly ask: Client
  /** Returns the number of an account, another each time while there are some; never the first or the last. */
  pick(kind: 'read' | 'signed-in' | 'refreshed'): number
}

const KINDS = ['read', 'signed-in', 'refreshed'] as const

export function createPlace(url: URL, accounts: number): Place {
  let picked = 0
  return {
    accounts,
    ask: createClient(url, accounts),
    pick(kind) {
      picked += 1
      // A third of the accounts for each, taken far from each other.
      const thirds = Math.floor((accounts - 2) / KINDS.length)
      return 1 + ((picked * 7919) % thirds) * KINDS.length + KINDS.indexOf(kind)
    },
  }
}

function signIn({ ask, pick, accounts }: Place, mode: 'session' | 'token'): Promise<Answer> {
  const email = emailOf(pick('signed-in'), accounts)
  return ask('POST', '/login', { body: { email, password: PASSWORD, mode } })
}

/** Asks with an access token of one of the account's sessions. */
function readAs(path: string): Operation['run'] {
  return async ({ ask, pick, accounts }) => {
    const { body } = await ask('GET', `/growth/credentials/${sessionId(pick('read'), 1, accounts)}`)
    return ask('GET', path, { accessToken: body.access_token })
  }
}

/** Sets how many sessions that ended, and as many whose time is over, a sweep finds. */
export const SWEPT = 100

export const OPERATIONS: readonly Operation[] = [
  { name: 'sign in, session mode', status: 200, run: (place) => signIn(place, 'session') },
  { name: 'sign in, token mode', status: 200, run: (place) => signIn(place, 'token') },
  {
    name: 'sign-in refused, unknown address',
    status: 401,
    run: ({ ask }) =>
      ask('POST', '/login', { body: { email: `${crypto.randomUUID()}@example.net`, password: PASSWORD } }),
  },
  {
    name: 'refresh',
    status: 200,
    async run({ ask, pick, accounts }) {
      const { body } = await ask('GET', `/growth/credentials/${sessionId(pick('refreshed'), 1, accounts)}`)
      return ask('POST', '/refresh', { body: { refresh_token: body.refresh_token } })
    },
  },
  { name: 'GET /me', status: 200, run: readAs('/me') },
  { name: 'GET /sessions', status: 200, run: readAs('/sessions') },
  { name: 'GET /me/activity', status: 200, run: readAs('/me/activity') },
  {
    name: 'sign out',
    status: 204,
    async run(place) {
      const signedIn = await signIn(place, 'token')
      const { status, body } = signedIn
      // What failed is that, and not what it was for.
      if (status !== 200) return signedIn
      return place.ask('POST', '/logout', { accessToken: body.access_token })
    },
  },
]

/** Measured before all others, for what those end is swept, too. */
export const SWEEP: Operation = {
  name: `sweep of ${SWEPT} ended and ${SWEPT} expired sessions`,
  status: 204,
  async run({ ask }) {
    await ask('POST', `/growth/over/${SWEPT}`)
    return ask('POST', '/growth/sweep')
  },
}

/** Sweeps until nothing waits. What the last run did has to be a minute old before it is swept. */
export async function drain({ ask }: Place): Promise<void> {
  for (let seconds = 0; seconds < 120; seconds++) {
    await ask('POST', '/growth/sweep')
    const { body } = await ask('GET', '/growth/waiting')
    if (body.waiting === 0) return
    await setTimeout(1000)
  }
  throw new Error('Something always waits for the sweep')
}
