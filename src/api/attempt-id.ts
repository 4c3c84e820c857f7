import type { Context, MiddlewareHandler } from 'hono'
import * as v from 'valibot'
import { isForm, sentFields } from '../http/body'
import { Problem } from '../http/problem'
import { withFacts } from '../http/route-facts'
import { Text } from './fields'

/** Long enough that nobody guesses it, as a UUID is. */
const ATTEMPT_ID = /^[\w-]{22,128}$/

/**
 * Returns what names an attempt, so that a second click or a second try is the same attempt: the hidden field `attempt` of a form, or the
 * header `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header). `null` if there is none: then each request stands alone.
 *
 * @throws {Problem} `invalid-input`.
 */
export function attemptIdOf(c: Context): string | null {
  const text = isForm(c) ? sentFields(c).attempt : c.req.header('Idempotency-Key')?.replace(/^"(.*)"$/, '$1')
  if (text === undefined) return null
  if (ATTEMPT_ID.test(text)) return text
  const message = 'Send 22 to 128 letters, digits, hyphens and underscores, as a UUID has.'
  const field = isForm(c) ? 'attempt' : 'Idempotency-Key'
  throw new Problem('invalid-input', { errors: [{ field, code: 'invalid', message }] })
}

/** Returns the fields of a form that names its attempt, because a form sends no headers. */
export function formWithAttempt<const Entries extends v.ObjectEntries>({
  entries,
}: {
  readonly entries: Entries
}) {
  return v.object({ ...entries, attempt: v.optional(Text) })
}

/** Says of a route that it asks for {@link attemptIdOf}. Behind the body. */
export const repeatable: MiddlewareHandler = withFacts(
  async (c, next) => {
    attemptIdOf(c)
    await next()
  },
  { repeatable: true },
)
