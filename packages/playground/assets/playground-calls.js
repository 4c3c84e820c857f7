// How the playground asks the service, and where it writes down what was answered.
import { fill, make, part } from './playground-elements.js'

/**
 * @typedef {{ d1: number, 'kv-read': number, 'kv-write': number, 'kv-delete': number }} Costs
 * @typedef {{ route: string, status: number, code: string, body: any, costs: Costs, milliseconds: number }} Answer
 * @typedef {{ body?: unknown, token?: string | null, cookies?: boolean, path?: string }} Options
 */

/**
 * Sends one request after another, so that what each is said to have cost is its own.
 *
 * `route` is `METHOD /path`, as it is written down; `path` says where it really goes. With a token no cookie comes along.
 *
 * @param {string} base
 * @returns {(route: string, options?: Options) => Promise<Answer>}
 */
export function createCalls(base) {
  /** @type {Promise<unknown>} */
  let last = Promise.resolve()
  return (route, options = {}) => {
    const sent = last.then(() => send(base, route, options))
    last = sent
    return sent
  }
}

/** @param {string} base @param {string} route @param {Options} options @returns {Promise<Answer>} */
async function send(base, route, { body, token = null, cookies = token === null, path }) {
  const [method = '', pattern = ''] = route.split(' ')
  /** @type {Record<string, string>} */
  const headers = { Accept: 'application/json' }
  if (token !== null) headers.Authorization = `Bearer ${token}`
  if (body !== undefined) headers['Content-Type'] = 'application/json'
  const begun = performance.now()
  const response = await fetch(`${base}${path ?? pattern}`, {
    method,
    headers,
    credentials: cookies ? 'same-origin' : 'omit',
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }).catch(() => null)
  const text = (await response?.text().catch(() => '')) ?? ''
  const milliseconds = Math.round(performance.now() - begun)
  const type = response?.headers.get('Content-Type') ?? ''
  const parsed = /json/.test(type) && text ? JSON.parse(text) : null
  const costs = parseCosts(response?.headers.get('Janus-Storage') ?? '')
  return { route, status: response?.status ?? 0, code: parsed?.code ?? '', body: parsed, costs, milliseconds }
}

/** @param {string} text @returns {Costs} */
function parseCosts(text) {
  const costs = { d1: 0, 'kv-read': 0, 'kv-write': 0, 'kv-delete': 0 }
  for (const [, name, count] of text.matchAll(/([\w-]+)=(\d+)/g))
    Object.assign(costs, { [name ?? '']: Number(count) })
  return costs
}

/** A row at the top of the log. @param {ParentNode} root @param {string} side @param {Answer} answer */
export function writeDown(root, side, answer) {
  part(root, 'no-calls')?.remove()
  const { costs } = answer
  const counts = [costs.d1, costs['kv-read'], costs['kv-write'], costs['kv-delete']]
  const row = make(
    'tr',
    '',
    make('td', '', side),
    make('td', '', make('code', '', answer.route)),
    make('td', tone(answer), `${answer.status} ${answer.code}`),
    ...counts.map((count) => make('td', count === 0 ? 'count none' : 'count', String(count))),
    make('td', 'count', String(answer.milliseconds)),
  )
  part(root, 'log').prepend(row)
}

/** An answer in full. @param {Answer} answer @param {Record<string, string>} texts */
export function describeAnswer(answer, texts) {
  const { costs } = answer
  const spent = [
    [texts.d1, costs.d1],
    [texts.kvReads, costs['kv-read']],
    [texts.kvWrites, costs['kv-write']],
    [texts.kvDeletes, costs['kv-delete']],
  ].flatMap(([text = '', n]) => (n ? [fill(String(text), { n })] : []))
  const cost = [
    spent.join(', ') || (texts.free ?? ''),
    fill(texts.milliseconds ?? '', { n: answer.milliseconds }),
  ]
  const body = answer.body === null ? (texts.empty ?? '') : JSON.stringify(mask(answer.body), null, 2)
  return [
    make(
      'p',
      'answer-line',
      make('strong', tone(answer), `${answer.status} ${answer.code}`),
      make('code', '', answer.route),
      make('span', 'muted', cost.join(' · ')),
    ),
    make('pre', '', body),
  ]
}

/** Tokens are shown elsewhere, taken apart. @param {any} body */
function mask(body) {
  const { access_token, refresh_token, ...rest } = body
  if (access_token === undefined) return body
  return { access_token: '…', ...(refresh_token === undefined ? {} : { refresh_token: '…' }), ...rest }
}

/** @param {Answer} answer */
export function tone({ status }) {
  return status >= 200 && status < 300 ? 'ok' : 'refused'
}
