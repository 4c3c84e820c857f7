import type { Context, MiddlewareHandler } from 'hono'
import * as v from 'valibot'
import { parseReadableType } from '../../http/media-type'
import { readBody } from '../../http/read-body'
import { withFacts } from '../../http/route-facts'
import { type OAuthError, oauthError } from '../../oauth/oauth-error'

/** More than any request of OAuth needs. */
const FORM_MAX_BYTES = 16 * 1024

/** The parameters of a request by name. One without a value counts as left out (RFC 6749 §3.2). */
export type OAuthForm = ReadonlyMap<string, string>

/**
 * Reads the form of a request to an endpoint of OAuth (RFC 6749 §3.2). Unknown parameters are ignored, repeated ones refused, and nothing is
 * taken from the query, where it would be kept in logs.
 */
export async function readOAuthForm(c: Context): Promise<OAuthForm | OAuthError> {
  // guard: nothing is taken from the query
  if (new URL(c.req.url).search !== '')
    return oauthError('invalid_request', 'Send parameters in the body, and none in the URL.')
  if (parseReadableType(c.req.header('Content-Type') ?? '') !== 'form')
    return oauthError('invalid_request', 'Send Content-Type: application/x-www-form-urlencoded.')
  const bytes = await readBody(c.req.raw, FORM_MAX_BYTES)
  if (bytes === null) return oauthError('invalid_request', `Send at most ${FORM_MAX_BYTES} bytes.`)
  const fields = [...new URLSearchParams(new TextDecoder().decode(bytes))]
  const form = new Map(fields)
  // guard: a parameter of a form comes once
  if (form.size !== fields.length) return oauthError('invalid_request', 'Send each parameter once.')
  // guard: no parameter of a form has a NUL, which PostgreSQL takes in no text
  if (fields.some(([, value]) => value.includes('\0')))
    return oauthError('invalid_request', 'Send no parameter with a NUL.')
  return new Map(fields.filter(([, value]) => value !== ''))
}

/** Says of a route which parameters its form has, for the OpenAPI document. */
export function takesForm<const N extends string>(...names: readonly N[]): MiddlewareHandler {
  const entries = Object.fromEntries(names.map((name) => [name, v.optional(v.string())]))
  return withFacts((_, next) => next(), { oauthForm: v.object(entries) })
}
