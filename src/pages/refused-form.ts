import type { Context } from 'hono'
import { sentFields } from '../http/body'
import type { Problem } from '../http/problem'
import type { FormState } from './form-state'

/** Holds what is kept of a form that is shown again; never a password. */
const KEPT_FIELDS = ['email', 'name']

/** Returns the state of a form whose POST was refused. */
export function refusedForm(c: Context, { code, options }: Problem): FormState {
  const retryAfter = options.headers?.['Retry-After']
  return {
    problem: { code, ...(retryAfter === undefined ? {} : { retryAfterSeconds: Number(retryAfter) }) },
    errors: (options.errors ?? []).map(({ field, code: errorCode }) => ({ field, code: errorCode })),
    values: keptValues(c),
  }
}

/** Returns whether the address says that a sign-in was over before its second step. */
export function saysSignInExpired(c: Context): boolean {
  // guard: an address says of problems only that a sign-in has expired
  return c.req.method === 'GET' && c.req.query('problem') === 'sign-in-expired'
}

/** Returns what is kept of a form that is shown again, here or on another screen. */
export function keptValues(c: Context): FormState['values'] {
  return Object.fromEntries(Object.entries(sentFields(c)).filter(([name]) => KEPT_FIELDS.includes(name)))
}
