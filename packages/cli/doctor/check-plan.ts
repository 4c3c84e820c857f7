import type { Config } from '../../../src/config/config.ts'
import { commandLine, pageOf } from '../place.ts'
import { asWritten } from './as-written.ts'
import type { Deployment } from './deployment.ts'
import { error, type Finding, ok, warning } from './finding.ts'

/** The plan of the account; wrangler cannot say which it is. */
export type Plan = 'free' | 'paid' | 'unknown'

const PLANS = ['free', 'paid', 'unknown'] as const satisfies readonly Plan[]

/** Parses `--plan`. @throws If there is no such plan. */
export function parsePlan(text: string): Plan {
  const plan = PLANS.find((known) => known === text)
  if (!plan) throw new Error('--plan must be free or paid')
  return plan
}

/** 600,000 iterations stay below 250 ms of CPU in production, as reported at cloudflare/workerd#3541; not measured by us. */
const CPU_MS_PER_ITERATION = 250 / 600_000

/** A password change verifies the old one and hashes the new; a sign-in may do as much, when the cost has changed. */
const HASHES_PER_REQUEST = 2

/** https://developers.cloudflare.com/workers/platform/limits/ (November 2026). */
const FREE_CPU_MS = 10
const PAID_DEFAULT_CPU_MS = 30_000
const FREE_KV_WRITES_A_DAY = '1,000'

/** Beyond 10 ms the free plan gives banked time: a quiet service gets through with some 50 ms, a busy one does not. */
const FREE_BANKED_CPU_MS = 50

/** Checks the limits of the plan against the cost of the configuration. */
export function checkPlan({ wrangler, file }: Deployment, config: Config, plan: Plan): readonly Finding[] {
  const hashMs = Math.round(config.passwordIterations * CPU_MS_PER_ITERATION)
  const limits = wrangler.limits?.cpu_ms
  if (plan === 'free') return checkFree(file, config, hashMs, limits !== undefined)
  const paid = checkPaidCpu(hashMs, limits ?? PAID_DEFAULT_CPU_MS)
  // The free plan refuses a deploy with limits, so whoever has them is on the other.
  if (plan === 'paid' || limits !== undefined) return [paid]
  const usesKv = config.sessionCopies === 'kv' && config.modes.includes('session')
  const kv = usesKv ? `, and KV takes ${FREE_KV_WRITES_A_DAY} writes a day` : ''
  const what = `The plan of the account is unknown. Workers Free gives a request ${FREE_CPU_MS} ms of CPU, and a hash takes up to ${hashMs} ms${kv}.`
  return [
    paid,
    warning('plan.unknown', what, `Name it: ${commandLine('doctor', '--remote --plan paid')} (or free).`),
  ]
}

function checkPaidCpu(hashMs: number, limitMs: number): Finding {
  const neededMs = hashMs * HASHES_PER_REQUEST
  if (neededMs <= limitMs) {
    const what = `On Workers Paid a password fits: up to ${hashMs} ms of CPU for a hash, of ${limitMs} ms a request.`
    return ok('plan.cpu', what)
  }
  const what = `A request may hash twice, up to ${neededMs} ms of CPU, and cpu_ms in limits is ${limitMs}.`
  return error('plan.cpu', what, `Set cpu_ms to ${2 * neededMs} or more, or lower PASSWORD_ITERATIONS.`)
}

function checkFree(file: string, config: Config, hashMs: number, hasLimits: boolean): readonly Finding[] {
  const level = hashMs > FREE_BANKED_CPU_MS ? error : warning
  const what = `Workers Free gives a request ${FREE_CPU_MS} ms of CPU, and a hash takes up to ${hashMs} ms: sign-ins fail under load.`
  const fix =
    'Use Workers Paid. For a service with few sign-ins it may be enough to set PASSWORD_ITERATIONS to 100000, the lowest value.'
  const findings = [level('plan.cpu', what, fix)]
  if (hasLimits) {
    findings.push(error('plan.limits', 'Workers Free rejects a deploy with limits.', 'Remove limits.'))
  }
  if (config.sessionCopies === 'kv' && config.modes.includes('session')) {
    const what = `Workers Free takes ${FREE_KV_WRITES_A_DAY} KV writes a day, so at most as many sign-ins with a session.`
    findings.push(
      warning('plan.kv', what, 'Use Workers Paid, or set AUTH_MODE to token, or SESSION_COPIES to none.'),
    )
  }
  if (config.mail.carrier === 'cloudflare') {
    const what = 'On Workers Free, Cloudflare sends mail to verified addresses of your own only.'
    const resend = asWritten(file, 'vars', 'MAILER', 'resend')
    findings.push(error('plan.mail', what, `Use Workers Paid, or ${resend}: ${pageOf('guides/mail.md')}.`))
  }
  return findings
}
