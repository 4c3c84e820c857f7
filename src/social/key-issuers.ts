import * as v from 'valibot'
import type { Egress } from './egress'

/** A key of an issuer may say for whom it signs, with a place for the id of a tenant. */
const KeySet = v.object({
  keys: v.array(v.object({ kid: v.optional(v.string()), issuer: v.optional(v.string()) })),
})

/** The keys of Microsoft that name no issuer: those of a tenant of one's own need not. */
const ANY_TENANT = 'https://login.microsoftonline.com/{tenantid}/v2.0'

/** Holds the issuer of each key of the key set that was read last. */
export interface KeyIssuers {
  /** Returns whom a key signs for, with `{tenantid}` for every tenant; an empty text if the key set has no such key. */
  issuerOf(kid: unknown): string
  /** Sends requests as before, and reads what passes by of the key set. */
  readonly egress: Egress
}

/** Reads from the key set of Microsoft for whom each key signs. It is asked for no more often than without. */
export function readKeyIssuers(egress: Egress, keySetUrl: string): KeyIssuers {
  let issuers: ReadonlyMap<unknown, string> = new Map()
  return {
    issuerOf: (kid) => issuers.get(kid) ?? '',
    async egress(url, init) {
      const response = await egress(url, init)
      if (url === keySetUrl) {
        const read = v.safeParse(
          KeySet,
          await response
            .clone()
            .json()
            .catch(() => null),
        )
        const keys = read.success ? read.output.keys : []
        issuers = new Map(keys.map(({ kid, issuer = ANY_TENANT }) => [kid, issuer]))
      }
      return response
    },
  }
}
