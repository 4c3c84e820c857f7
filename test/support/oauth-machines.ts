import { postForm, RESOURCE, requestTokens, type TestClient } from './oauth'
import type { Answer } from './person'
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
