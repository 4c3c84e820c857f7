import { waitUntil } from 'cloudflare:workers'
import type { Hono } from 'hono'
import { createApp, createUnconfiguredApp } from './app'
import type { CallerService } from './authentication/verdict'
import { createCallerService, createUnconfiguredCallerService } from './caller-service'
import { type Clock, systemClock } from './clock'
import { type Bindings, parseConfig } from './config'
import { consoleLog, type Log } from './log'
import { createMailer } from './mail/create-mailer'
import type { Mailer } from './mail/mailer'
import type { Pages } from './pages/pages'
import type { Playground } from './playground/create-playground'
import { createServices, type Services } from './services'
import { sweep } from './sweep'

/** A login service on the given bindings: a Hono app, and what the app beside it may ask. */
export interface Janus extends Hono, CallerService {
  /** `null` while the configuration is not valid; then nothing is served but the reasons. */
  readonly services: Services | null
  /** What is left to do in the background; is to run every minute. */
  sweep(): Promise<void>
}

export interface JanusOptions {
  readonly clock?: Clock
  readonly log?: Log
  /** Another than `MAILER` says. */
  readonly mailer?: Mailer
  /** Without them there is only the API. */
  readonly createPages?: (services: Services) => Pages
  /** For where `PLAYGROUND` is on. */
  readonly createPlayground?: (bindings: Bindings) => Playground
  /** The routes stand under the path of `ISSUER`, for an app that is Janus alone. Otherwise it is to be mounted there. */
  readonly standAlone?: boolean
}

/**
 * Makes a login service from an environment: settings and bindings (README, "Configuration"). To be mounted where `ISSUER` says:
 * `app.route('/auth', createJanus(env))` with `ISSUER = "https://example.com/auth"`.
 */
export function createJanus(env: object, given: JanusOptions = {}): Janus {
  const { clock = systemClock, log = consoleLog } = given
  const parsed = parseConfig({ ...env })
  if (!parsed.ok) {
    const { faults } = parsed
    log('not-configured', { settings: faults.map(({ setting }) => setting).join(' ') })
    const unconfigured = { ...createUnconfiguredCallerService(), services: null, sweep: async () => {} }
    return Object.assign(createUnconfiguredApp(faults, log), unconfigured)
  }
  const { config, bindings } = parsed
  const mailer = given.mailer ?? createMailer(config.mail, bindings)
  const playground = config.playground ? (given.createPlayground?.(bindings) ?? null) : null
  const services = createServices({ bindings, config, mailer, playground }, clock, log)
  const app = createApp(services, given.createPages, given.standAlone ? config.basePath : '')
  const typeBase = `${config.issuer}/problems/`
  const callers = createCallerService(services, { typeBase, defer: waitUntil })
  return Object.assign(app, { ...callers, services, sweep: () => sweep(services) })
}
