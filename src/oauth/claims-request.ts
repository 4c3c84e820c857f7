import * as v from 'valibot'
import type { AssuranceLevel } from '../sessions/assurance'
import { PERSON_CLAIMS, scopeOfClaim } from './person-claims'

/** Holds what the parameter `claims` asks for (OpenID Connect Core §5.5), as far as it means something here. */
export interface ClaimsRequest {
  /** The scopes that the claims take, so that a person is asked for them as for any scope. */
  readonly scopes: readonly string[]
  /** Claims about the person that the ID token has to say. */
  readonly inIdToken: readonly string[]
  /** Levels of which the sign-in must have one; none: whatever it has. */
  readonly essentialAcr: readonly string[]
  /** The only person about whom the client wants an answer; `null`: any. */
  readonly subject: string | null
}

export const NO_CLAIMS: ClaimsRequest = { scopes: [], inIdToken: [], essentialAcr: [], subject: null }

/** Bounds the parameter, in characters. It travels in URLs. */
const CLAIMS_MAX_LENGTH = 1024

const Wanted = v.nullable(
  v.object({
    essential: v.optional(v.boolean()),
    value: v.optional(v.string()),
    // guard: a claim that may have none of the values there are is no claim that may have any
    values: v.optional(v.pipe(v.array(v.string()), v.minLength(1))),
  }),
)

/** Says of a claim that cannot be read whether it is essential all the same. */
const Essential = v.object({ essential: v.literal(true) })

/** A `sub` that cannot be read is one about nobody, and not about anybody. */
const Subjects = v.array(v.optional(Wanted))

/** An array is an object for valibot, too. */
const NoArray = v.pipe(
  v.unknown(),
  v.check((value) => !Array.isArray(value)),
)

const Members = v.optional(v.pipe(NoArray, v.record(v.string(), v.unknown())), {})

const Request = v.pipe(NoArray, v.object({ userinfo: Members, id_token: Members }))

/** Reads the parameter; `null` for what is none. Claims that nobody knows here are passed over. */
export function parseClaimsRequest(text: string | null): ClaimsRequest | null {
  if (text === null) return NO_CLAIMS
  if (text.length > CLAIMS_MAX_LENGTH) return null
  const request = v.safeParse(Request, parseJson(text))
  if (!request.success) return null
  const { userinfo, id_token: idToken } = request.output
  const asked = PERSON_CLAIMS.filter((claim) => claim in userinfo || claim in idToken)
  const acr = v.safeParse(Wanted, idToken.acr)
  // guard: an essential level that cannot be read is not passed over
  if (!acr.success && v.is(Essential, idToken.acr)) return null
  const subjects = v.safeParse(Subjects, [idToken.sub, userinfo.sub])
  if (!subjects.success) return null
  const [subject = null, ...others] = new Set(subjects.output.flatMap((each) => (each ? valuesOf(each) : [])))
  // guard: claims name one person, or the request is refused
  if (others.length > 0) return null
  return {
    scopes: [...new Set(asked.map(scopeOfClaim))],
    inIdToken: PERSON_CLAIMS.filter((claim) => claim in idToken),
    essentialAcr: acr.success && acr.output?.essential ? valuesOf(acr.output) : [],
    subject,
  }
}

function valuesOf({ value, values = [] }: NonNullable<v.InferOutput<typeof Wanted>>): readonly string[] {
  return value === undefined ? values : [value]
}

/** Returns whether a sign-in has a level that the client must have. */
export function hasEssentialLevel({ essentialAcr }: ClaimsRequest, acr: AssuranceLevel): boolean {
  // guard: an essential level is had, or the client is told that it is not
  return essentialAcr.length === 0 || essentialAcr.includes(acr)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
