import type { Context } from 'hono'
import * as v from 'valibot'
import type { Config } from '../../config/config'
import type { MailRequestOutcome } from '../../flows/mail-request'
import type { NoPassword, RefusedAttempt } from '../../flows/sign-in/attempt-password'
import type { IssuedCredentials, SignedIn } from '../../flows/sign-in/prepared-session'
import { cookieValues } from '../../guards/credential'
import { type AuthCookies, clearAuthCookie, setAuthCookie } from '../../http/auth-cookies'
import { isForm } from '../../http/body'
import { Problem } from '../../http/problem'
import type { PasswordRefusal } from '../../passwords/password-policy'
import type { Services } from '../../services'
import type { Mode } from '../../sessions/mode'
import type { Session } from '../../sessions/session'
import { answer, presentGoal } from '../answer'
import { giveDevice } from '../device'
import { type MailSent, type MailSentPage, noteMailSent } from '../mail-sent'
import { presentSession, presentUser } from '../present'
import { type Binding, giveBinding } from './binding'

/** Holds the fields by which a client says how it wants its session. Shared by every route that begins one. */
export const modeFields = {
  mode: v.optional(v.picklist(['session', 'token'], 'Send session or token.')),
  refresh_in: v.optional(v.picklist(['body', 'cookie'], 'Send body or cookie.')),
}

export interface ModeInput {
  readonly mode?: Mode | undefined
  readonly refresh_in?: 'body' | 'cookie' | undefined
}

/** Returns the mode that was requested, or the one there is. @throws {Problem} `mode-not-offered`; `invalid-input`. */
export function chooseMode(c: Context, offered: readonly Mode[], input: ModeInput): Mode {
  const mode = input.mode ?? (offered.includes('session') ? 'session' : 'token')
  if (!offered.includes(mode))
    throw new Problem('mode-not-offered', { detail: `Offered here: ${offered.join(', ')}.` })
  if (mode === 'token' && isForm(c))
    throw new Problem('mode-not-offered', { detail: 'A form gets a session cookie.' })
  if (mode === 'session' && input.refresh_in !== undefined) {
    const message = 'There is a refresh token in token mode only.'
    throw new Problem('invalid-input', { errors: [{ field: 'refresh_in', code: 'invalid', message }] })
  }
  return mode
}

/** Returns the body of a sign-in, with the credentials of its mode where that mode carries them. */
export function presentSignIn(
  c: Context,
  cookies: AuthCookies,
  { user, session, credentials }: SignedIn,
  refreshIn: 'body' | 'cookie',
) {
  return {
    ...presentCredentials(c, cookies, session, credentials, refreshIn),
    user: presentUser(user),
    session: presentSession(session, session.id),
  }
}

/**
 * Presents what a client gets. Session mode: a cookie, and no token in the body. Token mode: the members of RFC 6749 §5.1, and no session cookie;
 * the refresh token in a cookie of its own where a page asked for it.
 */
export function presentCredentials(
  c: Context,
  cookies: AuthCookies,
  session: Session,
  credentials: IssuedCredentials,
  refreshIn: 'body' | 'cookie',
) {
  const lifeSeconds = session.expiresAt - session.createdAt
  if (credentials.mode === 'session') {
    setAuthCookie(c, cookies.session, credentials.sessionToken, lifeSeconds)
    const { seal } = credentials
    if (seal) setAuthCookie(c, cookies.seal, seal.text, seal.seconds)
    return {}
  }
  const { refreshToken } = credentials
  if (refreshIn === 'cookie' && refreshToken !== null)
    setAuthCookie(c, cookies.refresh, refreshToken, lifeSeconds)
  return {
    access_token: credentials.accessToken,
    ...(credentials.accountToken === null ? {} : { account_token: credentials.accountToken }),
    token_type: 'Bearer',
    expires_in: credentials.expiresInSeconds,
    ...(refreshIn === 'body' && refreshToken !== null ? { refresh_token: refreshToken } : {}),
  }
}

export interface SignInAnswer extends ModeInput {
  readonly return_to?: string | undefined
  readonly deviceIds: readonly string[]
  readonly status: 200 | 201
}

/** Answers a sign-in: with the credentials of its mode, or where a form goes on. */
export async function answerSignIn(
  c: Context,
  services: Services,
  /** `returnTo`: where the person wanted to go, as what was mailed knows it. */
  { signedIn, returnTo = null }: { readonly signedIn: SignedIn; readonly returnTo?: string | null },
  { refresh_in = 'body', return_to, deviceIds, status }: SignInAnswer,
) {
  const { config } = services
  clearReplaced(c, config.cookies, signedIn, refresh_in)
  const device = { deviceId: signedIn.deviceId, presentedIds: deviceIds }
  const body = {
    ...presentSignIn(c, config.cookies, signedIn, refresh_in),
    ...(await giveDevice(c, services, device, credentialPlace(signedIn, refresh_in))),
    ...presentGoal(returnTo, config),
  }
  return answer(c, config, { returnTo: return_to ?? returnTo }, body, status)
}

/** Returns where a client keeps what it is given at a sign-in besides an access token. */
export function credentialPlace({ credentials }: SignedIn, refreshIn: 'body' | 'cookie'): 'body' | 'cookie' {
  return credentials.mode === 'session' ? 'cookie' : refreshIn
}

/** Clears the cookies that came along with a sign-in and that it does not use: their sessions have ended with it. */
export function clearReplaced(
  c: Context,
  cookies: AuthCookies,
  { credentials }: SignedIn,
  refreshIn: 'body' | 'cookie',
): void {
  const { session, refresh } = cookies
  const used = credentials.mode === 'session' ? session : refreshIn === 'cookie' ? refresh : null
  for (const cookie of [session, refresh]) {
    if (cookie !== used && cookieValues(c.req.raw.headers, cookie).length > 0) clearAuthCookie(c, cookie)
  }
  if (used !== session) clearSeal(c, cookies)
}

/** Clears the seal: without its session it is useless. */
function clearSeal(c: Context, { seal }: AuthCookies): void {
  if (cookieValues(c.req.raw.headers, seal).length > 0) clearAuthCookie(c, seal)
}

/** Returns where the client of a session keeps its refresh token. */
export function refreshTokenPlace(c: Context, cookies: AuthCookies, sessionId: string): 'body' | 'cookie' {
  const kept = cookieValues(c.req.raw.headers, cookies.refresh)
  return kept.some((text) => text.startsWith(`${sessionId}.`)) ? 'cookie' : 'body'
}

/** Makes the client forget everything it holds of a session that is over (OWASP ASVS 5.0 §7.4.1, §14.3.1). */
export function forgetSession(
  c: Context,
  { cookies, basePath }: { readonly cookies: AuthCookies; readonly basePath: string },
): void {
  clearAuthCookie(c, cookies.session)
  clearAuthCookie(c, cookies.refresh)
  clearSeal(c, cookies)
  // "cookies" would sign the person out of everything else on the domain, and "storage" is another app's where Janus
  // has only a path of the origin.
  // guard: signing out clears no storage of an app that has the origin
  c.header('Clear-Site-Data', basePath === '' ? '"cache", "storage"' : '"cache"')
}

export function passwordRefused(field: string, { code, message }: PasswordRefusal): Problem {
  return new Problem('password-refused', { detail: message, errors: [{ field, code, message }] })
}

export function attemptRefused(attempt: RefusedAttempt | NoPassword): Problem {
  if (attempt.outcome === 'no-password') {
    const detail =
      'Leave the password out: a proof of the last ten minutes is enough. POST /reauthenticate takes one, and POST /password then sets a first password.'
    return new Problem('password-not-set', { detail })
  }
  if (attempt.outcome === 'refused') return new Problem('invalid-credentials')
  return new Problem('too-many-attempts', { headers: { 'Retry-After': String(attempt.retryAfterSeconds) } })
}

/** Returns one answer for every link that is not valid: used, too old, replaced by a newer one, for another address or another client. */
export function invalidLink(): Problem {
  const detail =
    'It may have expired, been used already, been replaced by a newer one, or been sent without its binding. Request a new link, and confirm it in the browser or client that requests it.'
  return new Problem('invalid-link', { detail })
}

/** Returns one answer for every code that is not valid: mistyped, too old, used, tried too often, or without its secret. */
export function invalidCode(): Problem {
  const detail =
    'It may be mistyped, expired, used already or tried too often, or the binding may not be the one that the request returned. Request a new code.'
  return new Problem('invalid-code', { detail })
}

/** Returns what there is to say to somebody who asks for mail: the same, whether there is an account or not. */
export function answerMailRequest(
  c: Context,
  config: Config,
  {
    outcome,
    binding,
    page,
    sent,
    returnTo,
  }: {
    readonly outcome: MailRequestOutcome
    /** Holds what the client keeps, if the link is bound to it. */
    readonly binding: Binding | null
    /** Holds what the page says that a form leads to. */
    readonly page: MailSentPage
    /** Holds what that page shows. */
    readonly sent: MailSent
    /** Says where a form goes at once, instead of there. */
    readonly returnTo?: string | undefined
  },
) {
  if (outcome.outcome === 'throttled') throw attemptRefused(outcome)
  if (binding) giveBinding(c, binding)
  if (isForm(c) && returnTo === undefined) noteMailSent(c, config.cookies, sent)
  const body = binding === null ? {} : { binding: binding.secret.text }
  return answer(c, config, { returnTo, page: `/mail-sent?for=${page}` }, body, 202)
}
