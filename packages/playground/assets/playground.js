// The playground: one account signed in with a cookie and with tokens, and what each of them is answered.
import { createCalls, describeAnswer, tone, writeDown } from './playground-calls.js'
import { parseToken, showCookie, showStored, showTokens } from './playground-details.js'
import { clockTime, duration, fill, make, now, part } from './playground-elements.js'

/** @typedef {import('./playground-calls.js').Answer} Answer */
/** @typedef {import('./playground-details.js').AccessToken} AccessToken */
/**
 * @typedef {object} Side
 * @property {'session' | 'token'} mode
 * @property {HTMLElement} element What it can be asked, and what it answered.
 * @property {HTMLElement} records What it consists of.
 * @property {string | null} sessionId `null`: not signed in.
 * @property {number | null} endedAt As D1 has it, in seconds; `null`: not ended.
 * @property {AccessToken | null} token
 * @property {string} refreshToken
 * @property {number[]} answers What `whoami` answered, oldest first.
 */

const ASK_EVERY_MS = 2000
const MOST_ANSWERS = 60

/** @type {any} */
const root = document.querySelector('#playground')
if (root) begin()

function begin() {
  const texts = JSON.parse(root.dataset.texts)
  const call = createCalls(root.dataset.base)
  const session = sideOf('session')
  const token = sideOf('token')
  const sides = [session, token]
  /** The account. The password is kept by this page alone, to sign in again. @type {{ email: string, password: string } | null} */
  let account = null
  let asking = 0

  root.hidden = false
  for (const side of sides) {
    for (const button of side.element.querySelectorAll('button')) {
      button.addEventListener('click', () => ACTIONS[button.dataset.call ?? '']?.(side))
    }
  }
  part(root, 'create')?.addEventListener('click', () => start('POST /register', newAccount()))
  part(root, 'watch').addEventListener('click', toggleAsking)
  part(root, 'sign-in').addEventListener('submit', (/** @type {SubmitEvent} */ event) => {
    event.preventDefault()
    const form = new FormData(part(root, 'sign-in'))
    start('POST /login', { email: String(form.get('email')), password: String(form.get('password')) })
  })
  setInterval(tick, 1000)
  resume()

  /** @type {Record<string, (side: Side) => Promise<unknown>>} */
  const ACTIONS = {
    whoami: (side) => ask(side, true),
    me: (side) => asSide(side, 'GET /me'),
    refresh,
    end,
    signIn: async (side) => account && (await signIn(side, 'POST /login', account)) && look(),
  }

  /** Who opened this page may be signed in already, with the cookie. */
  async function resume() {
    const { body } = await call('GET /')
    if (!body?.authenticated || body.session.mode !== 'session') return
    begun(session, body)
    introduce(body.user.email)
    await look()
  }

  /** Signs in both sides, with the cookie first. @param {string} route @param {{ email: string, password: string }} credentials */
  async function start(route, credentials) {
    part(root, 'trouble').hidden = true
    if (!(await signIn(session, route, credentials))) return
    account = credentials
    part(root, 'sign-in').reset()
    introduce(credentials.email)
    await signIn(token, 'POST /login', credentials)
    await look()
  }

  /** @param {Side} side @param {string} route @param {{ email: string, password: string }} credentials */
  async function signIn(side, route, credentials) {
    // The session of a cookie that comes along ends with a sign-in, so the token side sends none.
    const cookies = side.mode === 'session'
    const answer = await call(route, { body: { ...credentials, mode: side.mode }, cookies })
    report(side, answer)
    if (tone(answer) === 'ok' && answer.body?.session) return begun(side, answer.body)
    const values = {
      status: answer.status || texts.start.noAnswer,
      code: answer.code || texts.start.noSession,
    }
    part(root, 'trouble').textContent = fill(texts.start.trouble, values)
    part(root, 'trouble').hidden = false
    return false
  }

  /** A sign-in was answered. @param {Side} side @param {any} body */
  function begun(side, body) {
    Object.assign(side, { sessionId: body.session.id, endedAt: null, answers: [] })
    hold(side, body)
    return true
  }

  /** @param {Side} side @param {any} body Of a sign-in or a refresh. */
  function hold(side, { session, access_token, account_token = access_token, refresh_token }) {
    const box = part(side.records, 'holds')
    if (side.mode === 'session') {
      showCookie(box, session.id, (Date.parse(session.expires_at) - Date.parse(session.created_at)) / 1000)
    } else {
      Object.assign(side, { token: parseToken(account_token), refreshToken: refresh_token })
      if (side.token) showTokens(box, side.token, refresh_token, texts)
      tick()
    }
  }

  /** @param {string} email */
  function introduce(email) {
    part(root, 'who').textContent = fill(texts.start.signedIn, { email })
    const create = part(root, 'create')
    if (create) {
      create.textContent = texts.start.again
      create.classList.remove('primary')
    }
    part(root, 'signed-in').hidden = false
    part(root, 'watch').hidden = false
  }

  /** One call with the credential of a side. @param {Side} side @param {string} route */
  async function asSide(side, route) {
    const answer = await call(route, { token: side.token?.text })
    report(side, answer)
    await look()
  }

  /** Calls the route that asks for no live session. @param {Side} side @param {boolean} aloud Whether it is written down. */
  async function ask(side, aloud) {
    const answer = await call('GET /playground/whoami', { token: side.token?.text })
    const changed = side.answers.at(-1) !== answer.status
    side.answers = [...side.answers, answer.status].slice(-MOST_ANSWERS)
    if (aloud || changed) report(side, answer)
    drawStrip(side)
    if (aloud || changed) await look()
  }

  /** @param {Side} side */
  async function refresh(side) {
    const body = { refresh_token: side.refreshToken }
    const answer = await call('POST /refresh', { body, cookies: false })
    report(side, answer)
    if (answer.body?.access_token) hold(side, answer.body)
    await look()
  }

  /** Ends a side with the credential of the other. @param {Side} side */
  async function end(side) {
    const other = side === session ? token : session
    const answer = await call('DELETE /sessions/:id', {
      path: `/sessions/${side.sessionId}`,
      token: other.token?.text,
    })
    report(side, answer, other)
    await look()
  }

  /** Shows an answer at the side it is about, and writes down who sent it. @param {Side} side @param {Answer} answer */
  function report(side, answer, sender = side) {
    part(side.element, 'answer').replaceChildren(...describeAnswer(answer, texts.answers))
    writeDown(root, texts.titles[sender.mode], answer)
  }

  /** Looks at what is stored of either side, with whatever credential still lets one look. */
  async function look() {
    const alive = token.token && token.token.claims.exp > now() ? token.token.text : null
    for (const side of sides) {
      if (side.sessionId === null) continue
      const path = `/playground/sessions/${side.sessionId}`
      const { status, body } = await call('GET /playground/sessions/:id', { path, token: alive })
      const stored = status === 200 ? body : status === 404 ? 'gone' : 'out'
      if (status === 200) side.endedAt = body.d1.ended_at
      // Swept, or the cookie that asked is refused itself.
      else if (status === 404 || (status === 401 && side === session)) side.endedAt ??= now()
      showStored(side.records, side.mode, stored, texts.stored)
    }
    for (const side of sides) showState(side)
  }

  /** @param {Side} side */
  function stateOf({ sessionId, endedAt, token }) {
    const expired = token !== null && token.claims.exp <= now()
    if (sessionId === null) return 'none'
    if (endedAt === null) return expired ? 'expired' : 'live'
    return token && !expired ? 'endedButGood' : 'ended'
  }

  /** @param {Side} side */
  function showState(side) {
    const { element, records, mode, endedAt, token } = side
    const state = stateOf(side)
    const ended = state === 'ended' || state === 'endedButGood'
    const badge = part(element, 'state')
    say(badge, texts.states[state])
    badge.className = `badge ${state === 'live' ? 'success' : ended ? 'danger' : ''}`
    const verdict = {
      none: mode === 'token' ? texts.verdicts.tokenLost : '',
      live: '',
      expired: texts.verdicts.tokenExpired,
      ended: mode === 'token' ? texts.verdicts.tokenOver : texts.verdicts.sessionEnded,
      endedButGood: texts.verdicts.tokenEnded,
    }[state]
    const times = { time: clockTime(endedAt ?? 0), expiry: clockTime(token?.claims.exp ?? 0) }
    say(part(element, 'verdict'), fill(verdict, times))
    part(element, 'verdict').hidden = verdict === ''
    part(records, 'holds').hidden = state === 'none'
    for (const button of element.querySelectorAll('button')) button.disabled = state === 'none'
    callPart(side, 'end', 'data-call').disabled = sides.some(({ sessionId }) => sessionId === null)
    callPart(side, 'signIn', 'data-row').hidden = !ended || account === null
    element.dataset.state = state
    drawStrip(side)
  }

  /** @param {Side} side */
  function drawStrip({ element, answers }) {
    const strip = part(element, 'strip')
    const runs = part(element, 'runs')
    runs.hidden = answers.length === 0
    runs.textContent = fill(texts.answers.strip, { runs: describeRuns(answers) })
    strip.replaceChildren(...answers.map((status) => make('span', status === 200 ? 'ok' : 'refused')))
  }

  function toggleAsking() {
    clearInterval(asking)
    asking = asking ? 0 : setInterval(askBoth, ASK_EVERY_MS)
    part(root, 'watch').ariaPressed = String(asking !== 0)
    if (asking) askBoth()
  }

  function askBoth() {
    for (const side of sides) if (side.sessionId !== null) ask(side, false)
  }

  /** Once a second: how long the access token is still good. */
  function tick() {
    if (!token.token) return
    const { iat, exp } = token.token.claims
    const left = exp - now()
    const text = left > 0 ? texts.token.expiresIn : texts.token.expired
    part(token.records, 'time-left').textContent = fill(text, { left: duration(Math.abs(left)) })
    part(token.records, 'life').max = exp - iat
    part(token.records, 'life').value = Math.max(0, left)
    if (token.element.dataset.state !== stateOf(token)) showState(token)
  }
}

/** @param {'session' | 'token'} mode @returns {Side} */
function sideOf(mode) {
  /** @param {string} id @returns {any} */
  const find = (id) => document.getElementById(id)
  const [element, records] = [find(mode), find(`${mode}-records`)]
  return {
    mode,
    element,
    records,
    sessionId: null,
    endedAt: null,
    token: null,
    refreshToken: '',
    answers: [],
  }
}

/** Screen readers say again what is written again. @param {HTMLElement} element @param {string} text */
function say(element, text) {
  if (element.textContent !== text) element.textContent = text
}

/** @param {Side} side @param {string} name @param {'data-call' | 'data-row'} kind @returns {any} */
function callPart({ element }, name, kind) {
  return element.querySelector(`[${kind}="${name}"]`)
}

/** An address that is nobody's (RFC 2606 §2), and a password of 64 random characters. */
function newAccount() {
  const random = Array.from(crypto.getRandomValues(new Uint8Array(32)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  )
  const password = random.join('')
  return { email: `ada-${crypto.randomUUID().slice(0, 8)}@example.com`, password }
}

/** As in "12 × 200, then 3 × 401". @param {number[]} answers */
function describeRuns(answers) {
  /** @type {{ status: number, count: number }[]} */
  const runs = []
  for (const status of answers) {
    const last = runs.at(-1)
    if (last?.status === status) last.count++
    else runs.push({ status, count: 1 })
  }
  return runs.map(({ status, count }) => `${count} × ${status}`).join(', then ')
}
