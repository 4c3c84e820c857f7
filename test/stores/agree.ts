/** Signs a person in at the foreign provider and lets them agree, by its own pages. Returns where it sends the browser; what it posts is in the query. */
export async function agree(url: string, login: string): Promise<URL> {
  const cookies = new Map<string, string>()
  let next = url
  let body: URLSearchParams | null = null
  for (let step = 0; step < 12; step++) {
    const headers: Record<string, string> = { Cookie: [...cookies].map((pair) => pair.join('=')).join('; ') }
    const response: Response = await fetch(next, {
      headers,
      redirect: 'manual',
      ...(body ? { method: 'POST', body } : {}),
    })
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? []
      cookies.set(name, value)
    }
    const text: string = await response.text()
    const location: string | null = response.headers.get('Location')
    if (location?.startsWith('https://auth.example.com/')) return new URL(location)
    if (text.includes('action="https://auth.example.com/')) return postedTo(text)
    const prompt: string | undefined = /name="prompt" value="(\w+)"/.exec(text)?.[1]
    if (location === null && prompt === undefined)
      throw new Error(`${response.status} at ${next}: ${text.slice(0, 300)}`)
    next = new URL(location ?? /action="([^"]+)"/.exec(text)?.[1] ?? '', next).href
    body =
      prompt === undefined || location !== null
        ? null
        : new URLSearchParams({ prompt, login, password: 'any' })
  }
  throw new Error('It leads nowhere')
}

/** Returns the form that the browser posts by itself (OAuth 2.0 Form Post Response Mode). */
function postedTo(page: string): URL {
  const url = new URL(/action="([^"]+)"/.exec(page)?.[1] ?? '')
  for (const [, name = '', value = ''] of page.matchAll(/name="(\w+)" value="([^"]*)"/g))
    url.searchParams.set(name, value)
  return url
}
