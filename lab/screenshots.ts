// Takes pictures of each page, as people see it: on a phone and on a desk, in light and in dark.
import { randomBytes } from 'node:crypto'
import { mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Browser, BrowserContext, Cookie, Page } from 'playwright-core'
import { CANCEL_RECOVERY_PATH } from '../src/mail/link-paths.ts'
import { AUTHORIZE, OAUTH_SETTINGS } from '../test/e2e/authorize-paths.ts'
import { startChromium } from '../test/e2e/chromium.ts'
import { enterDeviceCode, registerApps, showConnectedApps } from '../test/e2e/oauth-app.ts'
import { agreeAtProvider } from '../test/e2e/provider.ts'
import type { Visitor } from '../test/e2e/visitor.ts'
import { execute, type LocalService, startLocalService } from '../test/smoke/local-service.ts'
import { CLIENT_SETTINGS, startIssuer } from '../test/stores/issuer.ts'
import { loadBundled } from '../tools/load-bundled.ts'

const { beginTotp, confirmTotp } = loadBundled<typeof import('../test/e2e/app.ts')>('test/e2e/app.ts')

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

/** A page in one of its states: how a browser gets there. Pages of an account are seen by Ada, or by somebody with a long name. */
interface Scene {
  readonly name: string
  readonly signedIn?: boolean | 'long'
  readonly path: string
  /** Where the mail is asked for whose link leads to the path. */
  readonly mailedBy?: string
  /** Names the person who requests the mail, if not Ada. */
  readonly person?: string
  readonly act?: (page: Page) => Promise<void>
  /** Seen at the service that has a brand and asks Turnstile, or at the one that lets people in from a provider, and not at the first. */
  readonly at?: 'branded' | 'social'
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

const ADA = { name: 'Ada Lovelace', email: 'ada@example.com', password: 'Difference engine no. 2' }
/** Somebody whose name and address take more room than most. */
const LONG = {
  name: 'Maximiliane-Alexandra Freifrau von Hohenstaufen-Wittelsbach zu Oberammergau',
  email: 'maximiliane-alexandra.von-hohenstaufen-wittelsbach@verwaltung.oberammergau.example.com',
  password: 'Difference engine no. 3',
}
/** Somebody who has an account without a password. */
const INVITED = 'grace@example.com'
/** Somebody who has an account, and comes from a provider that proves the same address. */
const KNOWN_TO_PROVIDER = { login: 'mary', email: 'mary@panva.example', password: 'Difference engine no. 4' }
const COMMON_PASSWORD = '123456789012345'

const USER_AGENTS = {
  laptop:
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36',
  phone:
    'Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1',
  office: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:150.0) Gecko/20100101 Firefox/150.0',
}

const SCENES: readonly Scene[] = [
  // First, while little has happened to the account.
  { name: 'home-signed-in', path: '/', signedIn: true },
  { name: 'account', path: '/account', signedIn: true },
  { name: 'account-forms', path: '/account?done=name-saved', signedIn: true, act: unfoldAll },
  {
    name: 'account-refused',
    path: '/account',
    signedIn: true,
    act: async (page) => {
      await unfoldAll(page)
      await submit(page, { current_password: 'wrong', new_password: ADA.password }, '#password')
    },
  },
  { name: 'account-long', path: '/account', signedIn: 'long', act: unfoldAll },
  { name: 'reauthenticate', path: '/reauthenticate?return_to=/account', signedIn: true },
  {
    name: 'totp',
    path: '/account',
    signedIn: 'long',
    act: async (page) => void (await beginTotp(visitorOf(page))),
  },
  { name: 'recovery-codes', path: '/account', signedIn: 'long', act: showRecoveryCodes },
  { name: 'account-secured', path: '/account', signedIn: 'long', act: unfoldAll },
  { name: 'no-cookie', path: '/continue?cookie=session&return_to=/account' },
  { name: 'signed-in-already', path: '/login?return_to=/account', signedIn: true },
  { name: 'home', path: '/' },
  { name: 'login', path: '/login' },
  {
    name: 'login-refused',
    path: '/login',
    act: (page) => submit(page, { email: ADA.email, password: 'wrong' }),
  },
  { name: 'sign-in-link', path: '/login/link' },
  { name: 'confirm-sign-in', path: '/login/link/confirm?token=none' },
  { name: 'register', path: '/register' },
  {
    name: 'register-refused',
    path: '/register',
    act: (page) => submit(page, { ...ADA, password: COMMON_PASSWORD }),
  },
  { name: 'check-mail', path: '/mail-sent?for=register' },
  { name: 'verify-email', path: '/email/verify', mailedBy: '/email/verify/resend' },
  { name: 'email-verified', path: '/email/verify?done=ready' },
  { name: 'forgot-password', path: '/password/forgot' },
  {
    name: 'reset-password',
    path: '/password/reset',
    mailedBy: '/password/forgot',
    act: (page) => page.locator('[name=new_password]').pressSequentially('three words'),
  },
  { name: 'password-reset', path: '/password/reset?done' },
  { name: 'confirm-email-change', path: '/email/change/confirm?token=none' },
  { name: 'email-changed', path: '/email/change/confirm?done' },
  { name: 'problem', path: '/problems/session-ended' },
  { name: 'problem-account', path: '/problems/account-mismatch' },
  { name: 'second-factor', path: '/login/second-factor?with=passkey' },
  { name: 'set-up-factor', path: '/login/second-factor/set-up?with=passkey' },
  { name: 'set-up-factor-by-mail', path: '/login/second-factor/set-up?by=mail' },
  { name: 'factor-recovery', path: '/login/second-factor/recovery' },
  { name: 'factor-recovery-started', path: '/login/second-factor/recovery?done' },
  { name: 'factor-recovery-cancel', path: `${CANCEL_RECOVERY_PATH}?token=none` },
  { name: 'factor-recovery-cancelled', path: `${CANCEL_RECOVERY_PATH}?done` },
  { name: 'consent', path: AUTHORIZE.site, signedIn: true },
  { name: 'consent-this-device', path: AUTHORIZE.thisDevice, signedIn: true },
  { name: 'consent-unchecked', path: AUTHORIZE.registeredItself, signedIn: true },
  { name: 'consent-onward', path: AUTHORIZE.registeredItself, signedIn: true, act: allowApp },
  { name: 'refused-app', path: AUTHORIZE.refused, signedIn: true },
  { name: 'unregistered-app', path: AUTHORIZE.unknown, signedIn: true },
  { name: 'device', path: '/device', signedIn: true },
  { name: 'device-by-link', path: '/device?user_code=BCDF-GHJK', signedIn: true },
  {
    name: 'device-refused',
    path: '/device',
    signedIn: true,
    act: (page) => submit(page, { user_code: 'BCDF-GHJK' }),
  },
  {
    name: 'device-consent',
    path: '/device',
    signedIn: true,
    act: (page) => enterDeviceCode(page, service.url),
  },
  {
    name: 'device-connected',
    path: '/device',
    signedIn: true,
    act: async (page) => {
      await enterDeviceCode(page, service.url)
      await submit(page, {})
    },
  },
  {
    name: 'connected-apps',
    path: '/account',
    signedIn: true,
    act: (page) => showConnectedApps(page, service.url),
  },
  { name: 'api-key-created', path: '/account/api-keys', signedIn: true, act: makeApiKey },
  { name: 'api-keys', path: '/account/api-keys', signedIn: true },
  { name: 'sign-out-asked', path: '/oauth/logout', signedIn: true },
  { name: 'signed-out', path: '/oauth/logout' },
  { name: 'connect-provider', path: '/login', at: 'social', act: comeFromProvider },
  { name: 'invitation', path: '/email/verify', mailedBy: '/email/verify/resend', person: INVITED },
  { name: 'branded-login', path: '/login', at: 'branded' },
  { name: 'branded-register', path: '/register', at: 'branded' },
  { name: 'branded-email-verified', path: '/email/verify?done=ready', at: 'branded' },
  { name: 'dead-link', path: '/password/reset?token=none' },
  { name: 'reference', path: '/docs', act: (page) => page.locator('#signIn > summary').click() },
  { name: 'not-found', path: '/no-such-page' },
]

const options = readOptions()
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

function startService() {
  console.log('Starting Janus ...')
  return startLocalService([
    'BRAND_NAME:Janus',
    'PASSWORD_ITERATIONS:100000',
    'FREE_ATTEMPTS:20',
    'SECOND_FACTOR_RECOVERY_HOURS:72',
    ...OAUTH_SETTINGS,
  ])
}

/** With the keys of Turnstile for tests. Its widget comes from Cloudflare, and is missing without a network. */
function startBranded() {
  return startLocalService([
    'BRAND_NAME:Analytical Engines',
    'BRAND_ACCENT:#a21caf',
    'BRAND_TERMS_URL:https://example.com/terms',
    'BRAND_PRIVACY_URL:https://example.com/privacy',
    'SOCIAL_PROVIDERS:google,github',
    'SOCIAL_GOOGLE_CLIENT_ID:screenshots',
    'SOCIAL_GOOGLE_CLIENT_SECRET:screenshots',
    'SOCIAL_GITHUB_CLIENT_ID:screenshots',
    'SOCIAL_GITHUB_CLIENT_SECRET:screenshots',
    'TURNSTILE_SITE_KEY:1x00000000000000000000AA',
    'TURNSTILE_SECRET_KEY:1x0000000000000000000000000000000AA',
  ])
}

/** With a provider on this machine. */
async function startSocial(): Promise<LocalService> {
  const issuer = await startIssuer()
  const social = await startLocalService([
    'BRAND_NAME:Janus',
    'SOCIAL_PROVIDERS:panva',
    `SOCIAL_PANVA_ISSUER:${issuer.issuer}`,
    `SOCIAL_PANVA_CLIENT_ID:${CLIENT_SETTINGS.CLIENT_ID}`,
    `SOCIAL_PANVA_CLIENT_SECRET:${CLIENT_SETTINGS.CLIENT_SECRET}`,
    'SOCIAL_PANVA_LABEL:Panva',
    'SOCIAL_PANVA_DOMAINS:panva.example',
  ])
  issuer.register(`${social.url}/login/social/panva/callback`)
  const { email, password } = KNOWN_TO_PROVIDER
  await call('/register', { email, password }, USER_AGENTS.office, social)
  return {
    ...social,
    stop() {
      issuer.stop()
      return social.stop()
    },
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
  await call('/register', ADA, USER_AGENTS.office)
  await call('/login', { email: ADA.email, password: ADA.password }, USER_AGENTS.phone)
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
  await call('/register', { ...ADA, email: INVITED }, USER_AGENTS.office)
  await call('/register', LONG, USER_AGENTS.office)
  execute(service.state, `UPDATE users SET email_verified_at = created_at WHERE email = '${LONG.email}'`)
  execute(service.state, `UPDATE users SET password_hash = NULL WHERE email = '${INVITED}'`)
  registerApps(service)
}

/** One session for all pictures, so that the account has little to tell. */
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

async function submit(
  page: Page,
  fields: Readonly<Record<string, string>>,
  form = 'main form',
): Promise<void> {
  for (const [name, text] of Object.entries(fields)) await page.locator(`${form} [name=${name}]`).fill(text)
  await Promise.all([page.waitForEvent('load'), page.locator(`${form} .primary`).click()])
}

/** Allows an app whose site does not answer, so that the page that leads there is seen. */
async function allowApp(page: Page): Promise<void> {
  await page.route('https://notes.example/**', (route) => route.abort('aborted'))
  await submit(page, {})
}

async function makeApiKey(page: Page): Promise<void> {
  await page.locator('main [name=scope]').first().check()
  await submit(page, { name: 'Nightly backup' })
}

/** Comes from a provider with the address of an account that is not connected. */
async function comeFromProvider(page: Page): Promise<void> {
  const { origin } = new URL(page.url())
  await page.locator('form[action*="/social/"] button').click()
  await agreeAtProvider(page, KNOWN_TO_PROVIDER.login, `${origin}/login/connect`)
}

/** Returns the part of a visitor that the helpers of the browser tests use. */
function visitorOf(page: Page) {
  return { page, go: (path: string) => page.goto(`${service.url}${path}`) } as Visitor
}

/** Makes recovery codes: the first time with an authenticator app, and then new ones. */
async function showRecoveryCodes(page: Page): Promise<void> {
  const again = page.locator('form[action$="/me/recovery-codes"]')
  if ((await again.count()) === 0) {
    await confirmTotp(visitorOf(page), await beginTotp(visitorOf(page)))
    return
  }
  await unfoldAll(page)
  await Promise.all([page.waitForEvent('load'), again.locator('button').click()])
}

async function unfoldAll(page: Page): Promise<void> {
  for (const summary of await page.locator('summary').all()) await summary.click()
}

/** Opening it uses up nothing, so one serves for all looks. */
async function mailedLink(askAt: string, path: string, email = ADA.email): Promise<string> {
  const printedBefore = service.output().length
  await call(askAt, { email }, USER_AGENTS.laptop)
  const [, link = ''] = await service.printed(
    new RegExp(`(http\\S+${path}\\?token=[\\w-]+)\\s`),
    printedBefore,
  )
  return link
}

/** As a program, from a device of its own. */
async function call(path: string, body: object, userAgent: string, { url } = service): Promise<void> {
  const headers = {
    'Content-Type': 'application/json',
    'User-Agent': userAgent,
    'CF-Connecting-IP': newAddress(),
  }
  const answer = await fetch(`${url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
}

/** A client may make only so many attempts a minute. */
function newAddress(): string {
  return [10, ...randomBytes(3)].join('.')
}
