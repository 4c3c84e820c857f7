import { createAuthCookies } from '../http/auth-cookies'
import { isLocal } from '../http/trustworthy-url'
import type { MailConfig } from '../mail/mail-config'
import { type Bindings, checkBindings, hasBindings } from './bindings'
import type { Config } from './config'
import { type ConfigFault, Fault, fault } from './fault'
import { checkRules } from './rules'
import { memberOf, SETTING_ROWS, type SettingValues } from './settings'

export type ParsedConfig =
  | { readonly ok: true; readonly config: Config; readonly bindings: Bindings }
  | { readonly ok: false; readonly faults: readonly ConfigFault[] }

type Env = Readonly<Record<string, unknown>>

/** Reads every setting once and names every fault at once. */
export function parseConfig(env: Env): ParsedConfig {
  const read = readSettings(env)
  const faults = [...read.faults, ...checkBindings(env, read.values), ...checkRules(read.values)]
  if (faults.length > 0 || !isComplete(read) || !hasBindings(env)) return { ok: false, faults }
  const { issuer, mailer, mailFrom, resendApiKey, resendUrl, ...values } = read.values
  const mail = mailConfig({ mailer, mailFrom, resendApiKey, resendUrl })
  if (mail === null) return { ok: false, faults }
  const { href, origin, basePath } = issuer
  // Services on one machine share its name, and cookies ignore ports: without this each would sign people out of the others.
  const url = new URL(href)
  // guard: on a machine of several services cookies are named after the port
  const cookies = createAuthCookies(isLocal(url) ? url.port : '')
  return { ok: true, config: { ...values, issuer: href, origin, basePath, cookies, mail }, bindings: env }
}

interface ReadSettings {
  /** Without the settings that are at fault. */
  readonly values: Partial<SettingValues>
  readonly faults: readonly ConfigFault[]
}

function readSettings(env: Env): ReadSettings {
  const values: Record<string, unknown> = {}
  const faults: ConfigFault[] = []
  for (const [name, row] of SETTING_ROWS) {
    if (row.when && !row.when(values)) continue
    const fallback = typeof row.default === 'function' ? row.default(values) : row.default
    const value = parseText(env[name] ?? fallback, (text) => row.parse(text, values))
    if (value instanceof Fault) faults.push({ setting: name, message: `${name} ${value.message}` })
    else values[memberOf(name, row)] = value
  }
  return { values, faults }
}

/** Returns `true` if no setting is at fault. `readSettings` reads every row of `SettingValues`, so then none is missing. */
function isComplete(read: ReadSettings): read is ReadSettings & { readonly values: SettingValues } {
  return read.faults.length === 0
}

/** Parses the text of a setting. wrangler.toml may give a number as a number. */
function parseText(value: unknown, parse: (text: string) => unknown): unknown {
  if (value === undefined) return fault('is missing, and has no default')
  if (value === '') return fault('is empty; leave it out for its default')
  return typeof value === 'string' || typeof value === 'number' ? parse(String(value)) : fault('must be text')
}

type MailSettings = Pick<SettingValues, 'mailer' | 'mailFrom' | 'resendApiKey' | 'resendUrl'>

/** Puts the settings of mail together, or returns `null` where one is missing, which is a fault then. */
function mailConfig({
  mailer: carrier,
  mailFrom: sender,
  resendApiKey: apiKey,
  resendUrl: url,
}: MailSettings): MailConfig | null {
  if (carrier === 'cloudflare' || carrier === 'smtp') return sender ? { carrier, sender } : null
  if (carrier === 'resend') return sender && apiKey && url ? { carrier, sender, apiKey, url } : null
  return { carrier }
}
