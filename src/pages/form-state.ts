import type { ProblemCode } from '../http/problem'
import { PASSWORD_MAX_LENGTH } from '../passwords/password-policy'
import type { Texts } from './texts/en'

/** A form as it comes back: what was refused, and what had been typed. */
export interface FormState {
  readonly problem: { readonly code: ProblemCode; readonly retryAfterSeconds?: number } | null
  readonly errors: readonly FormError[]
  /** By field. Holds no password: a page never sends one back. */
  readonly values: Readonly<Record<string, string>>
}

export interface FormError {
  readonly field: string
  readonly code: string
}

/** A form that was not sent yet. */
export const FRESH_FORM: FormState = { problem: null, errors: [], values: {} }

/** Returns what is wrong with a field, for people. There is a text for every code, known or not. */
export function errorText({ errors }: Texts, { field, code }: FormError, passwordMinLength = 0): string {
  return (
    find(find<TextsByCode>(errors.fields, field) ?? {}, code) ??
    find(errors.newPassword(passwordMinLength, PASSWORD_MAX_LENGTH), code) ??
    find(errors.anyField, code) ??
    errors.other
  )
}

/** Says seconds as a person would say them, rounded up: nobody should come back too early. */
export function waitText({ form }: Texts, seconds: number): string {
  if (seconds < 90) return form.seconds(seconds)
  const minutes = Math.ceil(seconds / 60)
  return minutes < 90 ? form.minutes(minutes) : form.hours(Math.ceil(minutes / 60))
}

type TextsByCode = Readonly<Record<string, string>>

/** Reads own members only: a field may be called `constructor`. */
function find<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined
}
