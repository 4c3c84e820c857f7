import type { Context } from 'hono'
import * as v from 'valibot'
import { DEVICE_LIFETIME_SECONDS } from '../devices/device'
import type { DeviceCredentials } from '../devices/device-credentials'
import { type AuthCookies, setAuthCookie } from '../http/auth-cookies'
import { Text } from './fields'

/**
 * The device credential of a client that keeps no cookies. `null` from one that has none yet, but would keep one. What is malformed or
 * forged counts as none: it must not keep anybody from signing in.
 */
export const deviceField = { device_token: v.optional(v.nullable(Text)) }

/**
 * Gives a client the credential of the device that it is from now on, beside those of other accounts that it has: in a cookie, or as a
 * member of the body. It is given anew at each proof, so that it lasts, and is made with the newest secret.
 */
export async function giveDevice(
  c: Context,
  {
    deviceCredentials,
    cookies,
  }: { readonly deviceCredentials: DeviceCredentials; readonly cookies: AuthCookies },
  device: { readonly deviceId: string | null; readonly presentedIds: readonly string[] },
  place: 'body' | 'cookie',
): Promise<{ readonly device_token?: string }> {
  if (device.deviceId === null) return {}
  const text = await deviceCredentials.issue([device.deviceId, ...device.presentedIds])
  if (place === 'body') return { device_token: text }
  setAuthCookie(c, cookies.device, text, DEVICE_LIFETIME_SECONDS)
  return {}
}
