/**
 * Returns a redirect to sign-in, and back to the page that a browser wanted to open. `null` for every other request: programs get the
 * problem, and a form or a token that was refused is not lost on the way.
 *
 * @param signInAt The page to sign in, as a path on the origin of the app or as a URL.
 */
export function redirectToSignIn({ url, method, headers }: Request, signInAt: string): Response | null {
  const opensPage =
    (method === 'GET' || method === 'HEAD') && /\btext\/html\b/.test(headers.get('Accept') ?? '')
  // guard: only a browser that opens a page is led to sign-in
  if (!opensPage || headers.has('Authorization')) return null
  const { origin, pathname, search } = new URL(url)
  const page = new URL(signInAt, origin)
  const isHere = page.origin === origin
  // A path, where it is enough: an app behind a proxy may not know its own host.
  page.searchParams.set('return_to', isHere ? pathname + search : origin + pathname + search)
  const location = isHere ? page.pathname + page.search : page.href
  return new Response(null, {
    status: 303,
    headers: { Location: location, 'Cache-Control': 'no-store', Vary: 'Accept, Authorization, Cookie' },
  })
}
