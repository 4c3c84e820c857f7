import { describe, expect, it } from 'vitest'
import { renderDiff } from '../../packages/cli/init/changes'
import { addToJsonc, parseJsonc } from '../../packages/cli/init/edit-jsonc'
import { addToToml, parseToml } from '../../packages/cli/init/edit-toml'
import { answersHome, mountInto, newWorker, sweeps } from '../../packages/cli/init/mount'
import { appUrlOf, findLacks, mountPathOf, sampleSettings } from '../../packages/cli/init/needs'
import { installsOf } from '../../packages/cli/init/project'

const PROJECT = {
  name: 'shop',
  main: 'src/index.ts',
  compatibilityDate: '2026-10-15',
  migrationsDir: 'node_modules/janus/dist/migrations',
  sweeps: true,
  hasHome: true,
}

/** Lists the elements that every complete configuration has. */
const COMPLETE = {
  vars: { ISSUER: 'https://example.com/auth', APP_URL: 'https://example.com/' },
  d1_databases: [{ binding: 'DB', migrations_dir: 'node_modules/janus/dist/migrations' }],
  kv_namespaces: [{ binding: 'SESSIONS' }],
  ratelimits: [{ name: 'LOGIN_LIMIT', namespace_id: '778101', simple: { limit: 600, period: 60 } }],
  triggers: { crons: ['* * * * *'] },
}

const FORMATS = {
  toml: {
    parse: parseToml,
    complete(text: string) {
      return addToToml(text, findLacks(parseToml(text), PROJECT))
    },
  },
  jsonc: {
    parse: parseJsonc,
    complete(text: string) {
      return addToJsonc(text, findLacks(parseJsonc(text), PROJECT))
    },
  },
}

describe.each<[format: keyof typeof FORMATS, name: string, text: string]>([
  ['toml', 'nothing', ''],
  ['toml', 'a name alone, without a line end', 'name = "shop"'],
  [
    'toml',
    'tables',
    '# mine\nname = "shop"\nmain = "a.ts" # the code\n\n[vars]\nA = "b"\n\n[triggers]\n# daily\ncrons = ["0 0 * * *"]\n',
  ],
  ['toml', 'an empty [triggers]', 'name = "shop"\n[triggers]\n'],
  ['toml', 'inline tables', 'name = "shop"\nvars = { A = "b" }\ntriggers = { crons = ["0 0 * * *"] }\n'],
  ['toml', 'empty inline tables', 'vars = {}\ntriggers = {  }\nd1_databases = []\n'],
  [
    'toml',
    'inline arrays',
    'd1_databases = [\n  { binding = "OTHER", database_name = "o" }, # theirs\n]\nkv_namespaces = [{ binding = "CACHE" }]\n',
  ],
  [
    'toml',
    'arrays of tables',
    '[[kv_namespaces]]\nbinding = "CACHE"\n\n[[d1_databases]]\nbinding = "OTHER"\n\n[env.staging]\nname = "s"\n',
  ],
  ['jsonc', 'an empty object', '{}'],
  [
    'jsonc',
    'comments and a trailing comma',
    '{\n\t// mine\n\t"name": "shop", /* short */\n\t"vars": { "A": "b" },\n}\n',
  ],
  [
    'jsonc',
    'arrays with elements',
    '{\n    "kv_namespaces": [{ "binding": "CACHE" }], // theirs\n    "triggers": { "crons": ["0 0 * * *"] }\n}\n',
  ],
])('a configuration in %s that has %s', (format, _, text) => {
  const { parse, complete } = FORMATS[format]

  it('gets what it lacks, keeps what it has, comments included, and is then left alone', () => {
    const after = complete(text)
    const parsed = parse(after)
    const before = parse(text)
    expect(findLacks(parsed, PROJECT)).toEqual([])
    expect(parsed).toMatchObject({ main: expect.any(String), name: 'shop', ...oneOfEach(parsed) })
    for (const comment of text.match(/#.*|\/\/.*|\/\*.*?\*\//g) ?? []) expect(after).toContain(comment)
    for (const [name, value] of Object.entries(before)) {
      if (Array.isArray(value)) expect(parsed[name]).toEqual(expect.arrayContaining(value))
      else if (typeof value === 'object' && value !== null)
        expect(parsed[name]).toMatchObject(keptMembers(value))
      else expect(parsed[name]).toBe(value)
    }
    expect(complete(after)).toBe(after)
  })
})

/** Returns the elements of {@link COMPLETE}, wherever they stand among others. */
function oneOfEach(parsed: object) {
  const expected = Object.entries(COMPLETE).map(([name, value]) => {
    if (Array.isArray(value))
      return [name, expect.arrayContaining(value.map((one) => expect.objectContaining(one)))]
    if ('crons' in value) return [name, { crons: expect.arrayContaining(value.crons) }]
    return [name, expect.objectContaining(value)]
  })
  expect(Object.keys(parsed)).toEqual(expect.arrayContaining(Object.keys(COMPLETE)))
  return Object.fromEntries(expected)
}

function keptMembers(value: object) {
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      Array.isArray(member) ? expect.arrayContaining(member) : member,
    ]),
  )
}

describe('a Worker with files', () => {
  it.each<[name: string, assets: object, added: readonly string[]]>([
    ['that says nothing of missing ones', { directory: 'public' }, []],
    ['of a single-page app', { not_found_handling: 'single-page-application' }, ['/auth', '/auth/*']],
    [
      'that has a part of Janus, which wrangler takes for redundant then',
      { not_found_handling: '404-page', run_worker_first: ['/api/*', '/auth/login'] },
      [],
    ],
    [
      'and a page for missing ones',
      { not_found_handling: '404-page', run_worker_first: ['/api/*'] },
      ['/auth', '/auth/*'],
    ],
    [
      'that has one of the paths',
      { not_found_handling: '404-page', run_worker_first: ['/auth/*'] },
      ['/auth'],
    ],
    ['that is asked first', { not_found_handling: 'single-page-application', run_worker_first: true }, []],
    [
      'that is asked first but for some',
      { not_found_handling: '404-page', run_worker_first: ['/*', '!/assets/*'] },
      [],
    ],
    [
      'that has an exception in that of Janus',
      { not_found_handling: '404-page', run_worker_first: ['/*', '!/auth/*'] },
      [],
    ],
  ])('%s gets the paths of Janus first', (_, assets, added) => {
    const { complete, parse } = FORMATS.jsonc
    const before =
      'run_worker_first' in assets && Array.isArray(assets.run_worker_first) ? assets.run_worker_first : []
    const { assets: after } = parse(complete(JSON.stringify({ assets })))
    expect(after).toEqual(added.length > 0 ? { ...assets, run_worker_first: [...before, ...added] } : assets)
  })

  it('and a Worker of its own keeps all that its app answers: no list is begun', () => {
    const config = { main: 'src/index.ts', assets: { not_found_handling: 'single-page-application' } }
    const { complete, parse } = FORMATS.jsonc
    expect(parse(complete(JSON.stringify(config)))).toMatchObject(config)
  })

  it('gets them in wrangler.toml, too', () => {
    const toml = '[assets]\nnot_found_handling = "single-page-application" # the shop\n'
    expect(parseToml(FORMATS.toml.complete(toml))).toMatchObject({
      assets: { run_worker_first: expect.arrayContaining(['/auth', '/auth/*']) },
    })
  })
})

describe('ISSUER', () => {
  it.each([
    [
      'a custom domain',
      { routes: [{ pattern: 'shop.example.net', custom_domain: true }] },
      'https://shop.example.net/auth',
    ],
    [
      'a zone route',
      { routes: [{ pattern: 'example.org/*', zone_name: 'example.org' }] },
      'https://example.org/auth',
    ],
    ['one route', { route: 'app.example.org/*' }, 'https://app.example.org/auth'],
    ['a wildcard', { routes: ['*.example.org/*'] }, 'https://example.com/auth'],
    ['no route', {}, 'https://example.com/auth'],
  ])('is taken from %s', (_, config, issuer) => {
    const lack = findLacks(config, PROJECT).find(({ name }) => name === 'ISSUER')
    expect(lack?.value).toBe(issuer)
  })

  it('says where Janus is mounted', () => {
    expect(mountPathOf({ vars: { ISSUER: 'https://example.com/account/login' } })).toBe('/account/login')
    expect(mountPathOf({ vars: { ISSUER: 'https://auth.example.com' } })).toBe('/')
    expect(mountPathOf({})).toBe('/auth')
  })
})

describe('APP_URL', () => {
  const added = (config: Parameters<typeof findLacks>[0], project: object = {}) =>
    findLacks(config, { ...PROJECT, ...project }).find(({ name }) => name === 'APP_URL')?.value

  it.each([
    [
      'the ISSUER that there is',
      { vars: { ISSUER: 'https://shop.example.net:8443/auth' } },
      'https://shop.example.net:8443/',
    ],
    ['the route that ISSUER is taken from', { route: 'app.example.org/*' }, 'https://app.example.org/'],
    ['no route', {}, 'https://example.com/'],
  ])('is on the host of %s', (_, config, appUrl) => {
    expect(added(config)).toBe(appUrl)
  })

  it('is added only where the app has a page at / that is not that of Janus, and never changed', () => {
    expect(added({}, { hasHome: false })).toBeUndefined()
    expect(added({ vars: { ISSUER: 'https://auth.example.com' } })).toBeUndefined()
    expect(added({ vars: { APP_URL: 'none' } })).toBeUndefined()
  })

  it('goes to this machine with ISSUER, unless the app is elsewhere', () => {
    const ISSUER = 'https://example.com/auth'
    expect(appUrlOf({ ISSUER, APP_URL: 'https://example.com/shop' })).toBe('https://example.com/shop')
    for (const APP_URL of [undefined, 'none', 'https://app.example.com/', 'https://example.com:8443/'])
      expect(appUrlOf({ ISSUER, APP_URL })).toBeNull()
    // Those must be on the origin of ISSUER or APP_URL, so one of the two stays.
    const OWN_PAGES = '/account=/me, /login=https://example.com/sign-in#'
    expect(appUrlOf({ ISSUER, APP_URL: 'https://example.com/', OWN_PAGES })).toBeNull()
  })

  it.each([
    ["const app = new Hono()\napp.get('/', home)", true],
    ['const app = new Hono<{ Bindings: Env }>()\n\napp.get(\n  "/",\n  home)', true],
    ['const app = new Hono()\n  .use(logger())\n  .all(`/`, home)', true],
    ["const app = new Hono()\napp.get('/a', (c) => c.text(':)')).get('/', home) // app.basePath('/b')", true],
    ["const app = new Hono().route('/auth', auth) // it's theirs\napp.get('/', home)", true],
    ["const app = new Hono()\napp.get('/orders', orders)\napp.post('/', order)", false],
    ["const app = new Hono()\napp.notFound((c) => c.text('/'))", false],
    ["const app = new Hono()\n// app.get('/', home)\n/* app.get('/', home) */", false],
    ['const app = new Hono()\nconst example = "app.get(\'/\', home)"', false],
    ["const app = new Hono()\nconst books = new Hono().get('/', list)\napp.route('/books', books)", false],
    [
      "const app = new Hono()\nconst books = new Hono()\nbooks.get('/', list)\napp.route('/books', books)",
      false,
    ],
    ["const app = new Hono().basePath('/api')\napp.get('/', list)", false],
    ["const app = new Hono()\napp.basePath('/api').get('/', list)", false],
    ["const app = new Hono()\napp.get('*', cache({}))\napp.all('/*', cors())\napp.use('/', logger())", false],
    ["const app = new Hono()\napp.route('/', api)\napp.mount('/', other)", false],
    ["const app = new Hono()\ncaches.app.get('/')\nmyapp.get('/')", false],
    ["import { app } from './app'\napp.get('/', home)", false],
  ])('is of an app that answers at /: %s', (source, is) => {
    for (const end of ['export default app\n', 'export default {\n  fetch: app.fetch,\n}\n'])
      expect(answersHome(`${source}\n${end}`)).toBe(is)
  })
})

it.each([
  [{ ISSUER: 'https://example.com/auth', APP_URL: 'https://example.com/' }, ['ISSUER', 'APP_URL']],
  [{ ISSUER: 'https://example.com' }, ['ISSUER']],
  // Somebody has changed one of the two.
  [{ ISSUER: 'https://shop.example.net/auth', APP_URL: 'https://example.com/' }, ['APP_URL']],
  [{ ISSUER: 'https://example.com.au/auth', APP_URL: 'none' }, []],
  [{}, []],
])('with %o, the settings to change before a deployment are %o', (vars, names) => {
  expect(sampleSettings({ vars })).toEqual(names)
})

describe('the code of a Worker', () => {
  const mounted = (source: string) => {
    const result = mountInto(source, '/auth')
    return result.ok ? result : { text: `not changed: ${result.reason}`, remaining: [] }
  }

  it('is mounted in an app that is exported by itself', () => {
    const source = `import { Hono } from 'hono'\n\nconst app = new Hono()\napp.get('/', (c) => c.text('Hi'))\n\nexport default app\n`
    expect(mounted(source).text).toBe(`import { env } from 'cloudflare:workers'
import { createJanus, createMail, createPages, createPasskeys, createSecondFactors } from 'janus'
import { Hono } from 'hono'

const auth = createJanus(env, { createMail, createPages, createPasskeys, createSecondFactors })
const app = new Hono().route('/auth', auth)
app.get('/', (c) => c.text('Hi'))

export default { fetch: app.fetch, scheduled: () => auth.sweep() }
`)
  })

  it('keeps the style, the types and the options of the app, and a name that is taken', () => {
    const source = `import { Hono } from "hono";\nimport { auth } from "./auth";\n\nexport const shop = new Hono<{ Bindings: Env }>({ strict: (false) })\n  .get("/", auth);\n\nexport default {\n  fetch: shop.fetch,\n  queue,\n};\n`
    expect(mounted(source).text).toBe(`import { env } from "cloudflare:workers";
import { createJanus, createMail, createPages, createPasskeys, createSecondFactors } from "janus";
import { Hono } from "hono";
import { auth } from "./auth";

const janusAuth = createJanus(env, { createMail, createPages, createPasskeys, createSecondFactors });
export const shop = new Hono<{ Bindings: Env }>({ strict: (false) }).route("/auth", janusAuth)
  .get("/", auth);

export default {
  scheduled: () => janusAuth.sweep(),
  fetch: shop.fetch,
  queue,
};
`)
  })

  it('leaves a scheduled handler to its owner, and says what is missing in it', () => {
    const source = `import { Hono } from 'hono'\nconst app = new Hono()\nexport default { fetch: app.fetch, scheduled: nightly }\n`
    const { text, remaining } = mounted(source)
    expect(text).toContain('scheduled: nightly }')
    const step = expect.stringContaining("if (controller.cron === '* * * * *') return auth.sweep()")
    expect(remaining).toEqual([step])
    // Once more, until that is done.
    expect(mounted(text).remaining).toEqual([step])
    const swept = text.replace('scheduled: nightly', 'scheduled: () => auth.sweep()')
    expect(mounted(swept)).toMatchObject({ text: swept, remaining: [] })
    const codes = [source, text, swept, newWorker('/auth'), '']
    expect(codes.map((code) => sweeps(code, '/auth'))).toEqual([false, false, true, true, false])
  })

  it('whose own scheduled handler does not sweep gets no cron, which would run it each minute', () => {
    const crons = (terms: object) =>
      findLacks({}, { ...PROJECT, ...terms }).filter(({ name }) => name === 'crons')
    expect([crons({}).length, crons({ sweeps: false }).length]).toEqual([1, 0])
  })

  it.each([
    ['no Hono app', 'export default { fetch: () => new Response() }'],
    ['an app from another file', "import { app } from './app'\nexport default app\n"],
    ['a class', 'export default class extends WorkerEntrypoint {}'],
    ['no default export', 'export const app = new Hono()'],
  ])('is not changed where it has %s', (_, source) => {
    expect(mountInto(source, '/auth').ok).toBe(false)
  })

  it('has links below Janus, and a page of its own at / where Janus is there, too', () => {
    expect(newWorker('/auth')).toContain('href="/auth/login"')
    const atRoot = newWorker('/')
    expect(atRoot).toContain('href="/login"')
    expect(atRoot).toContain("signInAt: '/login'")
    expect(atRoot.indexOf(".get('/',")).toBeLessThan(atRoot.indexOf(".route('/', auth)"))
  })

  it('is left alone once Janus is in it', () => {
    const once = newWorker('/auth')
    expect(answersHome(once)).toBe(true)
    expect(mountInto(once, '/auth')).toEqual({ ok: true, text: once, remaining: [] })
    const other = mounted("import { Hono } from 'hono'\nconst app = new Hono()\nexport default app\n").text
    expect(mounted(other).text).toBe(other)
  })
})

it('a project without packages is told of the file of Janus, because its name on npm belongs to another package', () => {
  expect(installsOf('/no/such/folder', '1.2.3')).toEqual([
    'npm install path/to/janus-1.2.3.tgz hono',
    'npm install --save-dev wrangler',
  ])
})

it('a change is shown by its lines, with some of those around', () => {
  const before = ['a', 'b', 'c', 'd', 'e', 'f', 'g', ''].join('\n')
  const after = ['a', 'b', 'c', 'D', 'new', 'e', 'f', 'g', ''].join('\n')
  expect(renderDiff({ path: 'x.toml', before, after })).toBe(
    ['--- x.toml', '  …', '  b', '  c', '- d', '+ D', '+ new', '  e', '  f'].join('\n'),
  )
})
