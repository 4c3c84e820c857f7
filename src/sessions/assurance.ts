/**
 * Describes how somebody proved who they are. `pwd`: a password. `link`: what was mailed, as a link or a code. `totp`: a code of an authenticator app.
 * `recovery`: a recovery code. `social`: another provider vouched for them. `passkey`, `synced-passkey`: a passkey that stays on one device, or is kept on several, with the person verified.
 */
export type AuthenticationMethod = keyof typeof METHODS

/** One proof, and when it was given. */
export interface ProvenMethod {
  readonly method: AuthenticationMethod
  readonly at: number
}

/** Describes how sure Janus is of a person: by one factor, or by the second factor of the account as well. */
export type AssuranceLevel = 'urn:janus:1fa' | 'urn:janus:2fa'

interface MethodFacts {
  /** The words of RFC 8176 for it. */
  readonly amr: readonly string[]
  /** Says whether it proves an account by itself, and whether it adds to what did. Mail never adds (OWASP ASVS 5.0 §6.3.6). */
  readonly proves: 'account' | 'possession' | 'both'
}

const METHODS = {
  pwd: { amr: ['pwd'], proves: 'account' },
  // guard: mail is never a second factor
  link: { amr: ['otp'], proves: 'account' },
  // How the provider has asked is not known. RFC 8176 has no word for it; this one is in use for it.
  social: { amr: ['fed'], proves: 'account' },
  totp: { amr: ['otp'], proves: 'possession' },
  recovery: { amr: ['otp'], proves: 'possession' },
  // The authenticator has asked for a face, a finger or a PIN, so one passkey is two factors (NIST SP 800-63B-4 §3.1.7).
  passkey: { amr: ['hwk', 'user', 'mfa'], proves: 'both' },
  'synced-passkey': { amr: ['swk', 'user', 'mfa'], proves: 'both' },
} as const satisfies Record<string, MethodFacts>

export const AUTHENTICATION_METHODS = Object.keys(METHODS) as readonly AuthenticationMethod[]

/** Lists the methods that prove an account by themselves, and those that add to what did. A session of both has two factors. */
export const FIRST_FACTORS = AUTHENTICATION_METHODS.filter(
  (method) => METHODS[method].proves !== 'possession',
)
export const SECOND_FACTORS = AUTHENTICATION_METHODS.filter(isSecondFactor)

/** Describes what is said of a session about its proofs, in the words of OpenID Connect Core §2. */
export interface Assurance {
  /** RFC 8176, each word once. `mfa` only where two kinds of factors were proven: what is mailed is none besides a code. */
  readonly amr: readonly string[]
  readonly acr: AssuranceLevel
  /** Says when the level was reached: of a second factor, when that was proven last. */
  readonly authenticatedAt: number
}

/** Derives what is said of a session from the proofs that it rests on. */
export function assuranceOf(methods: readonly ProvenMethod[]): Assurance {
  const second = methods.filter(({ method }) => METHODS[method].proves !== 'account')
  const first = methods.filter(({ method }) => METHODS[method].proves !== 'possession')
  const both = first.length > 0 && second.length > 0
  const words = methods.flatMap(({ method }): readonly string[] => METHODS[method].amr)
  const mfa = both && methods.some(({ method }) => method === 'pwd') ? ['mfa'] : []
  return {
    amr: [...new Set([...words, ...mfa])],
    acr: both ? 'urn:janus:2fa' : 'urn:janus:1fa',
    // guard: a password that is typed later makes no old code look recent
    authenticatedAt: Math.max(0, ...(both ? second : methods).map(({ at }) => at)),
  }
}

/** Returns whether a method is a second factor, alone or after another. */
export function isSecondFactor(method: AuthenticationMethod): boolean {
  return METHODS[method].proves !== 'account'
}

/** Returns the proofs that are left of a session whose account has no authenticator app any more. */
export function withoutSecondFactor(methods: readonly ProvenMethod[]): readonly ProvenMethod[] {
  return methods.filter(({ method }) => METHODS[method].proves !== 'possession')
}

/** Returns the proofs of a session after another one: it takes the place of the proofs of its kind. */
export function addProof(methods: readonly ProvenMethod[], added: ProvenMethod): readonly ProvenMethod[] {
  const { proves } = METHODS[added.method]
  const others = methods.filter(({ method }) => METHODS[method].proves !== proves)
  return proves === 'account' ? [added, ...others] : [...others, added]
}
