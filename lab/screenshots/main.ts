// Takes pictures of each page, as people see it: on a phone and on a desk, in light and in dark.
import { mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Browser, BrowserContext, Cookie } from 'playwright-core'
import { startChromium } from '../../test/e2e/chromium.ts'
import { registerApps } from '../../test/e2e/oauth-app.ts'
import { execute } from '../../test/smoke/local-service.ts'
import { submit } from './acts.ts'
import { ADA, call, INVITED, LONG, newAddress, USER_AGENTS } from './people.ts'
import { SCENES, type Scene } from './scenes.ts'
import { startBranded, startService, startSocial } from './services.ts'

const HELP = `Takes pictures of each page at 360 and 1280 pixels, in light and dark.

  npm run screenshots -- [options]

  --out DIR      write them to DIR (screenshots)
  --only TEXT    only pages whose name has TEXT in it; may be given several times
  --width PIXELS only at 360 or 1280
  --language TAG as a browser asks for it, such as de-DE (en-GB)
  --readme       only the four in docs/start/first-requests.md, to docs/images
  --help         print this

Needs Chromium (Debian: apt-get install chromium-headless-shell; elsewhere CHROMIUM=/path/to/chromium). It serves Janus by itself,
with a database that is gone afterwards.`

const SIZES = { 360: { width: 360, height: 740 }, 1280: { width: 1280, height: 680 } } as const
const SCHEMES = ['light', 'dark'] as const

type Width = keyof typeof SIZES
type Scheme = (typeof SCHEMES)[number]

interface Look {
  readonly width: Width
  readonly scheme: Scheme
  /** The id of what a long page is scrolled to. */
  readonly from?: string
}

/** The pictures of docs/start/first-requests.md. */
const CHOSEN: Readonly<Record<string, Look>> = {
  login: { width: 1280, scheme: 'light' },
  account: { width: 1280, scheme: 'dark', from: 'sessions-section' },
  'register-refused': { width: 360, scheme: 'light' },
  'reset-password': { width: 360, scheme: 'dark' },
}
/** Larger ones would be felt on a slow connection. */
const CHOSEN_MAX_BYTES = 80 * 1024

const options = readOptions()
console.log('Starting Janus ...')
const service = await startService()
const others = {
  branded: isSeenAt('branded') ? await startBranded() : null,
  social: isSeenAt('social') ? await startSocial() : null,
}
try {
  const browser = await startChromium()
  await take(browser)
  await browser.close()
} finally {
  await service.stop()
  await others.branded?.stop()
  await others.social?.stop()
}

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        out: { type: 'string' },
        only: { type: 'string', multiple: true, default: [''] },
        width: { type: 'string' },
        readme: { type: 'boolean', default: false },
        language: { type: 'string', default: 'en-GB' },
        help: { type: 'boolean', default: false },
      },
    })
    if (values.help) {
      console.log(HELP)
      process.exit(0)
    }
    return { ...values, out: values.out ?? (values.readme ? 'docs/images' : 'screenshots') }
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${HELP}`)
    process.exit(2)
  }
}

function isSeenAt(at: NonNullable<Scene['at']>): boolean {
  return SCENES.some((scene) => scene.at === at && isWanted(scene.name))
}

function isWanted(name: string): boolean {
  return options.only.some((text) => name.includes(text)) && (!options.readme || name in CHOSEN)
}

async function take(browser: Browser): Promise<void> {
  mkdirSync(options.out, { recursive: true })
  await call(service, '/register', ADA, USER_AGENTS.office)
  await call(service, '/login', { email: ADA.email, password: ADA.password }, USER_AGENTS.phone)
  await prepareOthers()
  const cookies: Record<`${boolean}` | 'long', readonly Cookie[]> = {
    true: await signIn(browser, ADA),
    long: await signIn(browser, LONG),
    false: [],
  }
  const scenes = SCENES.filter(({ name }) => isWanted(name))
  const looks = Object.keys(SIZES)
    .filter((width) => options.width === undefined || options.width === width)
    .flatMap((width) => SCHEMES.map((scheme) => ({ width: Number(width) as Width, scheme })))
  for (const [index, scene] of scenes.entries()) {
    const chosen = CHOSEN[scene.name]
    const { url: base } = (scene.at && others[scene.at]) ?? service
    const url = scene.mailedBy
      ? await mailedLink(scene.mailedBy, scene.path, scene.person)
      : `${base}${scene.path}`
    for (const look of options.readme && chosen ? [chosen] : looks) {
      const name = `${scene.name}-${look.width}-${look.scheme}.png`
      const path = join(options.out, name)
      const who = `${scene.signedIn ?? false}` as const
      // A change of the second factor renews the session.
      cookies[who] = await shoot(browser, { scene, url, look, cookies: cookies[who], path })
      const { size } = statSync(path)
      console.log(`${index + 1}/${scenes.length}  ${path}  ${Math.ceil(size / 1024)} KiB`)
      if (options.readme && size > CHOSEN_MAX_BYTES)
        throw new Error(`${name} is too large for the documentation`)
    }
  }
}

/** Makes the accounts of somebody invited and of somebody with a long name, and registers apps. */
async function prepareOthers(): Promise<void> {
  await call(service, '/register', { ...ADA, email: INVITED }, USER_AGENTS.office)
  await call(service, '/register', LONG, USER_AGENTS.office)
  execute(service.state, `UPDATE users SET email_verified_at = created_at WHERE email = '${LONG.email}'`)
  execute(service.state, `UPDATE users SET password_hash = NULL WHERE email = '${INVITED}'`)
  registerApps(service)
}

/** Signs somebody in once for all pictures, so that the account has little to tell. */
async function signIn(browser: Browser, { email, password }: typeof ADA): Promise<readonly Cookie[]> {
  const context = await visit(browser, { width: 1280, scheme: 'light' })
  const page = await context.newPage()
  await page.goto(`${service.url}/login`)
  await submit(page, { email, password })
  const cookies = await context.cookies()
  await context.close()
  return cookies
}

interface Shot {
  readonly scene: Scene
  readonly url: string
  readonly look: Look
  readonly cookies: readonly Cookie[]
  readonly path: string
}

/** Returns the cookies that the person has afterwards. */
async function shoot(
  browser: Browser,
  { scene, url, look, cookies, path }: Shot,
): Promise<readonly Cookie[]> {
  const context = await visit(browser, look)
  await context.addCookies(cookies)
  const page = await context.newPage()
  await page.goto(url)
  await scene.act?.(page)
  if (look.from !== undefined) await page.goto(`${page.url()}#${look.from}`)
  // The strength hint speaks when the typing pauses.
  await page.waitForTimeout(300)
  // The page has room for what is seen at first; the others are looked at as a whole.
  await page.screenshot({ path, fullPage: !options.readme })
  const kept = scene.signedIn ? await context.cookies() : []
  await context.close()
  return kept
}

function visit(browser: Browser, { width, scheme }: Look): Promise<BrowserContext> {
  return browser.newContext({
    viewport: SIZES[width],
    colorScheme: scheme,
    reducedMotion: 'reduce',
    locale: options.language,
    timezoneId: 'Europe/London',
    userAgent: USER_AGENTS.laptop,
    extraHTTPHeaders: { 'CF-Connecting-IP': newAddress() },
  })
}

/** Returns a link from a mail. Opening it uses up nothing, so one serves for all looks. */
async function mailedLink(askAt: string, path: string, email = ADA.email): Promise<string> {
  const printedBefore = service.output().length
  await call(service, askAt, { email }, USER_AGENTS.laptop)
  const [, link = ''] = await service.printed(
    new RegExp(`(http\\S+${path}\\?token=[\\w-]+)\\s`),
    printedBefore,
  )
  return link
}
