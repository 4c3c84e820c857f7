import { isTrustworthy } from '../http/trustworthy-url'
import { parseScopeTexts } from '../oauth/parse-scope-texts'
import type { ScopeTexts } from '../oauth/scope-texts'
import { OFFLINE_ACCESS, OPENID, parseScope, type Resource } from '../oauth/scopes'
import type { ConfigFault } from './fault'

// The settings of the authorization server. They stand apart from settings.ts, because only a service that is given `createProvider`
// carries them.

export interface OAuthSettings {
  readonly faults: readonly ConfigFault[]
  readonly isOn: boolean
  readonly resources: readonly Resource[]
  readonly clients: ClientKinds
  /** Says whether people make API keys. */
  readonly hasApiKeys: boolean
  readonly scopeTexts: ScopeTexts
}

/** Says which apps may ask people: those that an operator registered; also those with a document at a URL; also those that register themselves. */
export type ClientKinds = (typeof CLIENT_KINDS)[number]

const CLIENT_KINDS = ['registered', 'documents', 'open'] as const

/** Lists the names that no scope of a resource may have. */
const RESERVED: ReadonlySet<string> = new Set([
  OFFLINE_ACCESS,
  OPENID,
  'profile',
  'email',
  'address',
  'phone',
])

/** Reads the settings, and names every fault at once. */
export function parseOAuthSettings(env: Readonly<Record<string, unknown>>): OAuthSettings {
  const faults: ConfigFault[] = []
  const fault = (setting: string, what: string) => faults.push({ setting, message: `${setting} ${what}` })
  const { OAUTH_SERVER: server = 'off', OAUTH_RESOURCES: listed = 'none' } = env
  const {
    OAUTH_CLIENTS: kinds = 'documents',
    OAUTH_SCOPE_TEXTS: texts = 'none',
    API_KEYS: keys = 'off',
  } = env
  if (server !== 'on' && server !== 'off') fault('OAUTH_SERVER', 'must be one of: on, off')
  if (keys !== 'on' && keys !== 'off') fault('API_KEYS', 'must be one of: on, off')
  const resources = parseResources(String(listed))
  if (resources === null)
    fault(
      'OAUTH_RESOURCES',
      'must be "none" or https:// URLs (http:// only for localhost), each once and followed by its scopes, separated by commas; no scope may be one of OpenID Connect, or read like openid or offline_access',
    )
  const clients = CLIENT_KINDS.find((kind) => kind === kinds)
  if (!clients) fault('OAUTH_CLIENTS', `must be one of: ${CLIENT_KINDS.join(', ')}`)
  // guard: keys are of the services that settings name
  if (keys === 'on' && server === 'on' && resources?.length === 0)
    fault('API_KEYS', 'is on, and takes OAUTH_RESOURCES')
  const scopeTexts = texts === 'none' ? {} : parseScopeTexts(String(texts))
  if (scopeTexts === null)
    fault(
      'OAUTH_SCOPE_TEXTS',
      'must be "none" or a JSON object: for each scope a text of at most 200 characters, or an object of texts by language',
    )
  return {
    faults,
    isOn: server === 'on',
    resources: resources ?? [],
    clients: clients ?? 'registered',
    hasApiKeys: keys === 'on',
    scopeTexts: scopeTexts ?? {},
  }
}

function parseResources(text: string): readonly Resource[] | null {
  if (text === 'none') return []
  const resources = text.split(',').map((entry) => {
    const [uri = '', ...scopes] = entry.trim().split(/\s+/)
    return { uri, scopes }
  })
  const distinct = new Set(resources.map(({ uri }) => uri)).size === resources.length
  return distinct && resources.every(isResource) ? resources : null
}

function isResource({ uri, scopes }: Resource): boolean {
  const url = URL.canParse(uri) && uri.length <= 300 ? new URL(uri) : null
  const named =
    url !== null && isTrustworthy(url) && url.hash === '' && url.username === '' && url.password === ''
  const scoped = scopes.length > 0 && parseScope(scopes.join(' '))?.length === scopes.length
  return named && scoped && !scopes.some((scope) => isReserved(scope) || LIKE_OFFLINE_ACCESS.test(scope))
}

function isReserved(scope: string): boolean {
  // guard: no scope passes for openid
  return RESERVED.has(scope) || scope.toLowerCase() === OPENID
}

// guard: no scope passes for offline_access
/** Matches what the databases take for `offline_access`: to their LIKE, `_` is any character, and to that of SQLite case is nothing. */
const LIKE_OFFLINE_ACCESS = /^offline.access$/i
