/**
 * Cloudflare's prices in US dollars, as its documentation had them on 2026-11-23: Workers (developers.cloudflare.com/workers/platform/pricing),
 * KV (…/kv/platform/pricing), D1 (…/d1/platform/pricing) and Durable Objects (…/durable-objects/platform/pricing), whose rows cost what D1's do. Per million, beyond what Workers Paid includes each month.
 */
export const PRICED_ON = '2026-11-23'

export const PAID = {
  baseMonthly: 5,
  requests: { perMillion: 0.3, included: 10_000_000 },
  cpuMilliseconds: { perMillion: 0.02, included: 30_000_000 },
  kvReads: { perMillion: 0.5, included: 10_000_000 },
  kvWrites: { perMillion: 5, included: 1_000_000 },
  kvDeletes: { perMillion: 5, included: 1_000_000 },
  rowsRead: { perMillion: 0.001, included: 25_000_000_000 },
  rowsWritten: { perMillion: 1, included: 50_000_000 },
  objectCalls: { perMillion: 0.15, included: 1_000_000 },
} as const

/** Holds the daily quotas of Workers Free; requests beyond them fail. CPU is another matter: 10 ms a request. */
export const FREE_DAILY = {
  requests: 100_000,
  kvReads: 100_000,
  kvWrites: 1000,
  kvDeletes: 1000,
  rowsRead: 5_000_000,
  rowsWritten: 100_000,
  objectCalls: 100_000,
} as const
