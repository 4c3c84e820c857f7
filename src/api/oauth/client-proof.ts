import type { Context } from 'hono'
import { hashText } from '../../crypto/sha256'
import { type ClientProof, isClientId } from '../../oauth/client'
import { type OAuthError, oauthError } from '../../oauth/oauth-error'
import type { OAuthForm } from './oauth-form'

/**
 * Reads which client a request comes from, and the secret that it presents: by HTTP Basic, in the form, or none (RFC 6749 §2.3.1). Whether it
 * is right, the store says.
 */
export async function readClientProof(c: Context, form: OAuthForm): Promise<ClientProof | OAuthError> {
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

/** Both halves are encoded as a form encodes them (RFC 6749 §2.3.1). `null` for what is malformed. */
function parseBasic(header: string): { readonly id: string; readonly secret: string } | null {
  const [, encoded] = /^Basic +([A-Za-z0-9+/]+={0,2})$/i.exec(header) ?? []
  if (encoded === undefined || encoded.length > 1024 || encoded.length % 4 === 1) return null
  try {
    const [, id = '', secret = ''] = /^([^:]*):(.*)$/s.exec(atob(encoded)) ?? []
    const decode = (text: string) => decodeURIComponent(text.replaceAll('+', ' '))
    return id === '' ? null : { id: decode(id), secret: decode(secret) }
  } catch {
    return null
  }
}
