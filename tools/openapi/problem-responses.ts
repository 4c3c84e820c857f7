import { isProblemCode, PROBLEMS, type ProblemCode } from '../../src/http/problem'
import type { RouteFacts } from '../../src/http/route-facts'
import type { Header, Reference, ResponseObject } from './open-api'
import type { Operation } from './operation'

/** Lists the problems with which `requirePrincipal` rejects a caller. */
const NOT_SIGNED_IN = ['authentication-required', 'invalid-token', 'token-expired', 'session-ended'] as const

export const PROBLEM_HEADERS: Readonly<Record<string, Header>> = {
  'WWW-Authenticate': {
    description:
      'The challenge (RFC 6750 §3): bare, with `error="invalid_token"` if the request carried an invalid token, or with `error="insufficient_user_authentication"` and what is needed (RFC 9470 §3).',
    required: true,
    schema: {
      type: 'string',
      pattern:
        '^Bearer( error="(invalid_token|insufficient_user_authentication)"(, acr_values="[a-z0-9:]+")?(, max_age="[0-9]+")?)?$',
    },
  },
  'Retry-After': {
    description: 'Seconds to wait before a retry.',
    required: true,
    schema: { type: 'string', pattern: '^[1-9][0-9]*$' },
  },
}

interface Route {
  readonly method: string
  readonly open: boolean
  readonly facts: RouteFacts
}

/** Returns every refusal that an operation may be answered with: by its guards, its body, its storage, itself. */
export function problemsOf({ method, open, facts }: Route, operation: Operation): readonly ProblemCode[] {
  const codes: ProblemCode[] = ['internal-error', ...(operation.problems ?? [])]
  if (operation.storage !== false) codes.push('store-unavailable')
  if (!open) codes.push(...NOT_SIGNED_IN)
  if (method !== 'GET') codes.push('cross-site-request')
  if (facts.limited) codes.push('too-many-attempts')
  if (facts.human) codes.push('human-check-failed')
  if (facts.recent) codes.push('insufficient-user-authentication')
  if (facts.mail) codes.push('not-found')
  if (facts.ownAccount) codes.push('account-mismatch')
  if (facts.json) codes.push('invalid-json', 'body-too-large', 'unsupported-media-type', 'invalid-input')
  // In the order of the table, so that equal sets are equal.
  return Object.keys(PROBLEMS)
    .filter(isProblemCode)
    .filter((code) => codes.includes(code))
}

/** Refusals as responses. Those that several operations share are made once. */
export function createProblemResponses() {
  const made: Record<string, ResponseObject> = {}
  return {
    /** By name. */
    made,
    /** One for each status, by status. */
    responsesFor(codes: readonly ProblemCode[]): Readonly<Record<string, Reference>> {
      const byStatus = Map.groupBy(codes, (code) => PROBLEMS[code].status)
      return Object.fromEntries(
        [...byStatus].map(([status, ofStatus]) => {
          const name = nameOf(ofStatus)
          made[name] ??= problemResponse(status, ofStatus)
          return [String(status), { $ref: `#/components/responses/${name}` }]
        }),
      )
    },
  }
}

function problemResponse(status: number, codes: readonly ProblemCode[]): ResponseObject {
  const headers = [
    ...(status === 401 ? ['WWW-Authenticate'] : []),
    ...(status === 429 || status === 503 ? ['Retry-After'] : []),
  ]
  return {
    description: codes.map((code) => `\`${code}\`: ${PROBLEMS[code].title}.`).join(' '),
    ...(headers.length === 0
      ? {}
      : {
          headers: Object.fromEntries(
            headers.map((header) => [header, { $ref: `#/components/headers/${header}` }]),
          ),
        }),
    content: {
      'application/problem+json': {
        schema: {
          $ref: '#/components/schemas/Problem',
          properties: { status: { const: status }, code: { enum: codes } },
        },
      },
    },
  }
}

/** As in `InvalidInputOrPasswordRefused`. */
function nameOf(codes: readonly ProblemCode[]): string {
  const rest = NOT_SIGNED_IN.every((code) => codes.includes(code))
    ? ['not-signed-in', ...codes.filter((code) => !NOT_SIGNED_IN.some((known) => known === code))]
    : codes
  return rest
    .map((code) => code.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase()))
    .join('Or')
}
