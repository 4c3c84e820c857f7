import { getCloudflareContext } from '@opennextjs/cloudflare'
import type { CallerService } from 'janus'
import { headers } from 'next/headers'

/** Returns who is asking; `null`: nobody is signed in. */
export async function currentUser() {
  const { AUTH } = getCloudflareContext().env as unknown as { AUTH: CallerService }
  // A page is shown by GET alone.
  const verdict = await AUTH.authenticate(new Headers(await headers()), 'GET')
  if (!verdict.ok) return null
  const answer = await AUTH.user(verdict.principal)
  return answer.ok ? answer.user : null
}
