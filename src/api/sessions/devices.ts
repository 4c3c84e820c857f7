import type { Context } from 'hono'
import * as v from 'valibot'
import type { Device } from '../../devices/device'
import type { SignedInEnv } from '../../guards/auth-env'
import { presentedDevices } from '../../guards/presented-devices'
import { requireLiveSession } from '../../guards/require-live-session'
import { jsonOrFormBody } from '../../http/body'
import { Hono } from '../../http/hono'
import { Problem } from '../../http/problem'
import { requestSourceOf } from '../../request-source/read-request-source'
import { presentInstant } from '../../runtime/clock'
import type { SelfServices } from '../../services'
import { answer } from '../answer'
import { ReturnTo } from '../fields'
import { ownAccount, sameAccount } from '../own-account'
import { presentDeviceNames } from '../present'
import { requestedId } from '../requested-id'

const ForgetBody = v.object({ ...ownAccount, return_to: ReturnTo })

/** Creates the routes for the devices of one's own account: list them, forget one. */
export function deviceRoutes(services: SelfServices) {
  const { config, devices, ownDevices, clock } = services
  const live = requireLiveSession(services)

  async function forget(c: Context<SignedInEnv>, id: string): Promise<void> {
    const target = { id, by: c.var.principal, source: requestSourceOf(c), now: clock() }
    if (!(await ownDevices.forget(target))) throw new Problem('not-found')
  }

  return new Hono<SignedInEnv>()
    .get('/devices', live, async (c) => {
      const currentIds = await presentedDevices(services, c.req.raw.headers)
      const listed = await devices.list(c.var.principal.userId, clock())
      return c.json({ devices: listed.map((device) => presentDevice(device, currentIds)) })
    })

    .delete('/devices/:id', live, async (c) => {
      await forget(c, requestedId(c))
      return c.body(null, 204)
    })

    .post('/devices/:id/forget', live, jsonOrFormBody(ForgetBody), sameAccount, async (c) => {
      await forget(c, requestedId(c))
      return answer(c, config, { returnTo: c.req.valid('json').return_to }, null)
    })
}

/** Presents a device as its owner sees it. The id is a handle for forgetting it, not a credential. */
export function presentDevice(device: Device, currentIds: readonly string[]) {
  return {
    id: device.id,
    created_at: presentInstant(device.createdAt),
    last_seen_at: presentInstant(device.lastSeenAt),
    ...presentDeviceNames(device.userAgent),
    country: device.country,
    current: currentIds.includes(device.id),
  }
}
