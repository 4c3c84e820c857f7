import type { DeviceCredentials } from '../devices/device-credentials'
import type { AuthCookies } from '../http/auth-cookies'
import { cookieValues } from './credential'

/**
 * Returns the ids of the devices whose genuine credentials came with a request: in its body, or in its cookie. Two cookies count as
 * none: one of them was planted.
 */
export async function presentedDevices(
  {
    deviceCredentials,
    cookies,
  }: { readonly deviceCredentials: DeviceCredentials; readonly cookies: AuthCookies },
  headers: Headers,
  inBody?: string | null,
): Promise<readonly string[]> {
  if (typeof inBody === 'string') return deviceCredentials.verify(inBody)
  const [text, ...others] = cookieValues(headers, cookies.device)
  // guard: of two device cookies none counts
  return text === undefined || others.length > 0 ? [] : deviceCredentials.verify(text)
}
