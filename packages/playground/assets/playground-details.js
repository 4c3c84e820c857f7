// What each side of the playground holds, and what the service stores of it.
import { dayAndTime, fill, isInstant, make, part } from './playground-elements.js'

/**
 * An access token as its page has it. Unverified: that is for the service.
 *
 * @typedef {{ text: string, header: Record<string, unknown>, claims: Record<string, any> }} AccessToken
 * @typedef {{ d1: Record<string, any>, kv: { key: string, record: unknown } | null }} Stored
 */

/** @param {string} text @returns {AccessToken} */
export function parseToken(text) {
  const [header = '', payload = ''] = text.split('.')
  return { text, header: decode(header), claims: decode(payload) }
}

/** @param {string} text */
function decode(text) {
  const bytes = Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0))
  return JSON.parse(new TextDecoder().decode(bytes))
}

/** @param {ParentNode} box @param {string} sessionId @param {number} lifeSeconds */
export function showCookie(box, sessionId, lifeSeconds) {
  part(box, 'cookie-id').textContent = sessionId
  part(box, 'max-age').textContent = `=${lifeSeconds}`
}

/** @param {ParentNode} box @param {AccessToken} token @param {string} refreshToken @param {any} texts */
export function showTokens(box, { text, header, claims }, refreshToken, texts) {
  const [rawHeader = '', rawPayload = '', rawSignature = ''] = text.split('.')
  part(box, 'raw-header').textContent = rawHeader
  part(box, 'raw-payload').textContent = rawPayload
  part(box, 'raw-signature').textContent = rawSignature
  showClaims(part(box, 'header'), header, texts)
  showClaims(part(box, 'payload'), claims, texts)
  part(box, 'signature').textContent = fill(texts.token.signatureMeaning, header)
  const [id = '', counter = ''] = refreshToken.split('.')
  part(box, 'refresh-id').textContent = id
  part(box, 'refresh-counter').textContent = counter
}

/** @param {HTMLElement} list @param {Record<string, unknown>} claims @param {any} texts */
function showClaims(list, claims, texts) {
  for (const row of list.querySelectorAll('[data-private]')) row.remove()
  for (const row of all(list, '[data-claim]')) row.hidden = !Object.hasOwn(claims, row.dataset.claim ?? '')
  for (const [name, value] of Object.entries(claims)) {
    const row = list.querySelector(`[data-claim="${CSS.escape(name)}"]`) ?? privateRow(list, name, texts)
    const time = isInstant(name) ? ` (${dayAndTime(value)})` : ''
    part(row, 'value').textContent = `${JSON.stringify(value)}${time}`
  }
}

/** A claim of which this page knows nothing. @param {HTMLElement} list @param {string} name @param {any} texts */
function privateRow(list, name, texts) {
  const value = make('code', '')
  value.dataset.part = 'value'
  const term = make('dt', '', make('code', '', name), make('span', 'badge', texts.token.private))
  const row = make('div', '', term, make('dd', '', value, make('span', 'muted', texts.unknownClaim)))
  row.dataset.private = ''
  list.append(row)
  return row
}

/**
 * @param {ParentNode} box
 * @param {'session' | 'token'} mode
 * @param {Stored | 'gone' | 'out'} stored
 * @param {Record<string, string>} texts
 */
export function showStored(box, mode, stored, texts) {
  const never = mode === 'token' ? [hint(texts.never)] : null
  if (stored === 'gone' || stored === 'out') {
    part(box, 'd1').replaceChildren(hint(texts[stored]))
    part(box, 'kv').replaceChildren(...(never ?? [hint(texts[stored])]))
    return
  }
  const { d1, kv } = stored
  const notes = [
    mode === 'token' ? texts.counter : texts.hash,
    ...(d1.ended_at === null ? [] : [texts.ended]),
  ]
  part(box, 'd1').replaceChildren(rowTable(d1, texts), ...notes.map(hint))
  const absent = never ?? [hint(fill(texts.noCopy ?? '', { key: `session:${d1.id}` }))]
  part(box, 'kv').replaceChildren(...(kv ? copyOf(kv) : absent))
}

/** @param {{ key: string, record: unknown }} copy */
function copyOf({ key, record }) {
  return [make('p', 'key', make('code', '', key)), make('pre', '', JSON.stringify(record, null, 2))]
}

/** @param {Record<string, unknown>} row @param {Record<string, string>} texts */
function rowTable(row, texts) {
  const heads = [texts.column, texts.value].map((text) => {
    const head = make('th', '', text ?? '')
    head.setAttribute('scope', 'col')
    return head
  })
  const lines = Object.entries(row).map(([name, value]) => {
    const time = isInstant(name) && value !== null ? ` (${dayAndTime(value)})` : ''
    const telling = value !== null && TELLING.has(name)
    const shown = make('td', value === null ? 'muted' : '', `${value}${time}`)
    return make('tr', telling ? 'telling' : '', make('td', '', make('code', '', name)), shown)
  })
  const head = make('thead', 'visually-hidden', make('tr', '', ...heads))
  return make('table', 'stored-row', head, make('tbody', '', ...lines))
}

/** The columns that tell the modes apart, or the living from the ended. */
const TELLING = new Set(['secret_hash', 'refresh_counter', 'ended_at', 'end_reason'])

/** @param {string | undefined} text */
function hint(text) {
  return make('p', 'hint', text ?? '')
}

/** @param {ParentNode} root @param {string} selector @returns {NodeListOf<HTMLElement>} */
function all(root, selector) {
  return root.querySelectorAll(selector)
}
