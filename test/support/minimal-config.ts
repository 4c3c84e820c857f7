import { env } from 'cloudflare:workers'
import type { Config } from '../../src/config/config'
import type { ConfigFault } from '../../src/config/fault'
import { parseConfig } from '../../src/config/parse-config'

/** The settings without which Janus does not start. */
export const MINIMAL = {
  ISSUER: 'https://auth.example.com',
  AUTH_SECRET: 'Zt4Kq8sVw2Yb6Ne9Rc3Hx7Jm1Fp5Gd0Lu_Oi-TaQkWyE',
  DB: env.DB,
  SESSIONS: env.SESSIONS,
  LOGIN_LIMIT: env.LOGIN_LIMIT,
}

/** Returns the configuration of the least settings and these. @throws If one of them is wrong. */
export function configOf(settings: Record<string, unknown>): Config {
  const parsed = parseConfig({ ...MINIMAL, ...settings })
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults))
  return parsed.config
}

/** Returns what is wrong with the least settings and these. */
export function faultsOf(settings: Record<string, unknown>): readonly ConfigFault[] {
  const parsed = parseConfig({ ...MINIMAL, ...settings })
  return parsed.ok ? [] : parsed.faults
}
