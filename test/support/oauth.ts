import { env } from 'cloudflare:workers'
import { addClient, type NewClient } from '../../packages/cli/clients/statements'
import { hashText } from '../../src/crypto/sha256'
import { type Answer, newAddress, read, type SignedIn, send } from './person'
import { type OwnService, ownService, type Service } from './service'

export const RESOURCE = 'https://mcp.example/mcp'
export const OTHER_RESOURCE = 'https://files.example/'

export const OAUTH_SETTINGS = {
  OAUTH_SERVER: 'on',
  OAUTH_CLIENTS: 'open',
  API_KEYS: 'on',
  OAUTH_RESOURCES: `${RESOURCE} notes:read notes:write, ${OTHER_RESOURCE} files:read`,
}

/** Returns a Janus that is an authorization server. */
export function oauthService(settings: Partial<Record<string, unknown>> = {}): OwnService {
  return ownService({ ...OAUTH_SETTINGS, ...settings })
}

export interface TestClient {
  readonly id: string
  /** `null`: it is public. */
  readonly secret: string | null
  readonly redirectUri: string
}

/** Registers a client, as `janus clients add` does. */
export async function newClient({
  confidential = true,
  ...others
}: { confidential?: boolean } & Partial<NewClient> = {}): Promise<TestClient> {
  const secret = confidential ? crypto.randomUUID() : null
  const client: NewClient = {
    id: `c_${crypto.randomUUID().replaceAll('-', '').slice(0, 22)}`,
    name: 'Notes of Ada',
    secretHash: secret === null ? null : await hashText(secret),
    firstParty: false,
    redirectUris: ['https://app.example/cb'],
    scopes: ['notes:read', 'notes:write', 'files:read', 'offline_access', 'openid', 'profile', 'email'],
    ...others,
  }
  await env.DB.batch(addClient(client, 'operator:test').map((statement) => env.DB.prepare(statement)))
  return { id: client.id, secret, redirectUri: client.redirectUris[0] ?? '' }
}

/** RFC 7636, Appendix B. */
export const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'
export const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'

/** Returns a request of a client to the authorization endpoint; `null` leaves a parameter out. */
export function requestOf(
  client: TestClient,
  others: Readonly<Record<string, string | null>> = {},
): URLSearchParams {
  const parameters = {
    response_type: 'code',
    client_id: client.id,
    redirect_uri: client.redirectUri,
    scope: 'notes:read',
    resource: RESOURCE,
    state: 'state of the client',
    code_challenge: CHALLENGE,
    code_challenge_method: 'S256',
    ...others,
  }
  const sent = Object.entries(parameters).filter(([, value]) => value !== null) as [string, string][]
  return new URLSearchParams(sent)
}

/** Asks as a browser does, with the cookies of a person if there is one. */
export function ask(
  service: Service,
  parameters: URLSearchParams,
  person?: Pick<SignedIn, 'headers'>,
): Promise<Answer> {
  return send(service, 'GET', `/oauth/authorize?${parameters}`, { headers: { ...person?.headers } })
}

/** Returns a hidden field of a page. */
export function hidden(page: Answer, name: string): string {
  const [, value = ''] = new RegExp(`name="${name}" value="([^"]*)"`).exec(page.text) ?? []
  return value
}

/** Sends a form as a page of Janus does. */
export async function postForm(
  service: Service,
  path: string,
  fields: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const request = new Request(`${service.issuer}${path}`, {
    method: 'POST',
    redirect: 'manual',
    headers: {
      'CF-Connecting-IP': newAddress(),
      'Content-Type': 'application/x-www-form-urlencoded',
      ...headers,
    },
    body: new URLSearchParams(fields).toString(),
  })
  return read(await service.fetch(request))
}

/** Answers the consent page. */
export function decide(
  service: Service,
  person: Pick<SignedIn, 'headers'>,
  page: Answer,
  decision: 'allow' | 'deny' = 'allow',
): Promise<Answer> {
  const fields = { request: hidden(page, 'request'), account_id: hidden(page, 'account_id'), decision }
  const browser = { Accept: 'text/html', 'Sec-Fetch-Site': 'same-origin' }
  return postForm(service, '/oauth/consent', fields, { ...browser, ...person.headers })
}

/** Returns where an answer leads, by a redirect or by a page that goes on by itself. */
export function locationOf({ headers }: Answer): URL {
  const refresh = headers.get('Refresh')?.replace(/^0;url=/, '')
  return new URL(headers.get('Location') ?? refresh ?? 'missing:', 'https://nowhere.invalid')
}

/** Lets a person allow what a client asks for, and returns the code. */
export async function codeFor(
  service: Service,
  person: Pick<SignedIn, 'headers'>,
  client: TestClient,
  others: Readonly<Record<string, string | null>> = {},
): Promise<string> {
  const page = await ask(service, requestOf(client, others), person)
  const answer = page.status === 200 ? await decide(service, person, page) : page
  return locationOf(answer).searchParams.get('code') ?? ''
}

/** Sends a form to the token endpoint. A confidential client authenticates by HTTP Basic. */
export function requestTokens(
  service: Service,
  client: TestClient,
  fields: Readonly<Record<string, string>>,
): Promise<Answer> {
  const { id, secret } = client
  return secret === null
    ? postForm(service, '/oauth/token', { client_id: id, ...fields })
    : postForm(service, '/oauth/token', fields, { Authorization: `Basic ${btoa(`${id}:${secret}`)}` })
}

/** Exchanges a code. */
export function exchange(
  service: Service,
  client: TestClient,
  code: string,
  others: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  return requestTokens(service, client, {
    grant_type: 'authorization_code',
    code,
    redirect_uri: client.redirectUri,
    code_verifier: VERIFIER,
    ...others,
  })
}

export function refresh(
  service: Service,
  client: TestClient,
  refreshToken: string,
  others: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  return requestTokens(service, client, {
    grant_type: 'refresh_token',
    refresh_token: refreshToken,
    ...others,
  })
}

/** Returns a client that has tokens of a person. */
export async function granted(
  service: Service,
  person: Pick<SignedIn, 'headers'>,
  client: TestClient,
  others: Readonly<Record<string, string | null>> = {},
): Promise<{ access_token: string; refresh_token: string; scope: string; expires_in: number }> {
  const answer = await exchange(service, client, await codeFor(service, person, client, others))
  if (answer.status !== 200) throw new Error(answer.text)
  return answer.body
}
