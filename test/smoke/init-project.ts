import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { startService } from './local-service.ts'

const WRANGLER = join(process.cwd(), 'node_modules/wrangler/bin/wrangler.js')

const OWN_TOML = `# The shop.
name = "bakery"
main = "worker.ts" # one file
compatibility_date = "2026-10-15"

[vars]
GREETING = "hello" # for the home page
`

const OWN_WORKER = `import { Hono } from 'hono'

const app = new Hono()

app.get('/', (c) => c.text('The bakery'))

export default app
`

/** Tests `janus init` of the package that a project has installed. */
export function haveInitialised(
  /** A project that has the package. */
  project: () => string,
): void {
  describe('janus init', () => {
    /** Returns a folder beside the project, with its packages and no file. */
    function makeFolder(name: string): string {
      const folder = join(project(), '..', name)
      mkdirSync(folder)
      symlinkSync(join(project(), 'node_modules'), join(folder, 'node_modules'))
      return folder
    }

    function init(folder: string, ...options: string[]) {
      const bin = join(project(), 'node_modules/.bin/janus')
      const { status, stdout, stderr } = spawnSync(process.execPath, [bin, 'init', ...options], {
        cwd: folder,
        encoding: 'utf8',
      })
      return { code: status, printed: stdout + stderr }
    }

    function filesOf(folder: string): Record<string, string> {
      const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
        (path) => !path.startsWith('node_modules') && statSync(join(folder, path)).isFile(),
      )
      return Object.fromEntries(paths.map((path) => [path, readFileSync(join(folder, path), 'utf8')]))
    }

    it('in an empty folder writes a Worker that janus dev --https serves: people register and are known', async () => {
      const folder = makeFolder('empty-shop')
      const { code, printed } = init(folder)
      expect([code, printed]).toEqual([0, expect.stringContaining('Next:\n\n  npx janus dev\n')])
      const written = filesOf(folder)
      expect(Object.keys(written).sort()).toEqual([
        '.dev.vars',
        '.gitignore',
        'package.json',
        'src/index.ts',
        'wrangler.jsonc',
      ])
      expect(statSync(join(folder, '.dev.vars')).mode & 0o777).toBe(0o600)
      const [, secret = ''] = /^AUTH_SECRET="([\w-]{43})"$/m.exec(written['.dev.vars'] ?? '') ?? []
      expect(secret).not.toBe('')
      expect(printed).not.toContain(secret)
      expect(written['.gitignore']).toMatch(/^\.dev\.vars$/m)
      // What a plain `wrangler dev` reads. It takes nothing that the configuration does not name.
      expect(written['.dev.vars']).toContain(
        'ISSUER="http://localhost:8787/auth"\nAPP_URL="http://localhost:8787/"\n',
      )
      expect(written['wrangler.jsonc']).toContain('"APP_URL": "https://example.com/"')
      expect(printed).toContain('Before you deploy, set ISSUER and APP_URL in wrangler.jsonc')

      expect(init(folder)).toMatchObject({
        code: 0,
        printed: expect.stringContaining('has what Janus needs'),
      })
      expect(filesOf(folder)).toEqual(written)

      const shop = await startService(
        ({ port, state }) => {
          const bin = join(project(), 'node_modules/.bin/janus')
          const place = ['--port', String(port), '--state', state, '--var', 'PASSWORD_ITERATIONS:100000']
          const command: [string, ...string[]] = [process.execPath, bin, 'dev', '--https', ...place]
          return { command, cwd: folder, ready: /Janus is ready: https:\/\/localhost:\d+\/auth/ }
        },
        { protocol: 'https' },
      )
      // Nobody has signed the certificate, which is this machine's own.
      vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0')
      onTestFinished(() => {
        vi.unstubAllEnvs()
      })
      try {
        const registered = await fetch(`${shop.url}/auth/register`, {
          method: 'POST',
          headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify({
            email: 'ada@example.com',
            password: 'analytical engine no. 1',
            name: '<i>Ada & "Co"</i>',
          }),
        })
        const { user } = (await registered.json()) as { user: { id: string } }
        expect(registered.status).toBe(201)
        const cookies = registered.headers.getSetCookie()
        expect(cookies.filter((cookie) => !/^__Host-.*; Secure(?:;|$)/.test(cookie))).toEqual([])
        const headers = { Cookie: cookies[0]?.split(';')[0] ?? '' }
        expect(await (await fetch(`${shop.url}/hello`, { headers })).text()).toBe(`Hello, ${user.id}`)
        expect((await fetch(`${shop.url}/hello`)).status).toBe(401)
        // A sign-in leads to the app, which knows who signed in and writes what they call themselves as text.
        const answer = await fetch(shop.url, { headers })
        const home = await answer.text()
        expect(home).toContain('Hello, &lt;i&gt;Ada &amp; &quot;Co&quot;&lt;/i&gt;.')
        expect(home).toContain('href="/auth/account"')
        // It is of this person alone, and has the seal that spares the next requests the storage.
        expect(answer.headers.get('Cache-Control')).toBe('no-store')
        expect(answer.headers.getSetCookie()).toEqual([expect.stringMatching(/^__Host-seal[^=]*=/)])
        expect(await (await fetch(shop.url)).text()).toContain('href="/auth/login"')
        const signedIn = await fetch(`${shop.url}/auth/login`, {
          method: 'POST',
          body: new URLSearchParams({ email: 'ada@example.com', password: 'analytical engine no. 1' }),
          redirect: 'manual',
        })
        expect([signedIn.status, signedIn.headers.get('Location')]).toEqual([303, `${shop.url}/`])
        const page = await fetch(`${shop.url}/auth/register`, { headers: { Accept: 'text/html' } })
        expect(await page.text()).toContain('<form')
      } finally {
        await shop.stop()
      }
    })

    it('in a Hono Worker shows what it changes, changes nothing without consent, and keeps comments', () => {
      const folder = makeFolder('bakery')
      writeFileSync(join(folder, 'wrangler.toml'), OWN_TOML)
      writeFileSync(join(folder, 'worker.ts'), OWN_WORKER)
      writeFileSync(join(folder, '.gitignore'), 'dist\n')
      writeFileSync(join(folder, 'pnpm-lock.yaml'), '')
      const before = filesOf(folder)
      for (const [options, code] of [
        [[], 1],
        [['--dry-run'], 0],
        [['--yes', '--dry-run'], 0],
      ] as const) {
        const shown = init(folder, ...options)
        expect(shown.code).toBe(code)
        expect(shown.printed).toContain("+ const app = new Hono().route('/auth', auth)")
        expect(shown.printed).toContain('+ ISSUER = "https://example.com/auth"')
        expect(shown.printed).toContain('+ APP_URL = "https://example.com/"')
        expect(filesOf(folder)).toEqual(before)
      }

      const { code, printed } = init(folder, '--yes')
      expect([code, printed]).toEqual([0, expect.stringContaining('pnpm exec janus dev')])
      const after = filesOf(folder)
      expect(after['wrangler.toml']).toContain('# The shop.\n')
      expect(after['wrangler.toml']).toContain('GREETING = "hello" # for the home page\n')
      expect(after['.gitignore']).toBe('dist\nnode_modules\n.wrangler\n.dev.vars\nsecrets.json\n')
      expect(after['.dev.vars']).toMatch(/^APP_URL="http:\/\/localhost:8787\/"$/m)
      expect(init(folder)).toMatchObject({ code: 0 })
      expect(filesOf(folder)).toEqual(after)
      // A handler of the owner is not run each minute.
      const nightly = after['worker.ts']?.replace(/scheduled: .*\.sweep\(\)/, 'scheduled: nightly') ?? ''
      writeFileSync(join(folder, 'worker.ts'), nightly)
      writeFileSync(join(folder, 'wrangler.toml'), OWN_TOML)
      const shown = init(folder, '--dry-run').printed
      expect(shown).toContain('+ ISSUER')
      expect(shown).not.toContain('* * * * *')
      for (const name of ['worker.ts', 'wrangler.toml']) writeFileSync(join(folder, name), after[name] ?? '')
      const bundled = spawnSync(process.execPath, [WRANGLER, 'deploy', '--dry-run', '--outdir', 'out'], {
        cwd: folder,
        encoding: 'utf8',
      })
      expect([bundled.status, bundled.stderr]).toEqual([0, ''])
      expect(readFileSync(join(folder, 'out/worker.js'), 'utf8')).toContain('The bakery')
    })
  })
}
