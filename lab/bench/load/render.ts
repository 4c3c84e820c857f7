import type { Template } from './job.ts'

type Request = Omit<Template, 'expect'> & { readonly expect?: unknown }

let lastNumber = 0

/** Makes the bytes of a request. What has no placeholder is made once. */
export function createRenderer(template: Request): (token: string) => string {
  const fixed = render(template, '', 0)
  const varies = /\{(n|token)\}/.test(fixed)
  return varies ? (token) => render(template, token, ++lastNumber) : () => fixed
}

function render({ method, path, headers, body }: Request, token: string, n: number): string {
  const fill = (text: string) =>
    n === 0 ? text : text.replaceAll('{n}', String(n)).replaceAll('{token}', token)
  const all = {
    Host: 'localhost',
    // As Cloudflare's edge would say it.
    'CF-Connecting-IP': '203.0.113.9',
    ...(body === undefined
      ? {}
      : { 'Content-Type': 'application/json', 'Content-Length': fill(body).length }),
    ...headers,
  }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${fill(String(value))}\r\n`)
  return `${method} ${fill(path)} HTTP/1.1\r\n${lines.join('')}\r\n${body === undefined ? '' : fill(body)}`
}
