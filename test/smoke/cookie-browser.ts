// A person's browser without a window: it keeps cookies, follows where it is led, and sends the forms of Janus's pages.

export interface Page {
  readonly url: URL
  readonly status: number
  readonly text: string
}

/** How often a browser lets itself be led on before it gives up. */
const MOST_HOPS = 20

export class CookieBrowser {
  // Of one host, whatever its port, as cookies are.
  readonly #cookies = new Map<string, string>()

  /**
   * Opens a URL, and follows redirects and pages that lead on by themselves.
   *
   * @param stopAt What is not opened: the URL is returned, as that of an app that has no server.
   */
  async open(start: string | URL, stopAt: string | null = null, init: RequestInit = {}): Promise<Page> {
    let url = new URL(start)
    let sent = init
    for (let hop = 0; hop < MOST_HOPS; hop++) {
      if (stopAt !== null && url.href.startsWith(stopAt)) return { url, status: 0, text: '' }
      const response = await this.#send(url, sent)
      const onward = response.headers.get('Location') ?? refreshOf(response)
      const text = await response.text()
      if (onward === null) return { url, status: response.status, text }
      url = new URL(onward, url)
      sent = {}
    }
    throw new Error(`Led on and on, at last to ${url}`)
  }

  /** Types into the one form of a page that has such a field, and sends it. */
  submit(page: Page, fields: Readonly<Record<string, string>>, stopAt: string | null = null): Promise<Page> {
    const names = Object.keys(fields)
    const form = [...page.text.matchAll(/<form[^>]* action="([^"]*)"[^>]*>(.*?)<\/form>/gs)].find(
      ([, , inside = '']) => names.every((name) => inside.includes(` name="${name}"`)),
    )
    if (!form) throw new Error(`No form with ${names}: ${page.status} ${page.url}\n${page.text}`)
    const [, action = '', inside = ''] = form
    const hidden = [...inside.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)].map(
      ([, name = '', value = '']) => [name, decodeText(value)],
    )
    const url = new URL(decodeText(action), page.url)
    return this.open(url, stopAt, {
      method: 'POST',
      headers: { Origin: url.origin, 'Sec-Fetch-Site': 'same-origin' },
      body: new URLSearchParams({ ...Object.fromEntries(hidden), ...fields }),
    })
  }

  async #send(url: URL, init: RequestInit): Promise<Response> {
    const headers = new Headers({ Accept: 'text/html', 'Sec-Fetch-Site': 'cross-site' })
    for (const [name, value] of new Headers(init.headers)) headers.set(name, value)
    headers.set('Cookie', [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; '))
    const response = await fetch(url, { ...init, headers, redirect: 'manual' })
    for (const line of response.headers.getSetCookie()) this.#keep(line)
    return response
  }

  #keep(line: string): void {
    const [, name = '', value = ''] = /^([^=;]+)=([^;]*)/.exec(line) ?? []
    if (value === '' || /; *Max-Age=0\b/i.test(line)) this.#cookies.delete(name)
    else this.#cookies.set(name, value)
  }
}

function refreshOf(response: Response): string | null {
  return /^0;url=(.*)$/s.exec(response.headers.get('Refresh') ?? '')?.[1] ?? null
}

function decodeText(text: string): string {
  return text.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&')
}
