import { API_KEY_TYPE } from '../../src/oauth/api-key'
import { DEVICE_GRANT, TOKEN_EXCHANGE } from '../../src/oauth/grant-types'
import { hidden, newClient, postForm, RESOURCE, requestTokens, type TestClient } from './oauth'
import type { Answer, SignedIn } from './person'
import type { Service } from './service'

/** Sends a form to an endpoint of OAuth as a client does: by HTTP Basic if it has a secret. */
export function postAs(
  service: Service,
  { id, secret }: Pick<TestClient, 'id' | 'secret'>,
  path: string,
  fields: Readonly<Record<string, string>>,
): Promise<Answer> {
  return secret === null
    ? postForm(service, path, { client_id: id, ...fields })
    : postForm(service, path, fields, { Authorization: `Basic ${btoa(`${id}:${secret}`)}` })
}

export function revoke(service: Service, client: TestClient, token: string, hint?: string): Promise<Answer> {
  return postAs(service, client, '/oauth/revoke', { token, ...(hint ? { token_type_hint: hint } : {}) })
}

export function introspect(service: Service, client: TestClient, token: string): Promise<Answer> {
  return postAs(service, client, '/oauth/introspect', { token })
}

/** Asks for a token of the client itself. */
export function machineTokens(
  service: Service,
  client: TestClient,
  others: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  return requestTokens(service, client, {
    grant_type: 'client_credentials',
    resource: RESOURCE,
    scope: 'notes:read',
    ...others,
  })
}

/** Exchanges an API key, as a program does that has it. */
export function exchangeKey(
  service: Service,
  key: string,
  others: Readonly<Record<string, string>> = {},
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const fields = { grant_type: TOKEN_EXCHANGE, subject_token: key, subject_token_type: API_KEY_TYPE }
  return postForm(service, '/oauth/token', { ...fields, ...others }, headers)
}

/** Returns a client of a device that keeps no secret. */
export function newDeviceClient(others: Parameters<typeof newClient>[0] = {}): Promise<TestClient> {
  return newClient({
    name: 'Television',
    confidential: false,
    redirectUris: [],
    grants: [DEVICE_GRANT, 'refresh_token'],
    ...others,
  })
}

/** Starts a request of a device. */
export function startDevice(
  service: Service,
  client: TestClient,
  others: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  return postAs(service, client, '/oauth/device_authorization', {
    scope: 'notes:read',
    resource: RESOURCE,
    ...others,
  })
}

/** Asks for the outcome, as the device does. */
export function pollDevice(service: Service, client: TestClient, deviceCode: string): Promise<Answer> {
  return requestTokens(service, client, { grant_type: DEVICE_GRANT, device_code: deviceCode })
}

/** Sends a form of the pages of a device. */
export function postPage(
  service: Service,
  person: Pick<SignedIn, 'headers'>,
  path: string,
  fields: Readonly<Record<string, string>>,
): Promise<Answer> {
  const browser = { Accept: 'text/html', 'Sec-Fetch-Site': 'same-origin' }
  return postForm(service, path, fields, { ...browser, ...person.headers })
}

/** Enters the code of a device; the answer is the page that asks. */
export function enterCode(
  service: Service,
  person: Pick<SignedIn, 'headers'>,
  userCode: string,
): Promise<Answer> {
  return postPage(service, person, '/device', { user_code: userCode })
}

/** Answers the page that asks about a device. */
export function decideDevice(
  service: Service,
  person: Pick<SignedIn, 'headers'>,
  page: Answer,
  decision: 'allow' | 'deny' = 'allow',
): Promise<Answer> {
  const fields = { request: hidden(page, 'request'), account_id: hidden(page, 'account_id'), decision }
  return postPage(service, person, '/device/decide', fields)
}
