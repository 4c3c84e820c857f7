import { hashText } from '../../crypto/sha256'
import type { ClientProof } from '../../oauth/client'
import {
  DEVICE_CODE_SECONDS,
  type DeviceGrantStore,
  type DeviceOwner,
  type DeviceRequest,
  hashUserCode,
  mintDeviceCode,
  mintUserCode,
  parseUserCode,
} from '../../oauth/device-grant'
import { DEVICE_GRANT } from '../../oauth/grant-types'
import { isOAuthError, type OAuthError, oauthError } from '../../oauth/oauth-error'
import { type Granted, grantable, type Resource } from '../../oauth/scopes'
import type { RequestSource } from '../../request-source/request-source'
import type { Clock } from '../../runtime/clock'
import {
  type GrantedTokens,
  type GrantServices,
  invalidGrant,
  issueGranted,
  newGrant,
  unknownClient,
  unserved,
} from './redeem-code'

export interface DeviceGrantServices {
  readonly deviceGrants: DeviceGrantStore
  readonly resources: readonly Resource[]
  readonly clock: Clock
}

export interface StartedDevice {
  readonly deviceCode: string
  readonly userCode: string
}

/** Starts what a device asks for (RFC 8628 §3.1). One trip to the store. @throws {StoreUnavailable} */
export async function startDevice(
  { deviceGrants, resources, clock }: DeviceGrantServices,
  {
    client: proof,
    scope,
    resource,
  }: { readonly client: ClientProof; readonly scope: string | null; readonly resource: string | null },
): Promise<StartedDevice | OAuthError> {
  const [deviceCode, userCode] = [mintDeviceCode(), mintUserCode()]
  const client = await deviceGrants.start(proof, {
    codeHash: await hashText(deviceCode),
    userCodeHash: await hashUserCode(userCode),
    scope,
    resource,
    expiresAt: clock() + DEVICE_CODE_SECONDS,
  })
  if (!client) return unknownClient()
  if (!client.grants.includes(DEVICE_GRANT))
    return oauthError('unauthorized_client', 'This client may not use the device grant.')
  // A request that cannot be granted stays unknown to everybody, and expires.
  const granted = grantable({ scope, resource }, client, resources)
  return isOAuthError(granted) ? granted : { deviceCode, userCode }
}

/** Makes a person who entered a code its owner, and returns what they are asked; `null` for a code that is not valid. @throws {StoreUnavailable} */
export async function claimDevice(
  { deviceGrants, resources, clock }: DeviceGrantServices,
  entered: string,
  owner: DeviceOwner,
): Promise<(DeviceRequest & { readonly granted: Granted }) | null> {
  const code = parseUserCode(entered)
  if (code === null) return null
  const request = await deviceGrants.claim(await hashUserCode(code), owner, clock())
  const granted = request && grantable(request, request.client, resources)
  return request && granted && !isOAuthError(granted) ? { ...request, granted } : null
}

/** Answers a device that asks for the outcome (RFC 8628 §3.4, §3.5). One trip to the store. @throws {StoreUnavailable} */
export async function pollDevice(
  services: GrantServices & Pick<DeviceGrantServices, 'deviceGrants'>,
  {
    client,
    deviceCode,
    resource,
    source,
  }: {
    readonly client: ClientProof
    readonly deviceCode: string | null
    /** `null`: none was named, so it is that of the code. */
    readonly resource: string | null
    readonly source: RequestSource
  },
): Promise<GrantedTokens | OAuthError> {
  const { clientTokens, idTokens, deviceGrants } = services
  if (deviceCode === null) return oauthError('invalid_request', 'Send device_code.')
  // guard: tokens that cannot be signed use up no device code
  await Promise.all([clientTokens.ready(), idTokens.ready()])
  const code = { codeHash: await hashText(deviceCode), resource, served: services.resources }
  const polled = await deviceGrants.poll(client, code, newGrant(services, source))
  switch (polled.outcome) {
    case 'granted':
      return issueGranted(services, {
        grant: polled.grant,
        scope: polled.grant.scope,
        counter: 0,
        nonce: null,
        inIdToken: [],
      })
    case 'unserved':
      return unserved(services, polled.granted)
    case 'unknown-client':
      return unknownClient()
    case 'pending':
      return oauthError('authorization_pending', 'The person has not decided yet.')
    case 'too-soon':
      return oauthError('slow_down', 'Wait 5 seconds longer between two questions.')
    case 'denied':
      return oauthError('access_denied', 'The person did not allow it.')
    case 'expired':
      return oauthError('expired_token', 'The device code has expired. Start again.')
    case 'invalid':
      return invalidGrant()
  }
}
