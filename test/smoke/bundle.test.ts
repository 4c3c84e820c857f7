import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { afterAll, expect, it } from 'vitest'
import { SETTING_TEXTS } from '../../src/config/setting-texts'
import { API_ALONE_MOST_KIB } from './sizes'

const KIB = 1024

const folder = mkdtempSync(join(tmpdir(), 'janus-bundle-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Builds what is uploaded, minified: one module. */
function bundle(...entry: string[]): Buffer {
  const out = mkdtempSync(join(folder, 'out-'))
  // As a deploy has it: the test runner sets another NODE_ENV.
  const { NODE_ENV: _, ...environment } = process.env
  execFileSync('npx', ['wrangler', 'deploy', ...entry, '--dry-run', '--minify', '--outdir', out], {
    env: environment,
  })
  const uploaded = readdirSync(out).filter((name) => !/\.map$|^README/.test(name))
  expect(uploaded).toHaveLength(1)
  return readFileSync(join(out, uploaded[0] ?? ''))
}

it(`the API without any part stays under ${API_ALONE_MOST_KIB} KiB`, () => {
  const module = bundle('test/smoke/api-only.ts')
  const bytes = module.byteLength
  console.log(`API alone: ${(bytes / KIB).toFixed(1)} KiB`)
  expect(bytes).toBeLessThan(API_ALONE_MOST_KIB * KIB)
  // It comes with the class of Hono itself; src/http/hono.ts has one router.
  expect(module.includes('RegExpRouter')).toBe(false)
})

it('what is deployed, pages in three languages included, stays under 810 KiB and has neither playground nor words for settings', () => {
  const module = bundle()
  console.log(`Whole: ${(module.byteLength / KIB).toFixed(1)} KiB`)
  expect(module.byteLength).toBeLessThan(810 * KIB)
  expect(module.includes('Janus-Storage')).toBe(false)
  expect(module.includes('RegExpRouter')).toBe(false)
  // Nor the migrations, which a Durable Object as the database applies itself.
  expect(module.includes('CREATE TABLE users')).toBe(false)
  // Nor the words for settings (src/config/texts), which are for the documentation and the doctor.
  expect(module.includes(SETTING_TEXTS.ISSUER.meaning.slice(0, 30))).toBe(false)
})

/** Lists the parts that can be passed to `createJanus`, with the module of each. */
const PARTS = {
  createMail: 'wiring/create-mail',
  createEvents: 'wiring/create-events',
  createPasskeys: 'wiring/create-passkeys',
  createSecondFactors: 'wiring/create-second-factors',
  createSocialLogin: 'wiring/create-social-login',
  createProvider: 'wiring/create-provider',
  createHumanCheck: 'throttling/human-check',
  createSelfService: 'wiring/create-self-service',
  createShortPasswords: 'passwords/short-passwords',
  createPages: 'wiring/create-pages',
  createDurableObjectCopies: 'wiring/durable-object-copies',
  createRedisCopies: 'wiring/redis-copies',
  createMemcachedCopies: 'wiring/memcached-copies',
  createPostgres: 'wiring/postgres-database',
  createDurableObjectDatabase: 'wiring/durable-object-database',
} as const

/** Returns the KiB of the API with one part, minified; `null`: alone. */
async function weigh(part: keyof typeof PARTS | null): Promise<number> {
  const given = part === null ? '' : `import { ${part} as part } from '../../src/${PARTS[part]}'\n`
  const contents = `${given}import { createJanus } from '../../src/janus'
    export default createJanus({}, { ${part === null ? '' : 'part'} })`
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: import.meta.dirname, loader: 'ts' },
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2024',
    jsx: 'automatic',
    jsxImportSource: 'hono/jsx',
    external: ['cloudflare:*', 'node:*', 'pg'],
    write: false,
  })
  return (outputFiles[0]?.contents.byteLength ?? 0) / KIB
}

it('docs/explain/performance.md says what each part adds, to 2 KiB or 3 %', async () => {
  const page = readFileSync('docs/explain/performance.md', 'utf8')
  const alone = await weigh(null)
  for (const part of Object.keys(PARTS) as (keyof typeof PARTS)[]) {
    const added = (await weigh(part)) - alone
    console.log(`${part}: ${added.toFixed(1)} KiB`)
    const [, documented = ''] = new RegExp(`^\\| \`${part}\`[^|]*\\| (\\d+) KiB`, 'm').exec(page) ?? []
    expect
      .soft(Math.abs(Number(documented) - added), `${part}: ${added.toFixed(1)} KiB`)
      .toBeLessThan(Math.max(2, 0.03 * added))
  }
})

// A busy machine makes a profile longer, never shorter: the shortest of a few starts is the one that says something.
it('starting takes less than 100 ms of CPU', () => {
  let shortest = Number.POSITIVE_INFINITY
  for (let start = 0; start < 5 && shortest >= 100_000; start++) shortest = Math.min(shortest, profileStart())
  console.log(`Start: ${(shortest / 1000).toFixed(1)} ms of CPU`)
  expect(shortest).toBeGreaterThan(0)
  expect(shortest).toBeLessThan(100_000)
})

/** Microseconds of the Worker's own code in one start. */
function profileStart(): number {
  const file = join(folder, 'startup.cpuprofile')
  execFileSync('npx', ['wrangler', 'check', 'startup', '--args=--minify', '--outfile', file], {
    stdio: 'ignore',
  })
  const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(file, 'utf8')) as CpuProfile
  const names = new Map(nodes.map(({ id, callFrame }) => [id, callFrame.functionName]))
  return samples
    .map((id, sample) => (NOT_OURS.has(names.get(id) ?? '') ? 0 : (timeDeltas[sample] ?? 0)))
    .reduce((sum, delta) => sum + delta, 0)
}

/** Names the frames of a V8 profile in which none of the Worker's code runs. */
const NOT_OURS: ReadonlySet<string> = new Set(['(program)', '(idle)', '(root)'])

/** Of the profile, what is read here; times are in microseconds. */
interface CpuProfile {
  readonly nodes: readonly { readonly id: number; readonly callFrame: { readonly functionName: string } }[]
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}
