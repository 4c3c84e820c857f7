import { waitUntil } from 'cloudflare:workers'
import type { Hono } from 'hono'
import type { D1Bindings } from './config/bindings'
import type { ConfigFault } from './config/fault'
import { parseConfig } from './config/parse-config'
import type { CallerService } from './guards/verdict'
import { isUnder } from './http/unmatched'
import type { MetadataSchemas } from './identity/metadata'
import type { Mailer } from './mail/mailer'
import type { OwnLook } from './pages/frame'
import { type Clock, systemClock } from './runtime/clock'
import { consoleLog, type Log } from './runtime/log'
import type { Defer } from './sessions/resolve-session'
import { boundClaims, type MakeClaims } from './tokens/custom-claims'
import { createApp, createMisplacedApp, createUnconfiguredApp } from './wiring/app'
import { createCallerService, createUnconfiguredCallerService } from './wiring/caller-service'
import { type CreateSessionCopies, openCopyStore } from './wiring/copy-stores'
import type { OnEvent } from './wiring/create-events'
import { createServices, type Parts } from './wiring/create-services'
import { lacksPart, withoutConsole, withoutParts } from './wiring/lacks-part'
import { createMountable, createUnconfiguredMountable } from './wiring/mountable'
import { type OwnTexts, takeTexts } from './wiring/own-texts'
import type { PagesPart } from './wiring/part'
import type { Playground } from './wiring/playground'
import { sweep } from './wiring/sweep'
import { type CreateDatabase, openTruth } from './wiring/truths'
import type { WiredServices } from './wiring/wired-services'

/** A login service on the given bindings: a Hono app, and what the app beside it may ask. */
export interface Janus extends Hono, CallerService {
  /** `null` while the configuration is not valid; then nothing is served but the reasons. */
  readonly services: WiredServices | null
  /** Does the work that waits in the background. It must run every minute. */
  sweep(): Promise<void>
}

/** A part that is left out (`createMail`, `createPasskeys`, `createSecondFactors`, `createSocialLogin`, `createProvider`) has no code in the bundle, either. */
export interface JanusOptions extends Parts {
  readonly clock?: Clock
  readonly log?: Log
  /** Another than `MAILER` says. */
  readonly mailer?: Mailer
  /** Without them there is only the API. */
  readonly createPages?: (services: WiredServices, look?: OwnLook) => PagesPart
  /** Holds the texts of pages and mails in the words of the app, and in other languages. */
  readonly texts?: OwnTexts
  /** CSS that comes after that of the pages. */
  readonly styles?: string
  /** For where `DATABASE` names a database that not every Worker carries. */
  readonly createDatabase?: CreateDatabase
  /** For where `SESSION_COPIES` names a store that not every Worker carries. */
  readonly createSessionCopies?: CreateSessionCopies
  /** For where `PLAYGROUND` is on. */
  readonly createPlayground?: (bindings: D1Bindings) => Playground
  /** Claims of the app beside Janus, in access tokens and on principals. */
  readonly claims?: MakeClaims
  /** Schemas of what the app keeps on accounts. */
  readonly metadata?: MetadataSchemas
  /** Is told what happens to accounts: docs/guides/events.md. */
  readonly onEvent?: OnEvent
  /** Keeps work running behind a response. The platform does, however the app around Janus was entered. */
  readonly defer?: Defer
}

/**
 * Makes a login service from an environment: settings and bindings (docs/reference/configuration.md). Its routes stand under the path of `ISSUER`:
 * with `ISSUER = "https://example.com/auth"` an app mounts it by `app.route('/auth', createJanus(env))`, or hands it whole requests,
 * `janus.fetch(request)`. `janus.request('/me', …)` asks it from within the app.
 */
export function createJanus(env: object, options: JanusOptions = {}): Janus {
  const { clock = systemClock, log = consoleLog, defer = (work) => waitUntil(work) } = options
  const parsed = parseConfig(withoutConsole(env, options))
  if (!parsed.ok) return createUnconfigured(parsed.faults, log)
  const social = options.createSocialLogin?.(env) ?? null
  const provider = options.createProvider?.(env) ?? null
  const texts = takeTexts(options.texts)
  const partFaults = [
    ...lacksPart(env, parsed.config, options),
    ...(social?.faults ?? []),
    ...(provider?.faults ?? []),
    ...texts.faults,
  ]
  if (partFaults.length > 0) return createUnconfigured(partFaults, log)
  const config = withoutParts(parsed.config, options)
  const { DB } = parsed.bindings
  // It shows rows of D1.
  const showsRows = config.playground && config.database === 'd1' && DB !== undefined
  const playground = showsRows ? (options.createPlayground?.({ ...parsed.bindings, DB }) ?? null) : null
  const bindings = playground?.bindings ?? parsed.bindings
  const database = openTruth({ config, bindings }, options.createDatabase)
  if (!database.ok) return createUnconfigured([database.fault], log)
  const copies = openCopyStore({ config, bindings, clock }, options.createSessionCopies)
  if (!copies.ok) return createUnconfigured([copies.fault], log)
  const { mailer = null, onEvent = null } = options
  const { truth } = database
  const { copyStore } = copies
  const customClaims = options.claims ? boundClaims(options.claims) : null
  const services = createServices(
    {
      ...{
        bindings,
        truth,
        config,
        parts: options,
        social,
        provider,
        mailer,
        copyStore,
        customClaims,
        onEvent,
      },
      defer,
      mailTexts: texts.mails,
      metadata: options.metadata,
    },
    clock,
    log,
  )
  const { createPages, styles = '' } = options
  const app = createApp(services, {
    createPages: createPages && ((own) => createPages(own, { ...texts.pages, styles })),
    playground,
    languages: texts.languages,
  })
  const { basePath, origin } = config
  const mountable = createMountable({ app, misplaced: createMisplacedApp(services), basePath })
  const callers = createCallerService(services, customClaims)
  return Object.assign(mountable, {
    ...entries(app, origin, basePath),
    ...callers,
    services,
    sweep: () => sweep(services),
  })
}

/** Serves the reasons why nothing else is served. */
function createUnconfigured(faults: readonly ConfigFault[], log: Log): Janus {
  log('not-configured', { settings: faults.map(({ setting }) => setting).join(' ') })
  const app = createUnconfiguredApp(faults, log)
  const unconfigured = { ...createUnconfiguredCallerService(), services: null, sweep: async () => {} }
  return Object.assign(createUnconfiguredMountable(app), unconfigured, entries(app, 'http://localhost', ''))
}

/** Returns the ways to call an app that is not mounted. */
function entries(
  { fetch, request }: Hono,
  origin: string,
  basePath: string,
): Pick<Hono, 'fetch' | 'request'> {
  return {
    fetch,
    request(input, ...rest) {
      if (input instanceof Request || /^https?:/.test(`${input}`)) return request(input, ...rest)
      const path = `${input}`.replace(/^(?!\/)/, '/')
      const isWhole = isUnder(basePath, path.replace(/[?#].*$/s, ''))
      return request(`${origin}${isWhole ? '' : basePath}${path}`, ...rest)
    },
  }
}
