import { parseArgs } from 'node:util'

export interface Options {
  /** `null`: all. */
  readonly scenarios: readonly string[] | null
  readonly rounds: number
  readonly seconds: number
  readonly connections: number
  readonly users: number
  readonly redis: boolean
  readonly counts: boolean
  readonly json: string | null
  readonly markdown: string | null
}

export const SCENARIO_NAMES = [
  'session',
  'token',
  'live',
  'sign-up',
  'sign-in',
  'refresh',
  'beside',
  'node',
  'copies',
  'copies-node',
  'sign-in-truths',
  'refresh-truths',
  'code-flow',
  'code-flow-node',
  'client-refresh',
  'client-refresh-node',
  'first',
]

export const HELP = `Measure Janus beside a bare Hono route and beside other libraries, all on workerd, on this machine.

  npm run bench -- [options]

  --scenarios A,B    only these: ${SCENARIO_NAMES.join(', ')}
  --rounds N         bursts that count for each entrant (7)
  --seconds S        length of a burst; what hashes gets three times that (1)
  --connections C    connections kept busy (16)
  --users N          signed-in people whose requests take turns (8)
  --redis            also Node with express-session, Redis and passport, and the scenario node; needs redis-server
  --quick            two rounds of a fifth of a second: to see that everything works, not to quote
  --json FILE        where the numbers go (lab/bench/results/latest.json)
  --markdown FILE    where the tables go, besides the terminal
  --counts           count storage operations instead, and compare them with lab/bench/counts.json
  --help             print this

What needs a server that this machine lacks (PostgreSQL, Redis, Memcached) is left out with a sentence.
What is measured, and what could bias it: lab/bench/README.md.`

/** @throws With what is wrong. `null`: the help was asked for. */
export function readOptions(args: readonly string[]): Options | null {
  const { values } = parseArgs({
    args: [...args],
    options: {
      scenarios: { type: 'string' },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      connections: { type: 'string', default: '16' },
      users: { type: 'string', default: '8' },
      redis: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      counts: { type: 'boolean', default: false },
      json: { type: 'string' },
      markdown: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return null
  const scenarios = values.scenarios?.split(',') ?? null
  const unknown = scenarios?.filter((name) => !SCENARIO_NAMES.includes(name)) ?? []
  if (unknown.length > 0) throw new Error(`There is no scenario ${unknown.join(', ')}.`)
  if (scenarios?.includes('node') && !values.redis) throw new Error('The scenario node needs --redis.')
  return {
    scenarios,
    rounds: whole('rounds', values.rounds ?? (values.quick ? '2' : '7'), 1, 1000),
    seconds: number('seconds', values.seconds ?? (values.quick ? '0.2' : '1'), 0.1, 60),
    connections: whole('connections', values.connections, 1, 256),
    users: whole('users', values.users, 1, 1000),
    redis: values.redis,
    counts: values.counts,
    json: values.json ?? null,
    markdown: values.markdown ?? null,
  }
}

function number(name: string, text: string, min: number, max: number): number {
  const value = Number(text)
  if (value >= min && value <= max) return value
  throw new Error(`--${name} must be from ${min} to ${max}.`)
}

function whole(name: string, text: string, min: number, max: number): number {
  const value = number(name, text, min, max)
  if (Number.isInteger(value)) return value
  throw new Error(`--${name} must be a whole number.`)
}
