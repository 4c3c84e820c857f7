import * as v from 'valibot'
import type { AppMetadata } from './app-metadata'
import { AppMetadataFields, toAppMetadata } from './app-metadata-fields'

/** Bounds the URL of a document, in characters. It is the id of a client (oauth_clients.id), and longer than that of an account. */
const URL_LENGTH = { least: 24, most: 512 }

/** Names that lead into a network of one's own, and not to the owner of a domain (RFC 6761, RFC 6762, RFC 8375, RFC 9476). */
const OWN_NETWORK =
  /(^|\.)(localhost|local|internal|intranet|lan|home|corp|private|alt|onion|test|invalid|home\.arpa)$/

/**
 * Returns whether a `client_id` is the URL of a client ID metadata document (draft-ietf-oauth-client-id-metadata-document §3) that may be
 * fetched: https, a host with a domain, the port of https, a path, and one spelling, the one into which a browser turns every other.
 */
export function isDocumentUrl(text: string): boolean {
  if (text.length < URL_LENGTH.least || text.length > URL_LENGTH.most) return false
  if (!text.startsWith('https://') || !URL.canParse(text)) return false
  const url = new URL(text)
  // guard: the URL of a document has one spelling, and no dots, user or fragment
  if (url.href !== text || url.username !== '' || url.password !== '' || /[#?\\%]/.test(text)) return false
  // guard: a document is fetched at a path of a host
  if (url.pathname === '/' || url.port !== '') return false
  return isPublicHost(url.hostname)
}

/** Returns whether a host is a name that the public can own: no IP address, no name without a dot, none of a network of one's own. */
function isPublicHost(host: string): boolean {
  // guard: no document is fetched from an address
  // guard: no document is fetched from a private name
  return /^[a-z0-9.-]+\.[a-z][a-z0-9-]*$/.test(host) && !OWN_NETWORK.test(host)
}

const Document = v.object({
  ...AppMetadataFields,
  client_id: v.string(),
  token_endpoint_auth_method: v.optional(v.literal('none'), 'none'),
})

/**
 * Reads the document of a client, or returns why it is not believed. What it says of redirect URIs counts only because it stands at the URL that is the
 * id of the client.
 */
export function readClientDocument(url: string, text: string): AppMetadata | { readonly why: string } {
  const read = v.safeParse(Document, parseJson(text))
  if (!read.success) return { why: `${read.issues[0].path?.[0]?.key ?? 'the document'} is not as it must be` }
  // guard: a document speaks for the URL at which it stands, and for no other
  if (read.output.client_id !== url) return { why: 'client_id is not the URL of the document' }
  return toAppMetadata(read.output) ?? { why: 'redirect_uris holds none that can be used' }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
