import type { Hono } from 'hono'
import { createApp, createUnconfiguredApp } from './app'
import { type Clock, systemClock } from './clock'
import { type Bindings, parseConfig } from './config'
import { consoleLog, type Log } from './log'
import { createMailer } from './mail/create-mailer'
import type { Mailer } from './mail/mailer'
import type { Pages } from './pages/pages'
import type { Playground } from './playground/create-playground'
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
 * @param given Another clock or log than the system's, another mailer than `MAILER` says; the pages, if
 * there are to be any.
 */
export function createJanus(
  env: object,
  given: {
    readonly clock?: Clock
    readonly log?: Log
    readonly mailer?: Mailer
    readonly createPages?: (services: Services) => Pages
    /** For where `PLAYGROUND` is on. */
    readonly createPlayground?: (bindings: Bindings) => Playground
  } = {},
): Janus {
  const { clock = systemClock, log = consoleLog } = given
  const parsed = parseConfig({ ...env })
  if (!parsed.ok) {
    const { faults } = parsed
    log('not-configured', { settings: faults.map(({ setting }) => setting).join(' ') })
    return { app: createUnconfiguredApp(faults, log), services: null, sweep: async () => {} }
  }
  const { config, bindings } = parsed
  const mailer = given.mailer ?? createMailer(config.mail, bindings)
  const playground = config.playground ? (given.createPlayground?.(bindings) ?? null) : null
  const services = createServices({ bindings, config, mailer, playground }, clock, log)
  return { app: createApp(services, given.createPages), services, sweep: () => sweep(services) }
}
