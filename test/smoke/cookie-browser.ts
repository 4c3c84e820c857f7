// A person's browser without a window: it keeps cookies, follows where it is led, and sends the forms of Janus's pages.
import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http'
import { text } from 'node:stream/consumers'

export interface Page {
  readonly url: URL
  readonly status: number
  readonly text: string
}

/** Says what a browser sends when it opens a page. */
interface Sent {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: URLSearchParams
}

/** Says how often a browser lets itself be led on before it gives up. */
const MOST_HOPS = 20

export class CookieBrowser {
  // Of one host, whatever its port, as cookies are.
  readonly #cookies = new Map<string, string>()

  /**
   * Opens a URL, and follows redirects and pages that lead on by themselves.
   *
   * @param stopAt What is not opened: the URL is returned, as that of an app that has no server.
   */
  async open(start: string | URL, stopAt: string | null = null, first: Sent = {}): Promise<Page> {
    let url = new URL(start)
    let sent = first
    for (let hop = 0; hop < MOST_HOPS; hop++) {
      if (stopAt !== null && url.href.startsWith(stopAt)) return { url, status: 0, text: '' }
      const { status, headers, body } = await this.#send(url, sent)
      const onward = headers.location ?? refreshOf(headers)
      if (onward === null) return { url, status, text: body }
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

  /** `fetch` would say that it opens no page. */
  async #send(url: URL, { method = 'GET', headers, body }: Sent) {
    const sent = request(url.href, {
      method,
      headers: {
        Accept: 'text/html',
        'User-Agent': 'Mozilla/5.0',
        'Sec-Fetch-Site': 'cross-site',
        'Sec-Fetch-Mode': 'navigate',
        'Sec-Fetch-Dest': 'document',
        Cookie: [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; '),
        ...(body && { 'Content-Type': 'application/x-www-form-urlencoded' }),
        ...headers,
      },
    })
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      sent.once('response', resolve).once('error', reject).end(body?.toString())
    })
    for (const line of answer.headers['set-cookie'] ?? []) this.#keep(line)
    return { status: answer.statusCode ?? 0, headers: answer.headers, body: await text(answer) }
  }

  #keep(line: string): void {
    const [, name = '', value = ''] = /^([^=;]+)=([^;]*)/.exec(line) ?? []
    if (value === '' || /; *Max-Age=0\b/i.test(line)) this.#cookies.delete(name)
    else this.#cookies.set(name, value)
  }
}

function refreshOf({ refresh }: IncomingHttpHeaders): string | null {
  return /^0;url=(.*)$/s.exec(String(refresh ?? ''))?.[1] ?? null
}

function decodeText(text: string): string {
  return text.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&')
}
