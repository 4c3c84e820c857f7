import { get } from 'node:https'
import { text } from 'node:stream/consumers'

/** Asks a service on this machine, whose certificate nobody has signed. Returns the body, and whether it is that of a success. */
export async function ask(url: string): Promise<{ readonly ok: boolean; readonly body: string }> {
  if (!url.startsWith('https:')) {
    const response = await fetch(url)
    return { ok: response.ok, body: await response.text() }
  }
  return new Promise((resolve, reject) => {
    // Only ever this machine: nothing secret is sent, and what comes back is shown.
    const request = get(url, { rejectUnauthorized: false }, async (response) => {
      resolve({ ok: response.statusCode === 200, body: await text(response) })
    })
    request.on('error', reject)
  })
}
