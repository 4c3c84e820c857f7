import type { Context } from 'hono'
import * as v from 'valibot'
import { RECOVERY_CODE } from '../../factors/recovery-code'
import { finishSignIn, type TypedFactor } from '../../flows/sign-in/second-factor'
import { cookieValues } from '../../guards/credential'
import { limitClient } from '../../guards/limit-client'
import { open } from '../../guards/open-route'
import { presentedDevices } from '../../guards/presented-devices'
import { presentedSessions } from '../../guards/presented-sessions'
import { type AuthCookies, clearAuthCookie } from '../../http/auth-cookies'
import { isForm, jsonOrFormBody, missingField } from '../../http/body'
import { Hono } from '../../http/hono'
import { Problem } from '../../http/problem'
import { requestSourceOf } from '../../request-source/read-request-source'
import type { SecondFactorPart, Services } from '../../services'
import type { Mode } from '../../sessions/mode'
import { Code } from '../code-field'
import { deviceField } from '../device'
import { ReturnTo, Text } from '../fields'
import { answerSignIn, attemptRefused, modeFields } from './answer-sign-in'

/** A recovery code, however it was copied. */
const RecoveryCode = v.pipe(
  Text,
  v.transform((code) =>
    code
      .normalize('NFKC')
      .toLowerCase()
      .replace(/[\p{White_Space}\p{Cf}-]/gu, ''),
  ),
  v.regex(RECOVERY_CODE, 'Send a recovery code, as it was shown.'),
)

export const factorFields = { code: v.optional(Code), recovery_code: v.optional(RecoveryCode) }

const SecondFactorBody = v.object({
  ...factorFields,
  pending: v.optional(Text),
  ...modeFields,
  ...deviceField,
  return_to: ReturnTo,
})

/** Creates the routes for the second step of a sign-in. */
export function secondFactorStepRoutes(services: Services & SecondFactorPart) {
  const { config } = services
  const limited = limitClient(services, requestSourceOf)

  return new Hono().post(
    '/login/second-factor',
    open,
    limited,
    jsonOrFormBody(SecondFactorBody),
    async (c) => {
      const { pending, mode: asked, refresh_in, device_token, return_to, ...factor } = c.req.valid('json')
      const typed = typedFactor(factor)
      const arrival = await stepArrival(c, services, { pending, mode: asked, device_token })
      const attempt = await finishSignIn(services, { ...arrival, typed })
      if (attempt.outcome === 'invalid-code') throw new Problem('invalid-second-factor')
      if (attempt.outcome === 'throttled') throw attemptRefused(attempt)
      if (attempt.outcome === 'sign-in-expired') {
        clearPending(c, config.cookies)
        // Whoever pressed the button twice is signed in by now, and the page says that instead.
        if (isForm(c)) return c.redirect(`${config.basePath}${SIGN_IN_EXPIRED_PAGE}`, 303)
        throw signInExpired()
      }
      clearPending(c, config.cookies)
      const { mode, deviceIds } = arrival
      return answerSignIn(c, services, attempt, { mode, refresh_in, return_to, deviceIds, status: 200 })
    },
  )
}

/** The page on which somebody begins anew, with a word about why. */
export const SIGN_IN_EXPIRED_PAGE = '/login?problem=sign-in-expired'

/** Returns the one code that was sent. @throws {Problem} `invalid-input` unless it is one. */
export function typedFactor(sent: {
  readonly code?: string | undefined
  readonly recovery_code?: string | undefined
}): TypedFactor {
  const { code, recovery_code } = sent
  if (code !== undefined && recovery_code === undefined) return { kind: 'totp', code }
  if (code === undefined && recovery_code !== undefined) return { kind: 'recovery-code', code: recovery_code }
  throw missingField(
    code === undefined ? 'code' : 'recovery_code',
    'Send code or recovery_code, one of them.',
  )
}

/** Returns what every second step needs of its request. @throws {Problem} `mode-not-offered`; `invalid-input`. */
export async function stepArrival(
  c: Context,
  services: Services,
  sent: {
    readonly pending?: string | undefined
    readonly mode?: Mode | undefined
    readonly device_token?: string | null | undefined
  },
) {
  const { config } = services
  const { handle, mode } = presentedHandle(c, config.cookies, sent.pending)
  if (!config.modes.includes(mode)) throw new Problem('mode-not-offered')
  // The first step has chosen the mode, and the handle is where that mode keeps it.
  if (sent.mode !== undefined && sent.mode !== mode)
    throw missingField('pending', 'Send it in token mode, and not in session mode.')
  return {
    handle,
    mode,
    source: requestSourceOf(c),
    presented: await presentedSessions(services, c.req.raw.headers),
    deviceIds: await presentedDevices(services, c.req.raw.headers, sent.device_token),
  }
}

/** Returns the handle of a pending sign-in. A client in token mode sends the handle in the body, and a browser in its cookie. Two cookies count as none: one was planted. */
export function presentedHandle(
  c: Context,
  cookies: AuthCookies,
  inBody: string | undefined,
): { readonly handle: string | null; readonly mode: Mode } {
  if (inBody !== undefined) return { handle: inBody, mode: 'token' }
  const [text, ...others] = cookieValues(c.req.raw.headers, cookies.pendingSignIn)
  return { handle: others.length === 0 ? (text ?? null) : null, mode: 'session' }
}

export function clearPending(c: Context, cookies: AuthCookies): void {
  if (cookieValues(c.req.raw.headers, cookies.pendingSignIn).length > 0)
    clearAuthCookie(c, cookies.pendingSignIn)
}

export function signInExpired(): Problem {
  const detail = 'It was completed, took too long, or too many codes were tried. Sign in again.'
  return new Problem('sign-in-expired', { detail })
}
