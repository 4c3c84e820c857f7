import type { IsBreached } from './breached-passwords'
import { createCommonList, type IsCommon, LONG_PASSWORD } from './common-list'
import { COMMON_PASSWORDS } from './common-passwords'

/** Says why a new password was refused; a caller may be told. */
export interface PasswordRefusal {
  readonly code: 'too-short' | 'too-long' | 'common' | 'guessable' | 'breached'
  readonly message: string
}

/** The rules for new passwords of one service. */
export interface PasswordPolicy {
  /** In code points. */
  readonly minLength: number
  /** Returns why an account may not choose a password, or `null` if it may. */
  check(password: string, account: PasswordOwner): Promise<PasswordRefusal | null>
}

/** Describes the owner of the password, because it must not follow from that. */
interface PasswordOwner {
  readonly email: string
  readonly name: string | null
}

export function createPasswordPolicy({
  minLength,
  serviceHost,
  isShortCommon,
  isBreached,
}: {
  readonly minLength: number
  readonly serviceHost: string
  /** `null`: the service was made without `createShortPasswords`. */
  readonly isShortCommon: IsCommon | null
  /** `null`: no breach service is asked. */
  readonly isBreached: IsBreached | null
}): PasswordPolicy {
  return {
    minLength,
    async check(password, account) {
      const context = passwordContext(account, serviceHost)
      const refusal = await checkPassword(password, { minLength, context, isShortCommon })
      // Last, because it is a request to elsewhere.
      if (refusal || !isBreached) return refusal
      // guard: breached passwords are refused
      return (await isBreached(password.normalize('NFC'))) ? BREACHED : null
    },
  }
}

const BREACHED: PasswordRefusal = {
  code: 'breached',
  message: 'This password was found in a data breach. Choose one that you use nowhere else.',
}

/** Returns what an attacker who knows the account would try first: words that no password may be made of. */
export function passwordContext({ email, name }: PasswordOwner, serviceHost: string): readonly string[] {
  const localPart = email.slice(0, email.lastIndexOf('@'))
  return [email, localPart, name ?? '', serviceHost, 'janus']
}

/** More than anyone types and less than anyone could stall a hash with. Accepted whole, never truncated. */
export const PASSWORD_MAX_LENGTH = 256

/**
 * Returns why a password may not be chosen, or `null` when it may (NIST SP 800-63B-4 §3.1.1.2).
 *
 * Length counts code points after NFC. There are no composition rules: every character is welcome. What is refused
 * is what others chose before and what follows from the account itself.
 *
 * @param context Words an attacker would try first: the address, the name, the service.
 */
export async function checkPassword(
  password: string,
  policy: {
    readonly minLength: number
    readonly context: readonly string[]
    readonly isShortCommon: IsCommon | null
  },
): Promise<PasswordRefusal | null> {
  const normalized = password.normalize('NFC')
  const length = [...normalized].length
  // guard: passwords have a minimum length
  if (length < policy.minLength) {
    return { code: 'too-short', message: `Use at least ${policy.minLength} characters; yours has ${length}.` }
  }
  if (length > PASSWORD_MAX_LENGTH) {
    return {
      code: 'too-long',
      message: `Use at most ${PASSWORD_MAX_LENGTH} characters; yours has ${length}.`,
    }
  }
  const folded = normalized.toLowerCase()
  const isCommon = [...folded].length < LONG_PASSWORD ? policy.isShortCommon : isLongCommon
  // Without its list nothing vouches for a short password.
  // guard: common passwords are refused
  if (isCommon === null || (await isCommon(folded))) {
    return { code: 'common', message: 'This password is on lists of leaked passwords. Choose another.' }
  }
  if (isMadeOf(folded, policy.context)) {
    return {
      code: 'guessable',
      message:
        'This password is made of your address, your name or the name of this service. Choose another.',
    }
  }
  return null
}

const isLongCommon = createCommonList(COMMON_PASSWORDS)

/** A shorter word occurs in good passwords by chance. */
const CONTEXT_WORD_MIN_LENGTH = 4

/** Holds what has to remain when the words are taken out: the length below which no password is ever accepted. */
const REMAINDER_MIN_LENGTH = 8

function isMadeOf(folded: string, context: readonly string[]): boolean {
  const words = context
    .flatMap((phrase) => [phrase, ...phrase.split(/[^\p{L}\p{N}]+/u)])
    .map((word) => word.normalize('NFC').toLowerCase())
    .filter((word) => word.length >= CONTEXT_WORD_MIN_LENGTH)
    .sort((a, b) => b.length - a.length)
  const remainder = words.reduce((rest, word) => rest.replaceAll(word, ''), folded)
  return remainder !== folded && [...remainder].length < REMAINDER_MIN_LENGTH
}
