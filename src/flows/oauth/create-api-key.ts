import { encodeBase64url } from '../../crypto/base64url'
import { randomBytes } from '../../crypto/random'
import { type ApiKeyStore, clientOfKey, endOfDays, hashApiKey, mintApiKey } from '../../oauth/api-key'
import { type OAuthError, oauthError } from '../../oauth/oauth-error'
import { parseScope, type Resource } from '../../oauth/scopes'
import type { RequestSource } from '../../request-source/request-source'
import type { Clock } from '../../runtime/clock'
import type { SendMail } from '../../runtime/queued-mail'
import type { ListedSession } from '../../sessions/session'

export interface CreateApiKeyServices {
  readonly apiKeys: ApiKeyStore
  readonly resources: readonly Resource[]
  readonly sendMail: SendMail
  readonly clock: Clock
}

/** A key as it is listed. */
export type ListedApiKey = Pick<ListedSession, 'id' | 'app' | 'createdAt' | 'expiresAt' | 'keyUsedAt'>

export type CreatedApiKey =
  | { readonly outcome: 'created'; readonly key: ListedApiKey /** Shown once. */; readonly secret: string }
  | { readonly outcome: 'too-many' | 'over' }

/** Makes an API key for the person of a live session. @throws {StoreUnavailable} */
export async function createApiKey(
  { apiKeys, resources, sendMail, clock }: CreateApiKeyServices,
  {
    name,
    scope,
    resource,
    days,
    ...owner
  }: {
    readonly name: string
    readonly scope: string
    /** `null`: the only one there is. */
    readonly resource: string | null
    readonly days: number
    readonly userId: string
    readonly sessionId: string
    readonly source: RequestSource
  },
): Promise<CreatedApiKey | OAuthError> {
  const [only, ...others] = resources
  const uri = resource ?? (others.length === 0 ? (only?.uri ?? null) : null)
  const served = resources.find((each) => each.uri === uri)
  if (!served) return oauthError('invalid_target', 'Send one resource of this service (OAUTH_RESOURCES).')
  const words = parseScope(scope)
  // guard: a key has scopes of its resource alone
  if (!words?.every((word) => served.scopes.includes(word)))
    return oauthError('invalid_scope', 'Send scopes of the resource, separated by single spaces.')
  const now = clock()
  const id = encodeBase64url(randomBytes(16))
  const secret = mintApiKey()
  const key = { id, name, scope: words.join(' '), resource: served.uri, expiresAt: endOfDays(now, days) }
  const created = await apiKeys.create({ ...key, ...owner, hash: await hashApiKey(secret), now })
  if (created.outcome !== 'created') return created
  sendMail(created.mailIds)
  const app = { id: clientOfKey(id), name, host: null, scope: key.scope, resource: key.resource }
  return {
    outcome: 'created',
    key: { id, app, createdAt: now, expiresAt: key.expiresAt, keyUsedAt: null },
    secret,
  }
}
