import type { Clock } from '../runtime/clock'
import { EventNotTaken, type EventReceiver } from './receiver'

/** Longer than this is as good as down; the event is sent again later. */
const PATIENCE_MS = 10_000

/**
 * Creates the receiver that is a URL. Each event is one `POST`, signed as Standard Webhooks says (https://www.standardwebhooks.com), version 1:
 * HMAC-SHA-256 over `id.timestamp.body`.
 *
 * @param secrets Newest first. Each signs, so a receiver may have the old one or the new one while they rotate.
 */
export function createWebhook({
  url,
  secrets,
  clock,
}: {
  readonly url: string
  readonly secrets: readonly Uint8Array<ArrayBuffer>[]
  readonly clock: Clock
}): EventReceiver {
  return {
    name: 'webhook',
    async deliver(event) {
      const body = JSON.stringify(event)
      const timestamp = String(clock())
      const signed = new TextEncoder().encode(`${event.id}.${timestamp}.${body}`)
      const signatures = await Promise.all(secrets.map((secret) => sign(secret, signed)))
      const response = await fetch(url, {
        method: 'POST',
        headers: {
          'Content-Type': 'application/json',
          'User-Agent': 'janus',
          'webhook-id': event.id,
          'webhook-timestamp': timestamp,
          'webhook-signature': signatures.join(' '),
        },
        body,
        signal: AbortSignal.timeout(PATIENCE_MS),
        // guard: a webhook is not sent where its receiver points to
        redirect: 'manual',
      })
      await response.body?.cancel()
      if (!response.ok) throw new EventNotTaken(`HTTP ${response.status}`)
    },
  }
}

async function sign(secret: Uint8Array<ArrayBuffer>, signed: BufferSource): Promise<string> {
  const key = await crypto.subtle.importKey('raw', secret, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
  const signature = new Uint8Array(await crypto.subtle.sign('HMAC', key, signed))
  return `v1,${btoa(String.fromCharCode(...signature))}`
}
