import type { Contender } from './contender.ts'
import { OAUTH_CONTENDERS } from './oauth-contenders.ts'
import type { Scenario } from './scenario.ts'

const C = OAUTH_CONTENDERS

/** A person has few sessions, and each code begins one: each connection acts for so many people in turn. */
const PEOPLE_OF_CONNECTION = { codeFlow: 2, refresh: 1 } as const

/** Each connection acts for people of its own, so that no two use one refresh token. */
function flows(
  name: string,
  title: string,
  which: 'codeFlow' | 'refresh',
  contenders: readonly [Contender, ...Contender[]],
): Scenario {
  return {
    name,
    title,
    contenders,
    burstUnits: 1,
    people: ({ connections }) => connections * PEOPLE_OF_CONNECTION[which],
    entrants: ({ contender, running: { port, processes }, people }, { connections }) => {
      const { provider } = contender
      if (!provider) throw new Error(`${contender.name} is no authorization server`)
      const chain = { member: 'refresh_token', tokens: people.map((person) => person.refreshCredential) }
      const stream = {
        templates: [],
        flows: people.map(provider[which]),
        connections,
        ...(which === 'refresh' ? { chain } : {}),
      }
      return [{ label: contender.name, port, processes, streams: [stream] }]
    },
    baseline: contenders[0].name,
  }
}

const CODE =
  'Code flow: a code for somebody who is signed in, and tokens for it (two requests, counted as one)'
const REFRESH = 'Refresh of an app at the token endpoint'

/** The authorization server on Workers beside Better Auth, and on Node beside oidc-provider, each pair on the same kind of store. */
export const OAUTH_SCENARIOS: readonly Scenario[] = [
  flows('code-flow', `${CODE}, on Workers`, 'codeFlow', [C.betterAuth, C.janus]),
  flows('code-flow-node', `${CODE}, on Node`, 'codeFlow', [C.oidcProvider, C.nodeSqlite]),
  flows('client-refresh', `${REFRESH}, on Workers`, 'refresh', [C.betterAuth, C.janus]),
  flows('client-refresh-node', `${REFRESH}, on Node`, 'refresh', [C.oidcProvider, C.nodeSqlite]),
]
