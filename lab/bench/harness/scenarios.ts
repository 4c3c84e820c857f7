import type { Stream } from '../load/job.ts'
import type { Contender } from './contender.ts'
import { CONTENDERS } from './contenders.ts'
import type { Entrant } from './entrant.ts'
import { OAUTH_SCENARIOS } from './oauth-scenarios.ts'
import type { Scenario } from './scenario.ts'
import { protectedTemplates, type Started } from './started.ts'

const C = CONTENDERS

function entrant(
  { contender, running: { port, processes } }: Started,
  streams: readonly Stream[],
  more: Partial<Entrant> = {},
): Entrant {
  return { label: contender.name, port, processes, streams, ...more }
}

/** The measured request is that for the protected route. @param floors For each contender the one that does as little as it could. */
function protectedRequests(
  name: string,
  title: string,
  contenders: readonly Contender[],
  floors: ReadonlyMap<Contender, Contender> = new Map(),
): Scenario {
  return {
    name,
    title,
    contenders,
    burstUnits: 1,
    people: ({ users }) => users,
    entrants: (started, { connections }) => {
      const floor = floors.get(started.contender)?.name
      const streams = [{ templates: protectedTemplates(started), connections }]
      return [entrant(started, streams, floor ? { floor } : {})]
    },
    baseline: C.bare.name,
  }
}

/**
 * One client alone, so that what is measured is the operation and no queue. It asks for the operation and for the hash alone
 * by turns, so that the difference is made of neighbours.
 */
function hashing(
  operation: 'sign-up' | 'sign-in',
  title: string,
  contenders: readonly Contender[] = [C.betterAuth, C.leastCode, C.janusSession, C.janusToken],
  name: string = operation,
): Scenario {
  return {
    name,
    title,
    contenders,
    burstUnits: 3,
    people: ({ users }) => users,
    entrants: (started) => {
      const { contender, people } = started
      const { hash, signUp, signIn } = contender
      if (!hash || !signUp || !signIn) throw new Error(`${contender.name} cannot ${operation}`)
      const operations = operation === 'sign-up' ? [signUp] : people.map(signIn)
      const templates = operations.flatMap((operation) => [operation, hash])
      return [entrant(started, [{ templates, connections: 1 }], { alternatesWithHash: true })]
    },
    baseline: (contenders[0] ?? C.betterAuth).name,
  }
}

const REFRESH: Scenario = {
  name: 'refresh',
  title: 'Refresh: a new access token without a password',
  contenders: [C.betterAuthJwt, C.janusToken],
  burstUnits: 1,
  // A chain of refreshes belongs to one session.
  people: ({ connections }) => connections,
  entrants: (started, { connections }) => {
    const { contender, people } = started
    const { refresh } = contender
    if (!refresh) throw new Error(`${contender.name} cannot refresh`)
    const stream: Stream = {
      templates: refresh.member ? people.slice(0, 1).map(refresh.template) : people.map(refresh.template),
      connections,
      ...(refresh.member
        ? {
            chain: {
              member: refresh.member,
              tokens: people.map(({ refreshCredential }) => refreshCredential),
            },
          }
        : {}),
    }
    return [entrant(started, [stream])]
  },
  baseline: C.betterAuthJwt.name,
}

/** The truths of Janus, the default first. */
const TRUTHS: readonly Contender[] = [
  C.janusToken,
  C.nodeSqliteToken,
  C.nodeMemoryToken,
  C.nodePostgresToken,
  C.nodeFarPostgresToken,
  C.objectToken,
  C.postgresToken,
  C.farPostgresToken,
  C.farPipelinedToken,
]

const REFRESH_PER_TRUTH: Scenario = {
  ...REFRESH,
  name: 'refresh-truths',
  title: 'Refresh, per truth',
  contenders: TRUTHS,
  baseline: C.janusToken.name,
}

const SIGN_IN_PER_TRUTH = hashing('sign-in', 'Sign-in, per truth', TRUTHS, 'sign-in-truths')

const ON_NODE = {
  ...protectedRequests('node', 'Protected request on Node, session mode', [
    C.express,
    C.nodeSqlite,
    C.nodeSqliteCold,
    C.nodeSqliteLive,
    C.nodePostgresLive,
  ]),
  baseline: C.express.name,
}

/** Nothing is remembered: every request reads its copy. */
const COPIES: readonly Scenario[] = [
  {
    ...protectedRequests('copies', 'Protected request on Workers, per store of copies', [
      C.copiesInKv,
      C.copiesInObject,
      C.copiesInRedis,
      C.copiesInFarRedis,
      C.copiesInMemcached,
      C.copiesInFarMemcached,
      C.copiesInMemory,
      C.noCopies,
    ]),
    baseline: C.copiesInKv.name,
  },
  {
    ...protectedRequests('copies-node', 'Protected request on Node, per store of copies', [
      C.nodeCopiesInMemory,
      C.nodeCopiesInRedis,
      C.nodeCopiesInFarRedis,
      C.nodeCopiesInMemcached,
      C.nodeCopiesInFarMemcached,
      C.nodeNoCopies,
      C.nodeNoCopiesPostgres,
      C.nodeNoCopiesFarPostgres,
    ]),
    baseline: C.nodeCopiesInMemory.name,
  },
]

/** Enough to see how long requests wait, and little beside what a server can do. */
const BESIDE_PACE_PER_SECOND = 100
const BESIDE_CONNECTIONS = 64
const STEADY_SIGN_INS = 2

const BESIDE: Scenario = {
  name: 'beside',
  title: `Protected requests, ${BESIDE_PACE_PER_SECOND} a second, while ${STEADY_SIGN_INS} clients sign in again and again`,
  contenders: [C.oneHash, C.betterAuth, C.janusSession, C.janusToken],
  burstUnits: 3,
  people: ({ users }) => users,
  entrants: (started) => {
    const { contender, people } = started
    const { signIn } = contender
    if (!signIn) throw new Error(`${contender.name} cannot sign in`)
    const nobody = { id: '', email: '', headers: {}, refreshCredential: '' }
    const signIns = (people.length > 0 ? people : [nobody]).map(signIn)
    return [
      entrant(started, [
        {
          templates: protectedTemplates(started),
          connections: BESIDE_CONNECTIONS,
          pacePerSecond: BESIDE_PACE_PER_SECOND,
        },
        { templates: signIns, connections: STEADY_SIGN_INS },
      ]),
    ]
  },
  baseline: C.oneHash.name,
}

/** In the order in which they run. */
export function scenarios({ redis }: { readonly redis: boolean }): readonly Scenario[] {
  return [
    protectedRequests(
      'session',
      'Protected request, session mode',
      [
        C.bare,
        C.kvGet,
        C.ironSession,
        C.honoSessions,
        C.betterAuth,
        C.betterAuthCached,
        C.janusSession,
        C.janusSessionCold,
        C.janusSessionSealed,
        ...(redis ? [C.express] : []),
      ],
      new Map([[C.janusSessionCold, C.kvGet]]),
    ),
    protectedRequests(
      'token',
      'Protected request, token mode',
      [C.bare, C.joseEs256, C.honoJwt, C.betterAuthJwt, C.janusToken, C.janusTokenCold],
      new Map([[C.janusTokenCold, C.joseEs256]]),
    ),
    protectedRequests('live', 'Protected request, live: the store of record is asked each time', [
      C.bare,
      C.betterAuth,
      C.janusSessionLive,
      C.janusTokenLive,
    ]),
    hashing('sign-up', 'Sign-up'),
    hashing('sign-in', 'Sign-in', [
      C.betterAuth,
      C.leastCode,
      C.leastCodeCounting,
      C.janusSession,
      C.janusToken,
    ]),
    REFRESH,
    BESIDE,
    ...(redis ? [ON_NODE] : []),
    ...COPIES,
    SIGN_IN_PER_TRUTH,
    REFRESH_PER_TRUTH,
    ...OAUTH_SCENARIOS,
  ]
}

/** Names who is started anew again and again in the scenario `first`. */
export const FIRST_REQUEST_CONTENDERS: readonly Contender[] = [
  C.bare,
  C.kvGet,
  C.betterAuth,
  C.janusMounted,
  C.janusSession,
  C.janusSessionSealed,
  C.janusToken,
]

/** Names whose storage operations are counted. */
export const COUNTED_CONTENDERS: readonly Contender[] = [
  C.kvGet,
  C.betterAuth,
  C.betterAuthCached,
  C.betterAuthJwt,
  C.janusSession,
  C.janusSessionCold,
  C.janusSessionLive,
  C.janusToken,
  C.janusTokenLive,
]
