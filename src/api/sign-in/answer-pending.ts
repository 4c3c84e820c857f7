import type { Context } from 'hono'
import type { NextStep, PendingSignIn } from '../../flows/sign-in/second-factor'
import { setAuthCookie } from '../../http/auth-cookies'
import type { Services } from '../../services'
import type { Mode } from '../../sessions/mode'
import { answer } from '../answer'

/** Answers a first factor, where the account has a second: nobody is signed in by it. */
export function answerPending(c: Context, services: Services, pending: PendingSignIn, mode: Mode) {
  const { config } = services
  const body = presentPending(c, services, pending, mode)
  if (mode === 'token') return c.json(body, 200)
  return answer(c, config, { returnTo: null, page: nextPage(body.next) }, body)
}

/** Returns how a sign-in goes on, with its handle in token mode; in session mode a cookie has that. */
export function presentPending(
  c: Context,
  { config }: Pick<Services, 'config'>,
  { next, handle, expiresInSeconds }: PendingSignIn,
  mode: Mode,
) {
  const body = { next, expires_in: expiresInSeconds }
  if (mode === 'token') return { ...body, pending: handle }
  setAuthCookie(c, config.cookies.pendingSignIn, handle, expiresInSeconds)
  return body
}

/** Returns the page on which a sign-in goes on. It reads no account, and is told what to offer. */
export function nextPage(next: readonly NextStep[]): string {
  if (next.includes('link')) return '/login/second-factor/set-up?by=mail'
  // guard: no code is asked for where nothing that the account has is accepted
  if (next.length === 0) return '/login/second-factor?by=none'
  const besides = next.some((step) => step.endsWith('passkey')) ? 'with=passkey' : ''
  if (next.includes('enrol-totp')) return withQuery('/login/second-factor/set-up', [besides])
  // The page has a field for the code of an app and one for a recovery code, unless it is told otherwise.
  const [first] = next
  // guard: no code is asked of an account that has passkeys alone
  if (first === 'passkey') return '/login/second-factor?by=passkey'
  return withQuery('/login/second-factor', [first === 'recovery-code' ? 'by=recovery-code' : '', besides])
}

function withQuery(path: string, parameters: readonly string[]): string {
  const query = parameters.filter((each) => each !== '').join('&')
  return query === '' ? path : `${path}?${query}`
}
