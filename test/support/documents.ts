import { createProviderBy } from '../../src/wiring/create-provider'
import { OAUTH_SETTINGS, type TestClient } from './oauth'
import { ALL_PARTS, type OwnService, ownService } from './service'

/** Holds the answer of an app's host to a request for its document. */
export interface Host {
  document: object | string
  /** Says what it answers at `jwks.json`, with the status. */
  keys: object | string
  status: number
  headers: Record<string, string>
  /** Answers nothing, as a host that is down. */
  isDown: boolean
  readonly asked: { readonly url: string; readonly init: RequestInit }[]
}

export const DOCUMENT_URL = 'https://app.example/oauth/client.json'

/** Returns a client that is described at a URL of its own. */
export function documentClient(): TestClient {
  // A host of its own, because each is asked so many times a minute.
  const id = `https://app-${crypto.randomUUID()}.example/oauth/client.json`
  return { id, secret: null, redirectUri: 'https://app.example/cb' }
}

/** Describes a client as its host does. */
export function documentOf({ id, redirectUri }: TestClient, others: object = {}): Record<string, unknown> {
  return {
    client_id: id,
    client_name: 'Totally Janus',
    redirect_uris: [redirectUri],
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    ...others,
  }
}

/** Returns a host that a test has in hand, and the authorization server that asks it. */
export function hostOf(document: object | string) {
  const headers = { 'Content-Type': 'application/json; charset=utf-8' }
  const host: Host = { document, keys: {}, status: 200, headers, isDown: false, asked: [] }
  const send = async (url: string, init: RequestInit) => {
    host.asked.push({ url, init })
    if (host.isDown) throw new TypeError('There is nobody there')
    const said = url.endsWith('/jwks.json') ? host.keys : host.document
    const body = typeof said === 'string' ? said : JSON.stringify(said)
    return new Response(body, { status: host.status, headers: host.headers })
  }
  return { host, createProvider: (env: object) => createProviderBy(env, { send }) }
}

/** Returns a Janus that reads the documents of apps from a host that a test has in hand. */
export function serviceWithHost(
  document: object | string,
  settings: Partial<Record<string, unknown>> = {},
): { service: OwnService; host: Host } {
  const { host, createProvider } = hostOf(document)
  const service = ownService({ ...OAUTH_SETTINGS, ...settings }, {}, { ...ALL_PARTS, createProvider })
  return { service, host }
}
