import { type Fault, fault } from '../../src/config/fault'
import { isPrivate } from '../../src/config/servers'

/** An SMTP server, and who signs in to it. */
export interface SmtpServer {
  readonly hostname: string
  readonly port: number
  /** Says whether the connection begins with TLS. Otherwise it must turn to TLS by STARTTLS, unless `inClear`. */
  readonly tls: boolean
  /** Says whether the server is on this machine or in a private network, so that mail may reach it without TLS. */
  readonly inClear: boolean
  /** `null`: the server asks for none. */
  readonly user: { readonly name: string; readonly password: string } | null
}

/** The settings of a process that serves Janus on Node, beside those of Janus (src/config/settings.ts). */
export const HOST_SETTINGS = {
  HOST: { parse: parseHost, default: '127.0.0.1' },
  PORT: { parse: parsePort, default: '8080' },
  CLIENT_ADDRESS: { parse: parseClientAddress, default: 'socket' },
  DATABASE_PATH: { parse: (text: string) => text, default: 'janus.sqlite' },
  DATABASE_URL: { parse: parsePostgresUrl, default: null },
  SMTP_URL: { parse: parseSmtpUrl, default: null },
} as const

type HostSettingName = keyof typeof HOST_SETTINGS

/** `null`: not set, and without a default. */
export type HostSettings = {
  readonly [Name in HostSettingName]:
    | Exclude<ReturnType<(typeof HOST_SETTINGS)[Name]['parse']>, Fault>
    | ((typeof HOST_SETTINGS)[Name]['default'] extends null ? null : never)
}

/** Reads the settings of the host, or returns a sentence for each that is at fault. No sentence holds a value. */
export function parseHostSettings(
  env: Readonly<Record<string, string | undefined>>,
):
  | { readonly ok: true; readonly settings: HostSettings }
  | { readonly ok: false; readonly faults: string[] } {
  const settings: Record<string, unknown> = {}
  const faults: string[] = []
  for (const [name, row] of Object.entries(HOST_SETTINGS)) {
    const text = env[name] ?? row.default
    const value = text === null ? null : row.parse(text)
    if (value === null || typeof value !== 'object' || !('message' in value)) settings[name] = value
    else faults.push(`${name} ${value.message}`)
  }
  return faults.length > 0 ? { ok: false, faults } : { ok: true, settings: settings as HostSettings }
}

function parseHost(text: string): string | Fault {
  return /^[0-9a-zA-Z.:-]{1,253}$/.test(text) ? text : fault('must be an address of this machine, or 0.0.0.0')
}

function parsePort(text: string): number | Fault {
  return /^\d{1,5}$/.test(text) && Number(text) < 65_536 ? Number(text) : fault('must be a port: 0 to 65535')
}

/** Returns `null` for the socket, or the name of the header that a proxy sets. */
function parseClientAddress(text: string): { readonly header: string | null } | Fault {
  if (text === 'socket') return { header: null }
  return /^[A-Za-z][A-Za-z0-9-]{0,63}$/.test(text)
    ? { header: text.toLowerCase() }
    : fault('must be socket, or the name of the header that your proxy sets')
}

function parsePostgresUrl(text: string): string | Fault {
  return /^postgres(ql)?:\/\/\S+$/.test(text) && URL.canParse(text)
    ? text
    : fault('must be a URL: postgres://user:password@host:5432/database')
}

const SMTP_FORM = 'must be a URL: smtps://user:password@host:465, or smtp://user:password@host:587'

/** Passwords and mailed links must not cross a public network in clear. */
function parseSmtpUrl(text: string): SmtpServer | Fault {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || !['smtp:', 'smtps:'].includes(url.protocol) || url.hostname === '')
    return fault(SMTP_FORM)
  if (!/^\/?$/.test(url.pathname) || url.search !== '' || url.hash !== '') return fault(SMTP_FORM)
  const [name, password] = [decode(url.username), decode(url.password)]
  if (name === null || password === null) return fault(SMTP_FORM)
  if ((name === '') !== (password === '')) return fault('names a user without a password, or the reverse')
  const tls = url.protocol === 'smtps:'
  return {
    hostname: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (tls ? 465 : 587) : Number(url.port),
    tls,
    inClear: isPrivate(url.hostname),
    user: name === '' ? null : { name, password },
  }
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text)
  } catch {
    return null
  }
}
