import type { Context } from 'hono'
import type { ProblemCode } from './problem'

/** Describes what is noted while a request is handled, for what comes after in the same request. */
export interface RequestVariables {
  /** The members of its body, parsed but not checked. */
  sentFields?: Readonly<Record<string, unknown>>
  /** The same, if the body was a form. */
  sentForm?: Readonly<Record<string, string>>
  /** Says whether an empty form was sent by a client that names that type by default, and not because a person pressed a button. */
  wantsJson?: boolean
  /** Says whether the answer to a form leads to another site, which the page of the form allows. */
  leadsElsewhere?: boolean
  /** With which it was refused. */
  problem?: ProblemCode
}

/** Returns a request with the types of its variables. */
export function withVariables(c: Context): Context<{ Variables: RequestVariables }> {
  return c
}
