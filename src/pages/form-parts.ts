import type { FormState } from './form-state'
import type { PageContext } from './page'

/** Describes what the parts of one form share. */
export interface FormParts {
  readonly context: PageContext
  /** Unique on its page; leads the ids of the fields. */
  readonly id: string
  readonly state: FormState
  /** The names of the fields that can be seen, from top to bottom. */
  readonly fields: readonly string[]
  /** The field to begin with when the form was refused as a whole; `null` where there is none to fill in. */
  readonly retry: string | null
  /** Says whether the page is there for this form, so that one can begin to type at once. */
  readonly main?: boolean
  /** Says whether the form takes a password alone: a person who is signed in cannot have mistyped the address. */
  readonly passwordOnly?: boolean
  /** In code points; for a form that chooses a password. */
  readonly passwordMinLength?: number
}

export function isFresh({ problem, errors }: FormState): boolean {
  return problem === null && errors.length === 0
}

/** Returns the field that has the focus: the first empty one of a page's main form, or what was refused. `null` where there is none. */
export function focused({ state, fields, retry, main = false }: FormParts): string | null {
  if (isFresh(state)) return main ? (fields.find((name) => !state.values[name]) ?? null) : null
  return fields.find((name) => state.errors.some(({ field }) => field === name)) ?? retry
}

export function fieldId(form: FormParts, name: string): string {
  return `${form.id}-${name}`
}
