import { env } from 'cloudflare:workers'
import { createJanus, createMail, createPages } from 'janus'

export const auth = createJanus(env, { createMail, createPages })

/** Returns who is asking; `null`: nobody is signed in. */
export async function userOf(request: Request) {
  const verdict = await auth.authenticate(request.headers, request.method)
  if (!verdict.ok) return null
  const answer = await auth.user(verdict.principal)
  return answer.ok ? answer.user : null
}
