import type { Context } from 'hono'
import { presentedDevices } from '../../guards/presented-devices'
import { presentedSessions } from '../../guards/presented-sessions'
import { requestSourceOf } from '../../request-source/read-request-source'
import type { Services } from '../../services'
import { chooseMode, type ModeInput } from './answer-sign-in'

/** Returns what every beginning of a session needs of its request. @throws {Problem} As {@link chooseMode}. */
export async function signingIn(
  c: Context,
  services: Services,
  asked: ModeInput & { readonly device_token?: string | null | undefined },
) {
  return {
    mode: chooseMode(c, services.config.modes, asked),
    presented: await presentedSessions(services, c.req.raw.headers),
    deviceIds: await presentedDevices(services, c.req.raw.headers, asked.device_token),
    source: requestSourceOf(c),
  }
}
