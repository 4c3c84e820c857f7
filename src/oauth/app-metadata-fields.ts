import * as v from 'valibot'
import { checkVisibleText } from '../identity/visible-text'
import { type AppMetadata, NAME_MAX_LENGTH } from './app-metadata'
import { checkRedirectUri } from './redirect-uri'

/** Bounds the lists of an app, in entries. */
const MOST_ENTRIES = 50

const List = v.pipe(v.array(v.string()), v.maxLength(MOST_ENTRIES))

/** The members that matter here (RFC 7591 §2). Others are ignored. */
export const AppMetadataFields = {
  redirect_uris: v.pipe(List, v.minLength(1)),
  client_name: v.optional(v.string()),
  scope: v.optional(v.string()),
  grant_types: v.optional(v.pipe(List, v.includes('authorization_code'))),
  response_types: v.optional(v.pipe(List, v.includes('code'))),
} as const

const Fields = v.object(AppMetadataFields)

/** Returns what is used of the metadata of an app, or `null` if it could be answered nowhere. */
export function toAppMetadata({
  redirect_uris,
  client_name,
  scope,
}: v.InferOutput<typeof Fields>): AppMetadata | null {
  // guard: an app that registers itself is held to the rules for redirect URIs
  const redirectUris = redirect_uris.filter((uri) => checkRedirectUri(uri) === null)
  if (redirectUris.length === 0) return null
  const name = client_name?.trim() ?? ''
  // guard: the name that an app gives itself shows people what it is
  const fits = name !== '' && name.length <= NAME_MAX_LENGTH && checkVisibleText(name) === null
  const scopes = (scope ?? '').split(' ').filter((word) => /^[\x21\x23-\x5b\x5d-\x7e]{1,100}$/.test(word))
  return {
    name: fits ? name : null,
    redirectUris: [...new Set(redirectUris)],
    scopes: [...new Set(scopes)].slice(0, MOST_ENTRIES),
  }
}
