import { env } from 'cloudflare:workers'
import { type Answer, newAddress, read } from './person'
import type { OwnService } from './service'

/** A row of the audit trail as the database has it. */
export type TrailRow = Readonly<Record<string, string | number | null>> & { readonly seq: number }

export const AGENT = 'Audited/1.0 (test)'

/** Says where a request came from, as the trail must have it. */
export interface Origin {
  readonly address: string
  readonly country: string
  readonly user_agent: string
  readonly request_id: string
}

/** Returns the rows after a place of the trail, in order. */
export async function rowsAfter(seq: number): Promise<readonly TrailRow[]> {
  const rows = await env.DB.prepare('SELECT * FROM audit_events WHERE seq > ?1 ORDER BY seq').bind(seq).all()
  return rows.results as TrailRow[]
}

export async function endOfTrail(): Promise<number> {
  return (await env.DB.prepare('SELECT max(seq) AS seq FROM audit_events').first<number>('seq')) ?? 0
}

/** Returns the rows that some work recorded, in order. */
export async function recordedDuring(work: () => Promise<unknown>): Promise<readonly TrailRow[]> {
  const end = await endOfTrail()
  await work()
  return rowsAfter(end)
}

/** Asks from an address of its own, of a service that logs every request, and tells where that was recorded to come from. */
export async function askRecorded(
  service: OwnService,
  method: string,
  path: string,
  { body, headers = {} }: { body?: unknown; headers?: Record<string, string> } = {},
): Promise<{ readonly answer: Answer; readonly rows: readonly TrailRow[]; readonly from: Origin }> {
  const address = newAddress()
  const json = body === undefined ? {} : { 'Content-Type': 'application/json' }
  const request = new Request(`${service.issuer}${path}`, {
    method,
    headers: { 'CF-Connecting-IP': address, 'User-Agent': AGENT, ...json, ...headers },
    body: body === undefined ? null : JSON.stringify(body),
    cf: { country: 'NL' },
  })
  const end = await endOfTrail()
  const answer = await read(await service.fetch(request))
  const line = service.log.findLast(({ event }) => event === 'request')
  const from = { address, country: 'NL', user_agent: AGENT, request_id: String(line?.request_id) }
  return { answer, rows: await rowsAfter(end), from }
}
