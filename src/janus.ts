import type { Hono } from 'hono'
import { createApp, createUnconfiguredApp } from './app'
import { type Clock, systemClock } from './clock'
import { parseConfig } from './config'
import { consoleLog, type Log } from './log'
import { createServices, type Services } from './services'
import { sweep } from './sweep'

/** A login service on the given bindings. */
export interface Janus {
  readonly app: Pick<Hono, 'fetch'>
  /** `null` while the configuration is not valid; then nothing is served but the reasons. */
  readonly services: Services | null
  /** What is left to do in the background; runs every minute. */
  sweep(): Promise<void>
}

/**
 * Makes a login service from an environment: settings and bindings (README, "Configuration").
 *
 * @param given Another clock or log than the system's.
 */
export function createJanus(env: object, given: { clock?: Clock; log?: Log } = {}): Janus {
  const { clock = systemClock, log = consoleLog } = given
  const parsed = parseConfig({ ...env })
  if (!parsed.ok) {
    const { faults } = parsed
    log('not-configured', { settings: faults.map(({ setting }) => setting).join(' ') })
    return { app: createUnconfiguredApp(faults, log), services: null, sweep: async () => {} }
  }
  const services = createServices(parsed.bindings, parsed.config, clock, log)
  return { app: createApp(services), services, sweep: () => sweep(services) }
}
