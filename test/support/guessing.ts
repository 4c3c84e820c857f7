import { env } from 'cloudflare:workers'
import { expect } from 'vitest'
import type { Mode } from '../../src/sessions/mode'
import { FAILURE_SECONDS } from '../../src/throttling/attempt-limits'
import { recordPbkdf2 } from './counting'
import { type Answer, expectProblem, PASSWORD, send } from './person'
import { type OwnService, ownService } from './service'
import { stopTime } from './stop-time'

export const WRONG = `not ${PASSWORD}`

/** The cost of one password at the settings of vitest.config.ts. */
const HASH_ITERATIONS = 100_000

/** Returns a service at which time stands still. */
export function stoppedService(overrides: Record<string, unknown> = {}): OwnService {
  stopTime()
  return ownService(overrides)
}

/** Counts password hashes from now on. */
export function countHashes(): () => number {
  const iterations = recordPbkdf2()
  return () => iterations().reduce((sum, each) => sum + each, 0) / HASH_ITERATIONS
}

export function logIn(service: OwnService, email: string, password: string, mode: Mode): Promise<Answer> {
  return send(service, 'POST', '/login', { body: { email, password, mode } })
}

/** Asserts a refusal for too many attempts, and gives how long to wait. */
export function expectThrottled(answer: Answer): number {
  expectProblem(answer, 429, 'too-many-attempts')
  expect(answer.cookies).toEqual({})
  return Number(answer.headers.get('Retry-After'))
}

/** Returns all that an answer tells, but for the id of its request. */
export function transcriptOf({ status, headers, text, body }: Answer) {
  return { status, headers: [...headers], text: text.replace(body.instance, '') }
}

/** Fails as often as is asked, waiting as long as is told. Every address is another. */
export async function fail(service: OwnService, email: string, times: number, mode: Mode): Promise<void> {
  for (let failures = 0; failures < times; ) {
    const answer = await logIn(service, email, WRONG, mode)
    if (answer.status === 429) service.ahead += expectThrottled(answer)
    else {
      expectProblem(answer, 401, 'invalid-credentials')
      failures += 1
    }
  }
}

/** Leaves an account as strangers leave it who have failed so often just now, without the hashes. */
export async function failed({ services }: OwnService, email: string, times: number): Promise<void> {
  const { accountKeys, clock, config } = services
  const over = times - config.freeAttempts
  const delay = over < 0 ? 0 : Math.min(config.maxAttemptDelaySeconds, 2 ** over)
  await env.DB.prepare(
    `INSERT INTO budgets (budget_key, kind, spent_until, blocked_until) VALUES (?1, 'password', ?2, ?3)
     ON CONFLICT (budget_key, kind) DO UPDATE SET spent_until = excluded.spent_until, blocked_until = excluded.blocked_until`,
  )
    .bind(await accountKeys(email), clock() + times * FAILURE_SECONDS, clock() + delay)
    .run()
}

/** Returns the failures that are on record, as the service names its accounts. */
export async function failuresOf({ services }: OwnService, canonicalEmail: string): Promise<number> {
  return failuresAgainst(services, await services.accountKeys(canonicalEmail))
}

/** Returns the failures that count against a budget: of an account's strangers, of a device or of a session. */
export async function failuresAgainst({ clock }: OwnService['services'], key: string): Promise<number> {
  const sql = "SELECT spent_until FROM budgets WHERE budget_key = ?1 AND kind = 'password'"
  const spentUntil = (await env.DB.prepare(sql).bind(key).first<number>('spent_until')) ?? 0
  return Math.max(0, Math.ceil((spentUntil - clock()) / FAILURE_SECONDS))
}

export async function openSessions(userId: string): Promise<number | null> {
  const sql = 'SELECT count(*) AS n FROM sessions WHERE user_id = ?1 AND ended_at IS NULL'
  return env.DB.prepare(sql).bind(userId).first<number>('n')
}
