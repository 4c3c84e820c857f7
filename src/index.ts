import { WorkerEntrypoint } from 'cloudflare:workers'
import { janus } from './deployed'
import type { RecentTerms } from './guards/recent-proof'
import type { CallerService, MetadataChange } from './guards/verdict'

/** For `SESSION_COPIES = "durable-object"`: the class to bind as `COPIES`. */
export { SessionCopiesObject } from './wiring/durable-object-copies'

export default {
  fetch: janus.fetch,
  scheduled: () => janus.sweep(),
} satisfies ExportedHandler

/** Serves other Workers over a service binding with `entrypoint = "Janus"`. Only those of the same account can have one. */
export class Janus extends WorkerEntrypoint implements CallerService {
  authenticate(headers: Headers, method?: string) {
    return janus.authenticate(headers, method)
  }

  requireLive(headers: Headers, method?: string) {
    return janus.requireLive(headers, method)
  }

  requireRecent(headers: Headers, terms: RecentTerms, method?: string) {
    return janus.requireRecent(headers, terms, method)
  }

  user(principal: { readonly userId: string }) {
    return janus.user(principal)
  }

  setMetadata(principal: { readonly userId: string }, change: MetadataChange) {
    return janus.setMetadata(principal, change)
  }

  endSession(id: string) {
    return janus.endSession(id)
  }
}
