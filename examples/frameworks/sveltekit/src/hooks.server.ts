import type { Handle } from '@sveltejs/kit'

/** Notes who is asking; `null`: nobody is signed in. */
export const handle: Handle = async ({ event, resolve }) => {
  const { request, platform, locals } = event
  const auth = platform?.env.AUTH
  const verdict = await auth?.authenticate(request.headers, request.method)
  const answer = verdict?.ok ? await auth?.user(verdict.principal) : null
  locals.user = answer?.ok ? answer.user : null
  return resolve(event)
}
