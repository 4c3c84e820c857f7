import type { Context } from 'hono'
import { hashText } from '../../crypto/sha256'
import { type ClientProof, isClientId } from '../../oauth/client'
import { ASSERTION_TYPE, type AssertionServices, verifyAssertion } from '../../oauth/client-assertion'
import { type OAuthError, oauthError } from '../../oauth/oauth-error'
import type { OAuthForm } from './oauth-form'

/**
 * Returns which client a request comes from, as far as it can be said before the store is asked: by an assertion (RFC 7523 §2.2), or as
 * {@link readClientProof} does.
 *
 * @throws {StoreUnavailable}
 */
export async function proveClient(
  c: Context,
  form: OAuthForm,
  services: Omit<AssertionServices, 'issuer'> & { readonly config: { readonly issuer: string } },
): Promise<ClientProof | OAuthError> {
  const [assertion, type] = [form.get('client_assertion'), form.get('client_assertion_type')]
  if (assertion === undefined && type === undefined) return readClientProof(c, form)
  // guard: a client that signs proves who it is in one way
  if (c.req.header('Authorization') !== undefined || form.has('client_secret') || type !== ASSERTION_TYPE)
    return oauthError(
      'invalid_request',
      `Authenticate in one way only, or send client_assertion_type=${ASSERTION_TYPE}.`,
    )
  const proof = await verifyAssertion({ ...services, issuer: services.config.issuer }, assertion ?? '')
  const named = form.get('client_id')
  if (!proof || (named !== undefined && named !== proof.clientId))
    return oauthError('invalid_client', 'The assertion is not valid, has expired, or was used.')
  return proof
}

/**
 * Reads which client a request comes from, and the secret that it presents: by HTTP Basic, in the form, or none (RFC 6749 §2.3.1). Whether it
 * is right, the store says.
 */
async function readClientProof(c: Context, form: OAuthForm): Promise<ClientProof | OAuthError> {
  const header = c.req.header('Authorization')
  const inForm = { id: form.get('client_id'), secret: form.get('client_secret') }
  const basic = header === undefined ? null : parseBasic(header)
  if (header !== undefined) {
    if (basic === null)
      return oauthError('invalid_client', 'Send Authorization: Basic, as RFC 6749 §2.3.1 has it.')
    // guard: a client proves who it is in one way
    if (inForm.secret !== undefined || (inForm.id !== undefined && inForm.id !== basic.id))
      return oauthError('invalid_request', 'Authenticate in one way only.')
  }
  const { id, secret } = basic ?? inForm
  if (id === undefined) return oauthError('invalid_client', 'Send client_id.')
  if (!isClientId(id))
    return oauthError('invalid_client', 'The client is unknown, or its secret is not right.')
  return { clientId: id, secretHash: secret === undefined ? null : await hashText(secret) }
}

/**
 * Parses both halves, which are encoded as in a form; an empty secret is none (RFC 6749 §2.3.1). Returns `null` if they are malformed.
 */
function parseBasic(header: string): { readonly id: string; readonly secret: string | undefined } | null {
  const [, encoded] = /^Basic +([A-Za-z0-9+/]+={0,2})$/i.exec(header) ?? []
  if (encoded === undefined || encoded.length > 1024 || encoded.length % 4 === 1) return null
  try {
    const [, id = '', secret = ''] = /^([^:]*):(.*)$/s.exec(atob(encoded)) ?? []
    const decode = (text: string) => decodeURIComponent(text.replaceAll('+', ' '))
    // guard: an empty secret is none
    return id === '' ? null : { id: decode(id), secret: secret === '' ? undefined : decode(secret) }
  } catch {
    return null
  }
}
