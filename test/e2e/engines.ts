import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { vi } from 'vitest'
import { findTool, type Tool } from '../support/tools.ts'
import { startChromium } from './chromium.ts'

/** A browser, of any engine, with one page and nothing kept from before. It takes certificates that nobody has signed. */
export interface Engine {
  open(url: string): Promise<void>
  /** Types into the field of this name. */
  type(field: string, text: string): Promise<void>
  /** Clicks the button or link with this text. */
  click(label: string): Promise<void>
  /** Everything the page says. */
  text(): Promise<string>
  url(): Promise<string>
  /** Remembers from now on what the policy of this page (CSP) refuses. */
  watch(): Promise<void>
  /** Returns the violations of the policy since. */
  refused(): Promise<unknown>
  /** Returns where navigations led that failed, with what the browser says of it. Firefox says where it was redirected, and no more. */
  tried(): Promise<readonly string[]>
  close(): Promise<void>
}

/** Holds the differences between engines. */
interface Driver {
  open(url: string): Promise<unknown>
  /** Evaluates an expression on the page. */
  evaluate(expression: string): Promise<unknown>
  /** Returns where navigations led that failed. */
  tried(): Promise<readonly string[]>
  close(): Promise<void>
}

export const ENGINES: readonly {
  readonly name: string
  /** Lists the tools that it needs. */
  readonly tools: readonly Tool[]
  start(): Promise<Engine>
}[] = [
  { name: 'Chromium', tools: ['chromium'], start: async () => drive(await chromium()) },
  { name: 'Firefox', tools: ['firefox'], start: async () => drive(await firefox()) },
  { name: 'WebKit', tools: ['webkit', 'miniBrowser', 'xvfb'], start: async () => drive(await webkit()) },
]

function drive({ open, evaluate, tried, close }: Driver): Engine {
  return {
    async open(url) {
      await open(url)
    },
    async type(field, text) {
      await evaluate(`void (document.querySelector('[name=${field}]').value = ${JSON.stringify(text)})`)
    },
    async click(label) {
      const isIt = `(each) => each.innerText.trim() === ${JSON.stringify(label)}`
      // Later, because what is clicked may take the page away before it has answered.
      const click = `setTimeout((element) => element.click(), 0, [...document.querySelectorAll('button, a')].find(${isIt}))`
      await evaluate(`void ${click}`)
    },
    text: async () => String(await evaluate('document.body.innerText')),
    url: async () => String(await evaluate('location.href')),
    async watch() {
      const note = '(event) => refusals.push([event.effectiveDirective, event.blockedURI])'
      await evaluate(`void (window.refusals = [], addEventListener('securitypolicyviolation', ${note}))`)
    },
    refused: () => evaluate('window.refusals ?? []'),
    tried,
    close,
  }
}

async function chromium(): Promise<Driver> {
  const browser = await startChromium()
  const page = await browser.newPage({ ignoreHTTPSErrors: true })
  const failed: string[] = []
  page.on('requestfailed', (request) => failed.push(`${request.url()} ${request.failure()?.errorText}`))
  return {
    tried: async () => failed,
    open: (url) => page.goto(url),
    evaluate: (expression) => page.evaluate(expression),
    close: () => browser.close(),
  }
}

/** Firefox asks nobody for anything but what a page needs. */
const FIREFOX_SETTINGS = {
  'app.normandy.enabled': false,
  'app.update.enabled': false,
  'browser.safebrowsing.update.enabled': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'extensions.update.enabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'services.settings.server': 'data:,none',
}

/** Firefox, by WebDriver BiDi, which it speaks itself. */
async function firefox(): Promise<Driver> {
  const profile = mkdtempSync(join(tmpdir(), 'janus-firefox-'))
  const settings = Object.entries(FIREFOX_SETTINGS).map(
    ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});`,
  )
  writeFileSync(join(profile, 'user.js'), settings.join('\n'))
  const place = ['--profile', profile, '--remote-debugging-port', '0', 'about:blank']
  const child = spawn(findTool('firefox') ?? '', ['--headless', ...place], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const address = await printed(child, /WebDriver BiDi listening on (ws:\S+)/)
  const socket = new WebSocket(`${address}/session`)
  await once(socket, 'open')
  const answers = new Map<number, (answer: BidiAnswer) => void>()
  const led: string[] = []
  socket.addEventListener('message', ({ data }) => {
    const answer = JSON.parse(String(data)) as BidiAnswer
    answers.get(answer.id ?? 0)?.(answer)
    if (answer.method === 'network.responseStarted') led.push(...locationsOf(answer.params))
  })
  let sent = 0
  function send(method: string, params: object): Promise<Record<string, unknown>> {
    const id = ++sent
    return new Promise((resolve, reject) => {
      answers.set(id, ({ result, error, message }) => {
        if (result) resolve(result)
        else reject(new Error(`${method}: ${error} ${message}`))
      })
      socket.send(JSON.stringify({ id, method, params }))
    })
  }
  await send('session.new', { capabilities: { alwaysMatch: { acceptInsecureCerts: true } } })
  const { context } = await send('browsingContext.create', { type: 'tab' })
  const evaluate = async (expression: string) => {
    const given = { expression, target: { context }, awaitPromise: true }
    const answer = await Promise.race([send('script.evaluate', given), noAnswer(expression)])
    const { result } = answer as { result?: { value?: unknown } }
    if (!result) throw new Error(`Firefox cannot evaluate ${expression}`)
    return result.value
  }
  await send('session.subscribe', { events: ['network.responseStarted'] })
  return {
    tried: async () => led,
    async open(url) {
      const given = { context, url, wait: 'complete' }
      const open = () => Promise.race([send('browsingContext.navigate', given), noAnswer(url)])
      await open().catch(open)
    },
    evaluate,
    async close() {
      socket.close()
      await end(child)
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

/** Rejects after half a minute: what is asked or opened while a page goes may never be answered, and whoever waits for a page asks again. */
async function noAnswer(asked: string): Promise<never> {
  await setTimeout(30_000, undefined, { ref: false })
  throw new Error(`Firefox did not answer ${asked}`)
}

interface BidiAnswer {
  readonly id?: number
  /** Of an event. */
  readonly method?: string
  readonly params?: BidiResponse
  readonly result?: Record<string, unknown>
  readonly error?: string
  readonly message?: string
}

interface BidiResponse {
  readonly response?: {
    readonly headers: readonly { readonly name: string; readonly value: { readonly value: string } }[]
  }
}

function locationsOf({ response }: BidiResponse = {}): readonly string[] {
  const named = response?.headers.filter(({ name }) => name.toLowerCase() === 'location') ?? []
  return named.map(({ value }) => value.value)
}

/** WebKitGTK's own small browser, by WebDriver, on a screen that nobody sees. */
async function webkit(): Promise<Driver> {
  const screen = spawn(findTool('xvfb') ?? '', ['-displayfd', '3', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  })
  const [display] = await once(screen.stdio[3] as NodeJS.ReadableStream, 'data')
  const port = await freePort()
  const child = spawn(findTool('webkit') ?? '', [`--port=${port}`], {
    stdio: 'ignore',
    env: {
      ...process.env,
      DISPLAY: `:${String(display).trim()}`,
      // There is no graphics card to draw with.
      WEBKIT_DISABLE_COMPOSITING_MODE: '1',
      WEBKIT_DISABLE_DMABUF_RENDERER: '1',
      LIBGL_ALWAYS_SOFTWARE: '1',
    },
  })
  async function send(method: string, path: string, body?: object): Promise<unknown> {
    const init = { method, ...(body ? { body: JSON.stringify(body) } : {}) }
    const response = await fetch(`http://127.0.0.1:${port}${path}`, init)
    const { value } = (await response.json()) as { value: unknown }
    if (!response.ok) throw new Error(`${method} ${path}: ${JSON.stringify(value)}`)
    return value
  }
  await vi.waitFor(() => send('GET', '/status'), 60_000)
  const options = { binary: findTool('miniBrowser'), args: ['--automation'] }
  const { sessionId } = (await send('POST', '/session', {
    capabilities: { alwaysMatch: { acceptInsecureCerts: true, 'webkitgtk:browserOptions': options } },
  })) as { sessionId: string }
  const session = `/session/${sessionId}`
  return {
    // Its page of an error stands at the URL that could not be shown.
    tried: async () => [
      String(await send('GET', `${session}/url`)),
      String(await send('GET', `${session}/source`)),
    ],
    open: (url) => send('POST', `${session}/url`, { url }),
    evaluate: (expression) =>
      send('POST', `${session}/execute/sync`, { script: `return (${expression})`, args: [] }),
    async close() {
      await send('DELETE', session)
      await Promise.all([end(child), end(screen)])
    },
  }
}

/** Returns the first group of what a process prints. @throws If it ends before. */
function printed(child: ChildProcess, pattern: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
      const [, found] = pattern.exec(text) ?? []
      if (found !== undefined) resolve(found)
    })
    child.once('exit', () => reject(new Error(text)))
  })
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill()
  await exited
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  await once(probe, 'close')
  if (address === null || typeof address === 'string') throw new Error('No port')
  return address.port
}
