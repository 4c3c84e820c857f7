import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, it } from 'vitest'
import { type LocalService, startService } from './local-service.ts'

const MODULES = join(process.cwd(), 'node_modules')
const VITE = join(MODULES, 'vite/bin/vite.js')

const VITE_CONFIG = `
import { cloudflare } from '@cloudflare/vite-plugin'

export default {
  plugins: [cloudflare({ inspectorPort: false, persistState: { path: process.env.STATE } })],
}
`

/** Tests that a Worker which mounts the package is served by Vite with Cloudflare's plugin: while it is written, and as it is built. */
export function haveServedByVite(
  /** A project that has the package. */
  project: () => string,
): void {
  describe.concurrent('a Worker that mounts it, with @cloudflare/vite-plugin,', () => {
    const migrated = () => join(project(), '../vite-state')

    beforeAll(() => {
      const command = ['node_modules/.bin/janus', 'migrate', '--local', '--state', migrated()]
      execFileSync(process.execPath, command, { cwd: project(), stdio: 'pipe' })
    })

    it.for([
      { name: 'vite dev', command: 'dev' },
      { name: 'vite build and vite preview', command: 'preview' },
    ])(
      'is served by $name: people register, and pages have their styles',
      async ({ command }, { expect }) => {
        const folder = join(project(), '..', `vite-${command}`)
        makeViteProject(folder, project())
        const shop = await serve(folder, command, migrated())
        try {
          const registered = await fetch(`${shop.url}/auth/register`, {
            method: 'POST',
            headers: { 'Content-Type': 'application/json' },
            body: JSON.stringify({ email: 'ada@example.com', password: 'analytical engine no. 1' }),
          })
          const answer = (await registered.json()) as { user: { id: string } }
          expect([registered.status, answer]).toEqual([
            201,
            expect.objectContaining({ user: expect.anything() }),
          ])
          const headers = { Cookie: registered.headers.getSetCookie()[0]?.split(';')[0] ?? '' }
          const orders = await fetch(`${shop.url}/orders`, { headers })
          expect(await orders.json()).toEqual({ orders_of: answer.user.id })
          expect((await fetch(`${shop.url}/orders`)).status).toBe(401)

          const page = await fetch(`${shop.url}/auth/login`, { headers: { Accept: 'text/html' } })
          const loaded = (await page.text()).match(/(?<=(?:href|src)=")\/auth\/assets\/[^"]+/g)
          expect(loaded).toEqual([
            '/auth/assets/janus.css',
            '/auth/assets/janus.js',
            '/auth/assets/passkeys.js',
          ])
          for (const [path, type, part] of [
            ['/auth/assets/janus.css', /^text\/css/, '--janus-accent'],
            ['/auth/assets/janus.js', /^text\/javascript/, 'addEventListener'],
          ] as const) {
            const file = await fetch(`${shop.url}${path}`)
            expect(file.headers.get('Content-Type')).toMatch(type)
            expect(await file.text()).toContain(part)
          }
          expect(await (await fetch(`${shop.url}/`)).text()).toBe('The shop')
        } finally {
          await shop.stop()
        }
      },
    )
  })
}

/** Serves a project by a command of Vite. The issuer has the port, so it is set before anything is built. */
function serve(folder: string, command: string, migrated: string): Promise<LocalService> {
  const port = '%PORT%'
  const vite = `"${process.execPath}" "${VITE}"`
  const steps = [
    `sed -i "s/localhost:8787/localhost:${port}/" wrangler.toml`,
    ...(command === 'preview' ? [`${vite} build > /dev/null`] : []),
    `exec ${vite} ${command} --host localhost --port ${port} --strictPort`,
  ]
  return startService((place) => {
    cpSync(migrated, place.state, { recursive: true })
    return {
      command: ['bash', '-euc', steps.join('\n').replaceAll(port, String(place.port))],
      cwd: folder,
      variables: { STATE: place.state },
      ready: /Local:/,
    }
  })
}

/** Writes the sources of the project, the packages it has, and Vite and the plugin of this checkout. */
function makeViteProject(folder: string, project: string): void {
  cpSync('test/smoke/fresh-project', folder, { recursive: true })
  cpSync(join(project, 'node_modules'), join(folder, 'node_modules'), { recursive: true })
  mkdirSync(join(folder, 'node_modules/@cloudflare'), { recursive: true })
  for (const name of ['vite', '@cloudflare/vite-plugin']) {
    symlinkSync(join(MODULES, name), join(folder, 'node_modules', name))
  }
  const secret = crypto.getRandomValues(Buffer.alloc(32)).toString('base64')
  writeFileSync(join(folder, '.dev.vars'), `AUTH_SECRET="${secret}"\n`)
  writeFileSync(join(folder, 'vite.config.js'), VITE_CONFIG)
}
