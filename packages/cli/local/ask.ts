import { get } from 'node:https'
import { text } from 'node:stream/consumers'

/** Asks a service on this machine, whose certificate nobody has signed. */
export async function ask(url: string): Promise<{ readonly status: number; readonly body: string }> {
  if (!url.startsWith('https:')) {
    const response = await fetch(url)
    return { status: response.status, body: await response.text() }
  }
  return new Promise((resolve, reject) => {
    // Only ever this machine: nothing secret is sent, and what comes back is shown.
    const request = get(url, { rejectUnauthorized: false }, async (response) => {
      resolve({ status: response.statusCode ?? 0, body: await text(response) })
    })
    request.on('error', reject)
  })
}
