import type { Config } from '../../../src/config/config.ts'
import { isLocal } from '../../../src/http/trustworthy-url.ts'
import { commandLine } from '../place.ts'
import { error, type Finding, ok } from './finding.ts'

const PATIENCE_MS = 5_000

type Fetch = (url: string, init: RequestInit) => Promise<Response>

/** One entry of `readyz` (src/api/service/health.ts). */
interface ServiceCheck {
  readonly name: string
  readonly ok: boolean
  readonly detail?: string
}

type Service = Pick<Config, 'issuer' | 'modes' | 'jwtAlg'>

/** Asks the service itself, as anyone can. That it does not answer is a finding. */
export async function checkService(service: Service, ask: Fetch = fetch): Promise<readonly Finding[]> {
  const readiness = await checkReadiness(service.issuer, ask)
  // Where nothing answers, or something else does, there is nothing more to learn.
  if (readiness.some(({ check }) => check === 'service.answer' || check === 'service.reach')) return readiness
  return [...readiness, ...(await checkHeaders(service.issuer, ask)), ...(await checkKeySet(service, ask))]
}

/** Checks `GET /readyz`: `service.ready` if all is well, `service.answer` if something else answers, `service.reach` if nothing does. */
export async function checkReadiness(issuer: string, ask: Fetch = fetch): Promise<readonly Finding[]> {
  const url = `${issuer}/readyz`
  const response = await get(url, ask)
  if (typeof response === 'string') return [unreachable(url, response)]
  const report = await response.json().catch(() => null)
  if (!isReport(report) || report.checks.length === 0) {
    const what = `${url} answers ${response.status}, but not as Janus does. Requests reach something else.`
    return [
      error('service.answer', what, 'Check the route, and that Janus is mounted at the path of ISSUER.'),
    ]
  }
  const failed = report.checks.filter(({ ok }) => !ok)
  if (response.status === 200 && failed.length === 0) return [ok('service.ready', `${url} says: ready.`)]
  if (failed.length === 0) {
    const what = `${url} answers ${response.status}, although every check passes.`
    return [error('service.check', what, 'See the log of the Worker: npx wrangler tail')]
  }
  return failed.map(({ name, detail }) =>
    error(
      'service.check',
      `${name}: ${detail ?? 'not ready.'}`,
      `Correct it, then run ${commandLine('deploy')}.`,
    ),
  )
}

/** Checks that the headers of Janus arrive unchanged, because a proxy or cache in front can change them. */
async function checkHeaders(issuer: string, ask: Fetch): Promise<readonly Finding[]> {
  const url = `${issuer}/healthz`
  const response = await get(url, ask)
  if (typeof response === 'string') return [unreachable(url, response)]
  const { headers } = response
  const findings: Finding[] = []
  if (!headers.get('Cache-Control')?.includes('no-store') || headers.has('Age')) {
    const what =
      'Answers arrive as if they could be cached: something in front of Janus changes Cache-Control.'
    findings.push(error('service.cache', what, 'Remove the cache rule or proxy from these paths.'))
  }
  // Janus sends none from this machine: it would bind every other service here.
  if (!isLocal(new URL(issuer)) && !headers.has('Strict-Transport-Security')) {
    const what = 'Strict-Transport-Security does not arrive. Something in front of Janus removes it.'
    findings.push(error('service.hsts', what, 'Make it pass the headers of Janus through.'))
  }
  if (headers.has('Set-Cookie')) {
    const what = 'A response that sets no cookie arrives with one. Something in front of Janus adds it.'
    findings.push(
      error(
        'service.cookie',
        what,
        'Find what adds it, for example a bot or load-balancing rule, and turn that off.',
      ),
    )
  }
  return findings.length > 0 ? findings : [ok('service.headers', 'Response headers arrive unchanged.')]
}

async function checkKeySet({ issuer, modes, jwtAlg }: Service, ask: Fetch): Promise<readonly Finding[]> {
  // HS256 has no public key.
  if (!modes.includes('token') || jwtAlg === 'HS256') return []
  const url = `${issuer}/.well-known/jwks.json`
  const response = await get(url, ask)
  if (typeof response === 'string') return [unreachable(url, response)]
  const keySet = await response.json().catch(() => null)
  const { keys } = (keySet ?? {}) as { readonly keys?: unknown }
  if (response.status === 200 && Array.isArray(keys) && keys.length > 0)
    return [ok('service.keys', 'The key set is published.')]
  const what = `${url} answers ${response.status} and no key set, so access tokens cannot be verified.`
  return [error('service.keys', what, 'See the log of the Worker: npx wrangler tail')]
}

/** Returns an answer, or why there is none. A redirect is an answer, because the issuer must answer itself. */
async function get(url: string, ask: Fetch): Promise<Response | string> {
  try {
    return await ask(url, { redirect: 'manual', signal: AbortSignal.timeout(PATIENCE_MS) })
  } catch (failure) {
    if (!(failure instanceof Error)) throw failure
    if (failure.name === 'TimeoutError') return `no answer within ${PATIENCE_MS / 1000} seconds`
    const { cause } = failure
    return cause instanceof Error
      ? cause.message || String((cause as NodeJS.ErrnoException).code)
      : failure.message
  }
}

function unreachable(url: string, reason: string): Finding {
  const fix =
    'Check DNS and the route. After a first deploy, the certificate of a new host takes some minutes.'
  return error('service.reach', `${url} cannot be reached: ${reason}.`, fix)
}

function isReport(report: unknown): report is { readonly checks: readonly ServiceCheck[] } {
  return typeof report === 'object' && report !== null && 'checks' in report && Array.isArray(report.checks)
}
