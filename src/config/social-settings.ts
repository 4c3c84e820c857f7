import { isTrustworthy } from '../http/trustworthy-url'
import { createGitHub } from '../social/github'
import {
  createApple,
  createGoogle,
  createIssuer,
  createMicrosoft,
  type ProviderParts,
} from '../social/openid-providers'
import type { Provider } from '../social/provider'
import { type ConfigFault, Fault, fault } from './fault'
import { parseBrandName } from './parsers'

// The settings of social login. They stand apart from settings.ts, because only a service that is given `createSocialLogin` carries them.

interface SocialSetting {
  readonly parse: (text: string) => unknown
  /** Absent: the setting is required. */
  readonly default?: string
}

/** Accepts what a provider hands out: text without blanks. */
function parseCredential(text: string): string | Fault {
  return /^[\x21-\x7e]{1,1024}$/.test(text) ? text : fault('must be visible ASCII without spaces')
}

function parsePrivateKey(text: string): string | Fault {
  // Where a setting holds one line only, the breaks are written out.
  const pem = text.replaceAll('\\n', '\n').trim()
  return /^-----BEGIN PRIVATE KEY-----\s[A-Za-z0-9+/=\s]+-----END PRIVATE KEY-----$/.test(pem)
    ? pem
    : fault('must be the key file of Apple: PEM that begins with -----BEGIN PRIVATE KEY-----')
}

function parseProviderIssuer(text: string): string | Fault {
  const url = URL.parse(text)
  const plain =
    url !== null && url.username === '' && url.password === '' && url.search === '' && url.hash === ''
  // guard: an issuer is reached by TLS
  return plain && isTrustworthy(url) && (url.href === text || url.href === `${text}/`)
    ? text
    : fault('must be a plain https:// URL (http:// only for localhost)')
}

/** Returns the entries of a list, or none for "none". */
function parseList(pattern: RegExp, what: string) {
  return (text: string): readonly string[] | Fault => {
    if (text === 'none') return []
    const entries = text.split(',').map((entry) => entry.trim())
    return entries.every((entry) => pattern.test(entry))
      ? entries
      : fault(`must be "none" or ${what} separated by commas`)
  }
}

const HOST = /^[a-z0-9-]+(?:\.[a-z0-9-]+)*(?::\d{1,5})?$/
const DOMAIN = /^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/
const TENANT = /^(?:common|organizations|consumers|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/

const CLIENT = { CLIENT_ID: { parse: parseCredential }, CLIENT_SECRET: { parse: parseCredential } }

/** The settings of one provider, by the end of their names. The beginning is `SOCIAL_`, the name of the provider and `_`. */
export const SOCIAL_SETTINGS = {
  google: CLIENT,
  github: CLIENT,
  microsoft: { ...CLIENT, TENANTS: { parse: parseTenants, default: 'common' } },
  apple: {
    CLIENT_ID: CLIENT.CLIENT_ID,
    TEAM_ID: { parse: parseCredential },
    KEY_ID: { parse: parseCredential },
    PRIVATE_KEY: { parse: parsePrivateKey },
  },
  /** Any other name. */
  issuer: {
    ISSUER: { parse: parseProviderIssuer },
    ...CLIENT,
    LABEL: { parse: parseBrandName, default: '' },
    DOMAINS: { parse: parseList(DOMAIN, 'domains in small letters'), default: 'none' },
    HOSTS: { parse: parseList(HOST, 'hosts in small letters'), default: 'none' },
  },
} as const satisfies Record<string, Readonly<Record<string, SocialSetting>>>

function parseTenants(text: string): readonly string[] | Fault {
  const tenants = parseList(TENANT, 'ids of tenants')(text)
  const plain = Array.isArray(tenants) && tenants.length > 0
  return tenants instanceof Fault || plain
    ? tenants
    : fault('must be common, organizations, consumers, or ids of tenants')
}

type Preset = Exclude<keyof typeof SOCIAL_SETTINGS, 'issuer'>

const LABELS: Readonly<Record<Preset, string>> = {
  google: 'Google',
  github: 'GitHub',
  microsoft: 'Microsoft',
  apple: 'Apple',
}

/** Names of providers, as they stand in paths. `confirm` is a path of its own. */
const NAME = /^(?!confirm$)[a-z][a-z0-9-]{0,30}$/

export interface SocialConfig {
  readonly faults: readonly ConfigFault[]
  /** Those that `SOCIAL_PROVIDERS` names, in its order. */
  readonly createProviders: (parts: ProviderParts) => readonly Provider[]
}

/** Reads the settings of the providers that `SOCIAL_PROVIDERS` names, and names every fault at once. */
export function parseSocialSettings(env: Readonly<Record<string, unknown>>): SocialConfig {
  const named = env.SOCIAL_PROVIDERS ?? 'none'
  const names =
    typeof named === 'string' ? parseList(NAME, 'names of providers')(named) : fault('must be text')
  const distinct = names instanceof Fault || new Set(names).size === names.length
  if (names instanceof Fault || !distinct) {
    const message = names instanceof Fault ? names.message : 'names a provider twice'
    return {
      faults: [{ setting: 'SOCIAL_PROVIDERS', message: `SOCIAL_PROVIDERS ${message}` }],
      createProviders: () => [],
    }
  }
  const read = names.map((name) => ({ name, ...readProvider(env, name) }))
  return {
    faults: read.flatMap(({ faults }) => faults),
    createProviders: (parts) => read.map(({ name, values }) => createProvider(name, values, parts)),
  }
}

type Values = Readonly<Record<string, unknown>>

function readProvider(
  env: Values,
  name: string,
): { readonly values: Values; readonly faults: readonly ConfigFault[] } {
  const rows: Readonly<Record<string, SocialSetting>> = SOCIAL_SETTINGS[isPreset(name) ? name : 'issuer']
  const values: Record<string, unknown> = {}
  const faults: ConfigFault[] = []
  for (const [end, { parse, default: fallback }] of Object.entries(rows)) {
    const setting = `SOCIAL_${name.toUpperCase().replaceAll('-', '_')}_${end}`
    const text = env[setting] ?? fallback
    const value =
      text === undefined ? fault('is missing, and has no default') : text === '' ? '' : parse(String(text))
    if (value instanceof Fault) faults.push({ setting, message: `${setting} ${value.message}` })
    else if (value === '' && fallback !== '') faults.push({ setting, message: `${setting} is empty` })
    else values[end] = value
  }
  return { values, faults }
}

function isPreset(name: string): name is Preset {
  return Object.hasOwn(LABELS, name)
}

/** Makes a provider of values that {@link readProvider} found nothing wrong with. */
function createProvider(name: string, values: Values, parts: ProviderParts): Provider {
  const text = (end: string) => String(values[end])
  const list = (end: string) => values[end] as readonly string[]
  const preset = isPreset(name) ? name : null
  const label = preset ? LABELS[preset] : text('LABEL') || name
  const client = { name, label, clientId: text('CLIENT_ID') }
  if (preset === 'apple') {
    const apple = { teamId: text('TEAM_ID'), keyId: text('KEY_ID'), privateKey: text('PRIVATE_KEY') }
    return createApple({ ...client, ...apple }, parts)
  }
  const secret = { ...client, clientSecret: text('CLIENT_SECRET') }
  if (preset === 'google') return createGoogle(secret, parts)
  if (preset === 'github') return createGitHub(secret, parts)
  if (preset === 'microsoft') return createMicrosoft({ ...secret, tenants: list('TENANTS') }, parts)
  const own = { issuer: text('ISSUER'), hosts: list('HOSTS'), domains: list('DOMAINS') }
  return createIssuer({ ...secret, ...own }, parts)
}
