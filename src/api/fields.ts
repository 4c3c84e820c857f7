import * as v from 'valibot'
import type { FieldError } from '../http/problem'
import { parseEmailAddress } from '../identity/email-address'
import { checkVisibleText, type TextFault } from '../identity/visible-text'
import type { PasswordPolicy } from '../passwords/password-policy'

/** Bounds what is normalised and hashed: a password of 256 characters, each with a few combining marks, fits. */
const TEXT_MAX_LENGTH = 1024

/** Text that UTF-8 can carry: a lone surrogate would be stored as another character than was sent. */
export const Text = textOf(TEXT_MAX_LENGTH)

function textOf(most: number) {
  return v.pipe(
    v.string('Send a string.'),
    v.maxLength(most, `Use at most ${most} characters.`),
    v.check((text) => text.isWellFormed(), 'Send well-formed Unicode.'),
  )
}

export const Email = v.pipe(
  Text,
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    const address = parseEmailAddress(dataset.value)
    if (address) return address
    addIssue({ message: 'Send an email address, for example ada@example.com.' })
    return NEVER
  }),
)

const TEXT_FAULTS: Readonly<Record<TextFault, string>> = {
  'control-character': 'Use no control characters.',
  'direction-control': 'Use no characters that change the direction of text.',
  'invisible-character': 'Use no invisible characters, and at least one that can be seen.',
}

/** Empty means none: forms cannot send nothing. */
export const Name = v.pipe(
  Text,
  v.check((name) => [...name].length <= 100, 'Use at most 100 characters.'),
  v.rawTransform(({ dataset, addIssue }) => {
    const fault = checkVisibleText(dataset.value)
    // guard: a name is looked at
    if (fault) addIssue({ message: TEXT_FAULTS[fault], expected: fault })
    return dataset.value.trim().normalize('NFC') || null
  }),
)

/** Validates the token that a widget of Turnstile gives, where one is configured. */
export const TurnstileToken = v.optional(
  v.pipe(v.string('Send a string.'), v.maxLength(2048, 'Use at most 2048 characters.')),
)

/** Room for the request of an app that waits until its person has signed in (src/oauth/request-seals.ts). */
const RETURN_TO_MAX_LENGTH = 3600

export const ReturnTo = v.optional(textOf(RETURN_TO_MAX_LENGTH))

/**
 * Makes what finds the fault of a new password in a body that is refused for something else, so that a person learns of both at once.
 * The words of an account that is not known here, as on a change of password, come into it once the rest is right.
 */
export function newPasswordFaults(
  field: 'password' | 'new_password',
  { passwordPolicy }: { readonly passwordPolicy: PasswordPolicy },
) {
  return async (fields: Readonly<Record<string, unknown>>): Promise<readonly FieldError[]> => {
    const text = (name: string) => {
      const parsed = v.safeParse(Text, fields[name])
      return parsed.success ? parsed.output : null
    }
    const password = text(field)
    if (password === null) return []
    const refusal = await passwordPolicy.check(password, { email: text('email') ?? '', name: text('name') })
    return refusal ? [{ field, ...refusal }] : []
  }
}
