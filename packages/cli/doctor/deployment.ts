import { randomBytes } from 'node:crypto'
import { basename, dirname, join, resolve } from 'node:path'
import type { Unstable_Config } from 'wrangler'
import type { Config } from '../../../src/config/config.ts'
import type { ConfigFault } from '../../../src/config/fault.ts'
import type { ParsedConfig } from '../../../src/config/parse-config.ts'
import { SECRET_NAMES, SETTING_TEXTS } from '../../../src/config/setting-texts.ts'
import { BINDING_TEXTS } from '../../../src/config/texts/bindings.ts'
import { readVars, readWorker } from '../named-database.ts'
import { ROOT } from '../place.ts'
import { loadParseConfig, loadSocialSettings } from './janus-itself.ts'

/** A Worker's configuration as Janus would read it, here or once deployed. */
export interface Deployment {
  readonly target: 'local' | 'deployed'
  readonly wrangler: Unstable_Config
  /** Locates the configuration of wrangler. */
  readonly folder: string
  /** Names it, as `wrangler.toml` or `wrangler.jsonc`, for advice. */
  readonly file: string
  /** Not an app that Janus is mounted in. */
  readonly isStandAlone: boolean
  /** Settings in `[vars]` and from elsewhere, without the secrets. */
  readonly settings: Readonly<Record<string, unknown>>
  /** Settings that are secrets of the deployed Worker, so nobody can read them. */
  readonly unreadable: readonly string[]
  /** The names of the settings and bindings that Janus looks at, as it is configured. */
  readonly known: ReadonlySet<string>
  readonly parsed: ParsedConfig
  /** Holds what can be checked even if secrets or bindings are missing; `null` while a setting is invalid. */
  readonly config: Config | null
  /** The providers of social login, and what is wrong with their settings. */
  readonly social: SocialDeployment
}

export interface SocialDeployment {
  readonly faults: readonly ConfigFault[]
  /** Those without faults. The issuer is that of the operator's own, or `null`. */
  readonly providers: readonly { readonly name: string; readonly issuer: string | null }[]
}

export interface DeploymentSource {
  readonly configPath: string
  readonly target: 'local' | 'deployed'
  /** Settings that override those of the file. */
  readonly overrides?: Readonly<Record<string, string>>
  /** The names of the deployed Worker's secrets; `null` where they are not known. Not asked of a local one. */
  readonly secretNames?: readonly string[] | null
  /** Secrets that go along with the next deploy. */
  readonly secrets?: Readonly<Record<string, string>>
}

/**
 * Reads the configuration of wrangler and, for the local target, what this machine sets besides, and has `parseConfig` of src/config/parse-config.ts judge them: the rules for
 * settings are written there alone.
 *
 * @throws If it cannot be read.
 */
export async function readDeployment(source: DeploymentSource): Promise<Deployment> {
  const { configPath, target, overrides = {}, secretNames = null, secrets = {} } = source
  const folder = dirname(resolve(configPath))
  const wrangler = await readWorker(configPath)
  const env: Record<string, unknown> =
    target === 'local'
      ? { ...(await readVars(configPath, 'here', async () => wrangler)), ...overrides }
      : { ...wrangler.vars, ...overrides }
  const settings = { ...env }
  for (const name of SECRET_NAMES) delete settings[name]
  if (target === 'deployed') {
    for (const name of SECRET_NAMES) delete env[name]
    Object.assign(env, standInSecrets(secretNames ?? SECRET_NAMES), secrets)
  }
  Object.assign(env, standInBindings(wrangler))

  const parseConfig = await loadParseConfig()
  const known = new Set<string>()
  const watched = new Proxy(env, {
    get(values, name) {
      if (typeof name === 'string') known.add(name)
      return Reflect.get(values, name)
    },
  })
  const parsed = parseConfig(watched)
  const social = readSocial(await loadSocialSettings(), watched, (setting) =>
    target === 'deployed' && isSocialSecret(setting) && !(setting in env)
      ? (secretNames?.includes(setting) ?? true)
      : false,
  )
  const complete = parsed.ok
    ? parsed
    : parseConfig({ ...standInSecrets(SECRET_NAMES), ...ALL_BINDINGS, ...env, ...standInFaulty(parsed) })
  return {
    target,
    wrangler,
    folder,
    file: basename(configPath),
    isStandAlone: ['src/index.ts', 'src/with-admin.ts'].some((main) => wrangler.main === join(ROOT, main)),
    settings,
    unreadable: (secretNames ?? []).filter(
      (name) => !isSecretName(name) && !isSocialSecret(name) && !(name in settings),
    ),
    known,
    parsed,
    config: complete.ok ? complete.config : null,
    social,
  }
}

/** Reads the settings of social login. @param isUnreadable Returns `true` for a setting that is there and that nobody can read. */
function readSocial(
  { parseSocialSettings, SOCIAL_SETTINGS }: Awaited<ReturnType<typeof loadSocialSettings>>,
  env: Readonly<Record<string, unknown>>,
  isUnreadable: (setting: string) => boolean,
): SocialDeployment {
  const faults = parseSocialSettings(env).faults.filter(({ setting }) => !isUnreadable(setting))
  const names = faults.some(({ setting }) => setting === 'SOCIAL_PROVIDERS')
    ? []
    : String(env.SOCIAL_PROVIDERS ?? 'none').split(',')
  const providers = names
    .map((name) => name.trim())
    .filter(
      (name) => name !== 'none' && !faults.some(({ setting }) => setting.startsWith(socialPrefix(name))),
    )
    .map((name) => ({
      name,
      issuer: name in SOCIAL_SETTINGS ? null : String(env[`${socialPrefix(name)}ISSUER`]),
    }))
  return { faults, providers }
}

/** Returns how the settings of a provider begin. */
export function socialPrefix(name: string): string {
  return `SOCIAL_${name.toUpperCase().replaceAll('-', '_')}_`
}

/** Returns whether a setting of social login must not stand in a file that is committed. */
export function isSocialSecret(setting: string): boolean {
  return /^SOCIAL_.+_(?:CLIENT_SECRET|PRIVATE_KEY)$/.test(setting)
}

export function isSecretName(name: string): boolean {
  return SECRET_NAMES.includes(name)
}

function standInFaulty(parsed: ParsedConfig & { readonly ok: false }): Record<string, string> {
  return standInSecrets(parsed.faults.map(({ setting }) => setting))
}

/** Returns values in place of secrets that exist and cannot be read. They have the same form and open nothing. */
function standInSecrets(names: readonly string[]): Record<string, string> {
  const made = names.filter(isSecretName).map((name) => {
    const [, text] = Object.entries(SETTING_TEXTS).find(([setting]) => setting === name) ?? []
    return [name, text?.secret?.standIn ?? randomBytes(32).toString('base64url')]
  })
  return Object.fromEntries(made)
}

const ALL_BINDINGS = Object.fromEntries(Object.keys(BINDING_TEXTS).map((name) => [name, {}]))

/** Returns an object for each binding of the right kind, which is all that `parseConfig` reads. */
function standInBindings(wrangler: Unstable_Config): Record<string, object> {
  const bound = {
    DB: wrangler.d1_databases.some(({ binding }) => binding === 'DB'),
    HYPERDRIVE: wrangler.hyperdrive.some(({ binding }) => binding === 'HYPERDRIVE'),
    SESSIONS: wrangler.kv_namespaces.some(({ binding }) => binding === 'SESSIONS'),
    JANUS_DB: wrangler.durable_objects.bindings.some(({ name }) => name === 'JANUS_DB'),
    COPIES: wrangler.durable_objects.bindings.some(({ name }) => name === 'COPIES'),
    LOGIN_LIMIT: wrangler.ratelimits.some(({ name }) => name === 'LOGIN_LIMIT'),
    EMAIL: wrangler.send_email.some(({ name }) => name === 'EMAIL'),
    ASSETS: wrangler.assets?.binding === 'ASSETS',
  }
  return Object.fromEntries(Object.entries(bound).flatMap(([name, is]) => (is ? [[name, {}]] : [])))
}
