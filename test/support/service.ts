import { env, exports } from 'cloudflare:workers'
import { createPlayground } from '../../packages/playground/create-playground'
import { allParts } from '../../src/all-parts'
import type { D1Bindings } from '../../src/config/bindings'
import type { CallerService } from '../../src/guards/verdict'
import { createJanus, type JanusOptions } from '../../src/janus'
import type { Clock } from '../../src/runtime/clock'
import type { Log } from '../../src/runtime/log'
import { createApp } from '../../src/wiring/app'
import { createDurableObjectDatabase } from '../../src/wiring/durable-object-database'
import type { WiredServices } from '../../src/wiring/wired-services'
import { checked } from './contract'
import { objectsOver } from './durable-object'
import { truthOfProject } from './truth'

/** Something that answers requests as Janus. */
export interface Service {
  readonly issuer: string
  /** Says where they are at hand. */
  readonly services?: WiredServices
  fetch(request: Request): Promise<Response>
}

/** The Worker as it is deployed, with the settings of vitest.config.ts. */
export const deployed: Service = {
  issuer: env.ISSUER,
  fetch: async (request) => checked(env.ISSUER, request, await exports.default.fetch(request)),
}

export interface LoggedEvent {
  readonly event: string
  readonly [field: string]: unknown
}

/** A Janus of one's own: other settings, bindings that fail, a clock that can be moved. */
export interface OwnService extends Service {
  readonly services: WiredServices
  /** Holds the service that an app beside Janus calls. */
  readonly callers: CallerService
  readonly log: readonly LoggedEvent[]
  /** Seconds by which its clock is ahead. Moved by assignment. */
  ahead: number
  sweep(): Promise<void>
  /** Waits until the work behind responses is done. */
  settle(): Promise<void>
}

const { createPages, createEvents, createMail, ...others } = allParts

/** Holds the parts that {@link ownService} may be made without. */
export const ALL_PARTS = others

/**
 * Makes one. Work it does behind a response is done before `fetch` answers.
 *
 * @param overrides Settings as text, bindings as objects. The rest is as in vitest.config.ts.
 */
export function ownService(
  overrides: Partial<Record<string, unknown>> = {},
  given: Pick<
    JanusOptions,
    'mailer' | 'claims' | 'onEvent' | 'createSessionCopies' | 'texts' | 'styles' | 'metadata'
  > = {},
  parts: Partial<typeof ALL_PARTS> = ALL_PARTS,
): OwnService {
  const log: LoggedEvent[] = []
  const behind: Promise<unknown>[] = []
  const record: Log = (event, fields) => log.push({ event, ...fields })
  const clock: Clock = () => Math.floor(Date.now() / 1000) + service.ahead
  const variables: Record<string, unknown> = { ...env, ...overrides }
  if (variables.DATABASE === 'durable-object') variables.JANUS_DB = objectsOver(variables.DB as D1Database)
  const janus = createJanus(variables, {
    ...given,
    clock,
    log: record,
    createPages,
    createEvents,
    createMail,
    ...parts,
    createPlayground,
    createDatabase: createDurableObjectDatabase,
    ...truthOfProject().open(variables.DB),
    defer: (work) => behind.push(work),
  })
  if (!janus.services) throw new Error(`Not configured: ${JSON.stringify(log)}`)
  const service: OwnService = {
    issuer: String(variables.ISSUER),
    services: janus.services,
    callers: janus,
    log,
    ahead: 0,
    sweep: () => janus.sweep(),
    async settle() {
      while (behind.length > 0) await Promise.all(behind.splice(0))
    },
    async fetch(request) {
      const response = await janus.fetch(request)
      await service.settle()
      // The description is that of a service with every part.
      return parts === ALL_PARTS ? checked(service.issuer, request, response) : response
    },
  }
  return service
}

/** Returns the app of a service with all that it may have, to look at its routes. */
export function appOf(services: WiredServices) {
  return createApp(services, {
    createPages,
    playground: services.config.playground ? createPlayground(env as unknown as D1Bindings) : null,
  })
}
