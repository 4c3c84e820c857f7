import type { Mode } from '../../src/sessions/mode.ts'
import { OPERATIONS, type OperationCost, type OperationName } from './operations.ts'
import { PAID } from './prices.ts'
import type { RowSizes } from './row-sizes.ts'

/** Holds the habits of people. Change these, and all that follows changes with them. */
export interface Habits {
  readonly accounts: number
  /** Of all accounts, how many use the service on a day. */
  readonly dailyActive: number
  /** Of each of those, on that day. */
  readonly protectedRequests: number
  /** Sets how often a session of session mode slides: once half of its 7 idle days are over. */
  readonly slides: number
  /** Of requests of token mode in a row, how many the memo answers. Bursts are twenty calls; not all reach one isolate. */
  readonly remembered: number
  /** Of requests of session mode, how many come with a fresh seal: all but the first of a burst, whichever isolate they reach. */
  readonly sealed: number
  readonly refreshes: number
  readonly signIns: number
  readonly signOuts: number
  /** New accounts on a day, of all there are. */
  readonly signUps: number
  /** Sessions that are open, for each account. */
  readonly openSessions: number
  /** The busiest second against the average one. */
  readonly peak: number
  readonly auditRetentionDays: number
}

export const HABITS: Habits = {
  accounts: 100_000_000,
  dailyActive: 0.1,
  protectedRequests: 100,
  slides: 1 / 3.5,
  remembered: 0.5,
  sealed: 0.95,
  refreshes: 6,
  signIns: 1 / 20,
  signOuts: 1 / 40,
  signUps: 0.0005,
  openSessions: 1.5,
  peak: 4,
  auditRetentionDays: 365,
}

/**
 * Bounds the load that is planned for one D1 database: a fifth of the thousand one-millisecond queries a second that its single thread makes
 * (Cloudflare's own figure), because a queue is where a login waits; and half of its 10 GB.
 */
const D1 = { roundTripsPerSecond: 200, gigabytes: 5 }

const DAY_SECONDS = 86_400

/** Returns how often an operation happens on an average day. */
function daily(habits: Habits, mode: Mode): Readonly<Partial<Record<OperationName, number>>> {
  const active = habits.accounts * habits.dailyActive
  const requests = active * habits.protectedRequests
  return {
    ...(mode === 'token'
      ? {
          'protected request': requests * (1 - habits.remembered),
          'protected request, remembered': requests * habits.remembered,
          refresh: active * habits.refreshes,
        }
      : {
          'protected request': requests * (1 - habits.sealed),
          'protected request, sealed': requests * habits.sealed,
          'protected request that slides the session': active * habits.slides,
          'first request of a session without a seal':
            active * habits.signIns + habits.accounts * habits.signUps,
        }),
    'sign-in': active * habits.signIns,
    'sign-out': active * habits.signOuts,
    'sign-up': habits.accounts * habits.signUps,
    'ended session, swept': active * habits.signOuts,
  }
}

export interface Load {
  readonly mode: Mode
  /** At the busiest second, of all operations. */
  readonly perSecond: Readonly<Record<'requests' | 'hashes' | keyof Totals, number>>
  readonly gigabytes: number
  readonly databasesByRate: number
  readonly databasesBySize: number
  readonly dollarsMonthly: number
}

type Totals = Pick<OperationCost, 'd1' | 'rowsWritten' | 'kvReads' | 'kvWrites'>

/** Returns the load of so many accounts on each part, where all of them use one mode. */
export function loadOf(habits: Habits, mode: Mode, sizes: RowSizes): Load {
  const counts = Object.entries(daily(habits, mode)) as [OperationName, number][]
  const sum = (of: (cost: OperationCost, name: OperationName) => number) =>
    counts.reduce((total, [name, count]) => total + count * of(costOf(name, mode), name), 0)
  const peak = (dailyTotal: number) => (dailyTotal / DAY_SECONDS) * habits.peak

  const requests = sum((_, name) => (name === 'ended session, swept' ? 0 : 1))
  const events = sum((_, name) => (AUDITED.has(name) ? 1 : 0)) * habits.auditRetentionDays
  const bytes =
    habits.accounts * (sizes.account + habits.openSessions * sizes.session) + events * sizes.auditEvent
  const gigabytes = bytes / 1e9
  const d1 = peak(sum((cost) => cost.d1))
  return {
    mode,
    perSecond: {
      requests: peak(requests),
      hashes: peak(sum((cost) => cost.hashes)),
      d1,
      rowsWritten: peak(sum((cost) => cost.rowsWritten)),
      kvReads: peak(sum((cost) => cost.kvReads)),
      kvWrites: peak(sum((cost) => cost.kvWrites)),
    },
    gigabytes,
    databasesByRate: Math.ceil(d1 / D1.roundTripsPerSecond),
    databasesBySize: Math.ceil(gigabytes / D1.gigabytes),
    dollarsMonthly: 30 * sum((cost, name) => dollars(cost, name)),
  }
}

/** Lists the operations that leave a row in the audit trail; a sign-in that replaces a session leaves two. */
const AUDITED: ReadonlySet<OperationName> = new Set(['sign-in', 'sign-out', 'sign-up'])

function costOf(name: OperationName, mode: Mode): OperationCost {
  const cost = OPERATIONS[name][mode]
  if (cost === null) throw new Error(`There is no ${name} in ${mode} mode`)
  return cost
}

/** The included amounts are too small to matter here, and left out; so is CPU but for the hash, at 250 ms. */
function dollars(cost: OperationCost, name: OperationName): number {
  const perMillion =
    (name === 'ended session, swept' ? 0 : PAID.requests.perMillion) +
    cost.hashes * 250 * PAID.cpuMilliseconds.perMillion +
    cost.kvReads * PAID.kvReads.perMillion +
    cost.kvWrites * PAID.kvWrites.perMillion +
    cost.kvDeletes * PAID.kvDeletes.perMillion +
    cost.rowsRead * PAID.rowsRead.perMillion +
    cost.rowsWritten * PAID.rowsWritten.perMillion
  return perMillion / 1_000_000
}

/** Returns Markdown: a row for each number of accounts and mode. */
export function scaleTable(sizes: RowSizes): string {
  const whole = (value: number) => Math.ceil(value).toLocaleString('en-US')
  const rows = [10_000, 100_000, 1_000_000, 10_000_000, 100_000_000].flatMap((accounts) =>
    (['session', 'token'] as const).map((mode) => {
      const { perSecond, ...load } = loadOf({ ...HABITS, accounts }, mode, sizes)
      const cells = [
        perSecond.requests,
        perSecond.hashes,
        perSecond.kvReads,
        perSecond.d1,
        perSecond.rowsWritten,
        load.gigabytes,
        load.databasesByRate,
        load.databasesBySize,
        load.dollarsMonthly,
      ].map(whole)
      return `| ${whole(accounts)} | ${mode} | ${cells.join(' | ')} |`
    }),
  )
  const { account, session, auditEvent } = sizes
  const bytes = [account, session, auditEvent].map((size) => Math.round(size))
  return [
    '| accounts | mode | requests/s | hashes/s | KV reads/s | D1 round trips/s | D1 rows written/s | GB in D1 | databases by rate | by size | $ a month |',
    '| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |',
    ...rows,
    '',
    `At the busiest second. An account takes ${bytes[0]} bytes, a session ${bytes[1]}, an audit event ${bytes[2]}.`,
  ].join('\n')
}
