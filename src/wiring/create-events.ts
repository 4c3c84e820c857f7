import type { MiddlewareHandler } from 'hono'
import type { Bindings } from '../config/bindings'
import type { Config } from '../config/config'
import { createEventPump, deliverEvents, type EventServices } from '../events/deliver-events'
import type { JanusEvent } from '../events/event'
import { createAppReceiver, createQueueReceiver, type EventReceiver } from '../events/receiver'
import { createWebhook } from '../events/webhook'
import type { Clock } from '../runtime/clock'
import type { Log } from '../runtime/log'
import type { Defer } from '../sessions/resolve-session'
import { createEventStore } from '../storage/sql/event-store'
import type { SqlDatabase } from '../storage/sql/sql-database'

/** Is told of each event. If it throws, it is told again later. */
export type OnEvent = (event: JanusEvent) => Promise<void> | void

/** Tells others what happens to accounts. */
export interface Events {
  /** Delivers what a request has caused, behind its response. */
  deliver(defer: Defer): MiddlewareHandler
  sweep(): Promise<void>
}

/**
 * In PostgreSQL a row of the trail may appear before one that is there already, until its transaction has ended; a database with one writer has no
 * such gap.
 */
const POSTGRES_SETTLE_SECONDS = 60

interface EventParts {
  readonly config: Config
  readonly bindings: Bindings
  readonly db: SqlDatabase
  readonly onEvent: OnEvent | null
  readonly clock: Clock
  readonly log: Log
}

/** Makes what tells others of events; `null` if nobody is to be told, and then nothing is read or written for it. */
export type CreateEvents = (parts: EventParts) => Events | null

/** Makes it for the receivers that there are: the app, a queue, a webhook. */
export const createEvents: CreateEvents = ({ config, bindings, db, onEvent, clock, log }) => {
  const { webhookUrl: url, webhookSecret: secrets } = config
  const receivers: EventReceiver[] = [
    ...(onEvent ? [createAppReceiver(onEvent)] : []),
    ...(bindings.JANUS_EVENTS ? [createQueueReceiver(bindings.JANUS_EVENTS)] : []),
    ...(url !== null && secrets ? [createWebhook({ url, secrets, clock })] : []),
  ]
  if (receivers.length === 0) return null
  const settleSeconds = config.database === 'postgres' ? POSTGRES_SETTLE_SECONDS : 0
  const services: EventServices = { store: createEventStore(db), receivers, settleSeconds, clock, log }
  const pump = createEventPump(services)
  return {
    deliver: (defer) => async (c, next) => {
      await next()
      if (!SAFE.includes(c.req.method)) defer(pump())
    },
    sweep: () => deliverEvents(services),
  }
}

/** Methods that cause no event. */
const SAFE = ['GET', 'HEAD', 'OPTIONS']
