// Measures how long it takes from an empty folder to the first person who is signed in in a browser, beside the installation of packages.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startChromium } from '../test/e2e/chromium.ts'
import { startService } from '../test/smoke/local-service.ts'

const MODULES = join(process.cwd(), 'node_modules')

/** A developer who tries something waits no longer. */
const LIMIT_SECONDS = 90

const shop = join(mkdtempSync(join(tmpdir(), 'janus-first-')), 'shop')
mkdirSync(shop)
try {
  install()
  const janus = join(shop, 'node_modules/.bin/janus')
  const steps: [step: string, seconds: number][] = []
  async function measure<T>(step: string, work: () => Promise<T> | T): Promise<T> {
    const start = performance.now()
    const result = await work()
    steps.push([step, (performance.now() - start) / 1000])
    return result
  }
  await measure('janus init', () => execFileSync(process.execPath, [janus, 'init'], { cwd: shop }))
  const service = await measure('janus dev, until it is ready', () =>
    startService(({ port, state }) => ({
      command: [process.execPath, janus, 'dev', '--port', String(port), '--state', state],
      cwd: shop,
      ready: /Janus is ready/,
    })),
  )
  try {
    await measure('register in Chromium, until the own route says hello', () => registerAt(service.url))
  } finally {
    await service.stop()
  }
  const total = steps.reduce((sum, [, seconds]) => sum + seconds, 0)
  for (const [step, seconds] of [...steps, ['in all', total] as const]) {
    console.log(`${seconds.toFixed(1).padStart(6)} s  ${step}`)
  }
  if (total > LIMIT_SECONDS) throw new Error(`That is more than ${LIMIT_SECONDS} s.`)
} finally {
  rmSync(join(shop, '..'), { recursive: true })
}

/** Installs the package as somebody would, from what is on this machine. */
function install(): void {
  execFileSync('npm', ['pack', '--silent', '--pack-destination', join(shop, '..')], { stdio: 'pipe' })
  const [archive = ''] = readdirSync(join(shop, '..')).filter((name) => name.endsWith('.tgz'))
  const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as { dependencies: object }
  const packages = ['hono', ...Object.keys(dependencies)].map((name) => join(MODULES, name))
  const quiet = ['--offline', '--install-links', '--ignore-scripts', '--no-audit', '--no-fund']
  execFileSync('npm', ['install', ...quiet, join(shop, '..', archive), ...packages], {
    cwd: shop,
    stdio: 'pipe',
  })
  symlinkSync(join(MODULES, 'wrangler'), join(shop, 'node_modules/wrangler'))
}

async function registerAt(url: string): Promise<void> {
  const browser = await startChromium()
  try {
    const page = await browser.newPage()
    await page.goto(`${url}/auth/register`)
    await page.fill('[name=email]', 'ada@example.com')
    await page.fill('[name=password]', 'analytical engine no. 1')
    await page.click('[type=submit]')
    await page.waitForURL((address) => !address.pathname.endsWith('/register'))
    await page.goto(`${url}/hello`)
    const text = await page.textContent('body')
    if (!text?.startsWith('Hello, ')) throw new Error(`Not signed in: ${text}`)
  } finally {
    await browser.close()
  }
}
