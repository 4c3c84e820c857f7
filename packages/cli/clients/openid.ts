// What `janus clients add` says of a client of OpenID Connect.
import { checkRedirectUri } from '../../../src/oauth/redirect-uri.ts'
import { WrongUse } from '../command.ts'
import type { OpenIdClient } from './statements.ts'

export const OPENID_HELP = `  --post-logout-redirect-uri URI
                   where it may lead browsers after a sign-out, byte for byte;
                   may be repeated
  --back-channel-logout-uri URI
                   where Janus notifies it when a sign-in ends: https://, or
                   http:// on this machine
  --id-token-alg ALG
                   RS256 (the default) or ES256
  --subject-type TYPE
                   public (the default): it gets the ids of accounts;
                   pairwise: names that no client of another sector gets
  --sector HOST    of a pairwise client; by default the host of its redirect
                   URIs`

export const OPENID_OPTIONS = {
  'post-logout-redirect-uri': { type: 'string', multiple: true, default: [] as string[] },
  'back-channel-logout-uri': { type: 'string' },
  'id-token-alg': { type: 'string', default: 'RS256' },
  'subject-type': { type: 'string', default: 'public' },
  sector: { type: 'string' },
} as const

interface OpenIdValues {
  readonly 'post-logout-redirect-uri': readonly string[]
  readonly 'back-channel-logout-uri'?: string | undefined
  readonly 'id-token-alg': string
  readonly 'subject-type': string
  readonly sector?: string | undefined
}

/** Bounds the URIs of a client. */
const MOST_URIS = 50

/** Reads what OpenID Connect adds to a client. @throws WrongUse If it cannot be registered so. */
export function readOpenId(values: OpenIdValues, redirectUris: readonly string[]): OpenIdClient {
  const postLogoutRedirectUris = [...new Set(values['post-logout-redirect-uri'])]
  const backChannelLogoutUri = values['back-channel-logout-uri'] ?? null
  const idTokenAlg = values['id-token-alg']
  if (postLogoutRedirectUris.length > MOST_URIS)
    throw new WrongUse(`A client has at most ${MOST_URIS} URIs for after a sign-out.`)
  for (const uri of postLogoutRedirectUris) {
    const fault = checkRedirectUri(uri)
    if (fault !== null) throw new WrongUse(`--post-logout-redirect-uri ${fault}`)
  }
  const fault = backChannelLogoutUri === null ? null : checkRedirectUri(backChannelLogoutUri)
  if (fault !== null) throw new WrongUse(`--back-channel-logout-uri ${fault}`)
  // guard: a logout token is sent over the web
  if (backChannelLogoutUri !== null && !/^https?:/.test(backChannelLogoutUri))
    throw new WrongUse('--back-channel-logout-uri must begin with https:// (http:// only on this machine)')
  if (idTokenAlg !== 'RS256' && idTokenAlg !== 'ES256')
    throw new WrongUse('--id-token-alg is RS256 or ES256.')
  return {
    idTokenAlg,
    sector: readSector(values, redirectUris),
    postLogoutRedirectUris,
    backChannelLogoutUri,
  }
}

/** Returns the sector of a pairwise client (OpenID Connect Core §8.1), or `null` for one that is told the ids of accounts. */
function readSector(
  { 'subject-type': type, sector }: OpenIdValues,
  redirectUris: readonly string[],
): string | null {
  if (type !== 'public' && type !== 'pairwise') throw new WrongUse('--subject-type is public or pairwise.')
  if (type === 'public') {
    if (sector !== undefined) throw new WrongUse('--sector needs --subject-type pairwise.')
    return null
  }
  if (sector !== undefined) {
    if (!/^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/.test(sector))
      throw new WrongUse('--sector is the name of a host in lower case.')
    return sector
  }
  const hosts = new Set(redirectUris.map((uri) => new URL(uri).hostname))
  const [host = ''] = hosts
  if (hosts.size !== 1 || host === '')
    throw new WrongUse(
      'The redirect URIs have several hosts or none: name the one that counts with --sector.',
    )
  return host
}
