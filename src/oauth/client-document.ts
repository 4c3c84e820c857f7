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

/** Names how an app with a document may prove who it is. It shares no secret with anybody. */
const PROVING_METHODS = ['none', 'private_key_jwt'] as const

const METHOD = 'token_endpoint_auth_method'

const Document = v.object({
  ...AppMetadataFields,
  client_id: v.string(),
  [METHOD]: v.optional(v.picklist(PROVING_METHODS), 'none'),
  jwks: v.optional(v.unknown()),
  jwks_uri: v.optional(v.string()),
})

/** Holds what a document says of a client. */
export interface DescribedClient extends AppMetadata {
  /** Says where the public keys are by which the client proves who it is: in the document, or at a URL. `null`: it is public. */
  readonly keys: { readonly set: unknown } | { readonly uri: string } | null
}

/**
 * Reads the document of a client, or returns why it is not believed. What it says of redirect URIs and keys counts only because it stands at the URL that
 * is the id of the client.
 */
export function readClientDocument(url: string, text: string): DescribedClient | { readonly why: string } {
  const read = v.safeParse(Document, parseJson(text))
  if (!read.success) return { why: whyNot(read.issues[0].path?.[0]?.key) }
  const { client_id, jwks, jwks_uri: uri, [METHOD]: method } = read.output
  // guard: a document speaks for the URL at which it stands, and for no other
  if (client_id !== url) return { why: 'client_id is not the URL of the document' }
  const app = toAppMetadata(read.output)
  if (app === null) return { why: 'redirect_uris holds none that can be used' }
  if (method === 'none') return { ...app, keys: null }
  // guard: an app that signs says by which keys, in one place
  if ((jwks === undefined) === (uri === undefined))
    return { why: 'private_key_jwt takes jwks or jwks_uri, one of the two' }
  if (uri === undefined) return { ...app, keys: { set: jwks } }
  // guard: keys are fetched from the host of the document alone
  if (!isDocumentUrl(uri) || new URL(uri).origin !== new URL(url).origin)
    return { why: 'jwks_uri is not at the host of the document' }
  return { ...app, keys: { uri } }
}

function whyNot(member: unknown): string {
  if (member === METHOD) return `${METHOD} must be ${PROVING_METHODS.join(' or ')}`
  return `${member ?? 'the document'} is not as it must be`
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
