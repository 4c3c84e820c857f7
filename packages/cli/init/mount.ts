import { EVERY_MINUTE } from './needs.ts'
import { blankTexts, closingBracket, withoutComments, withoutTexts } from './read-code.ts'

/** The lines that mount Janus in the code of a Worker, or why they have to be added by hand. */
export type Mounted =
  | { readonly ok: true; readonly text: string; readonly remaining: readonly string[] }
  | {
      readonly ok: false
      readonly reason: string
      /** It may have routes where Janus would be. */
      readonly isTaken?: boolean
    }

/**
 * Returns the code of a Worker that has nothing else yet. Its own page comes before Janus, which has one at the same path if it is mounted at `/`.
 *
 * @param path Where Janus is mounted.
 */
export function newWorker(path: string): string {
  const base = path === '/' ? '' : path
  return `import { env } from 'cloudflare:workers'
import { Hono } from 'hono'
import { html } from 'hono/html'
import { ${PARTS.join(', ')} } from 'janus'
import { type JanusEnv, janus } from 'janus/verify'

// Registration, sign-in and accounts.
${createAuth({ auth: 'auth', env: 'env' })}
const signedIn = janus({ issuer: env.ISSUER, service: auth, signInAt: '${base}/login' })

const app = new Hono<JanusEnv>()
  .get('/', async (c) => {
    const verdict = await auth.authenticate(c.req.raw.headers, c.req.method)
    const answer = verdict.ok ? await auth.user(verdict.principal) : verdict
    // 401 is for people who are not signed in. Whatever else goes wrong is the answer.
    if (!answer.ok && answer.problem.status !== 401) {
      const { body, status, headers } = answer.problem
      return Response.json(body, { status, headers })
    }
    const user = answer.ok ? answer.user : null
    c.header('Cache-Control', 'no-store')
    if (verdict.ok && verdict.setCookie) c.header('Set-Cookie', verdict.setCookie, { append: true })
    return c.html(
      // html escapes what people call themselves.
      user
        ? html\`Hello, \${user.name ?? user.email}. <a href="${base}/account">Your account, and sign-out</a>\`
        : html\`<a href="${base}/login">Sign in</a>, or <a href="${base}/register">register</a>.\`,
    )
  })
  // Only for people who are signed in.
  .get('/hello', signedIn, (c) => c.text(\`Hello, \${c.var.principal.userId}\`))
  .route('${path}', auth)

export default { fetch: app.fetch, scheduled: () => auth.sweep() }
`
}

/** Lists the parts that the project passes to `createJanus`, in the order of the import. */
const PARTS = ['createJanus', 'createMail', 'createPages', 'createPasskeys', 'createSecondFactors'] as const

/** Names what Janus is, and the bindings that it gets, in the code of a Worker. */
interface Names {
  readonly auth: string
  readonly env: string
}

/** Returns names that a source has for nothing else. */
function namesIn(source: string): Names {
  return {
    auth: /\bauth\b/.test(source) ? 'janusAuth' : 'auth',
    env: importsEnv(source) || !/(?<![\w$.])env\b/.test(source) ? 'env' : 'janusEnv',
  }
}

/** Returns whether a source has the bindings by the name of `env`. */
function importsEnv(source: string): boolean {
  const imports = source.matchAll(/^import\s*\{([^}]*)\}\s*from\s*['"]cloudflare:workers['"]/gm)
  return [...imports].some(([, names = '']) => names.split(',').some((name) => name.trim() === 'env'))
}

function createAuth({ auth, env }: Names): string {
  const [create, ...parts] = PARTS
  return `const ${auth} = ${create}(${env}, { ${parts.join(', ')} })`
}

/** Returns the imports that a source lacks. */
function importsFor(source: string): readonly string[] {
  const { env } = namesIn(source)
  const [quote, end] = styleOf(source)
  const line = (what: string, from: string) => `import { ${what} } from ${quote}${from}${quote}${end}`
  const bindings = line(env === 'env' ? env : `env as ${env}`, 'cloudflare:workers')
  return [...(importsEnv(source) ? [] : [bindings]), line(PARTS.join(', '), 'janus')]
}

/** Returns the lines for somebody who adds them to a source by hand. They take none of its handlers away. */
export function mountByHand(source: string, path: string): string {
  const names = namesIn(source)
  const [quote, end] = styleOf(source)
  return [
    ...importsFor(source),
    '',
    `${createAuth(names)}${end}`,
    `app.route(${quote}${path}${quote}, ${names.auth})${end}`,
    '',
    addSweep(names.auth),
  ].join('\n')
}

/** Adds the lines that mount Janus to the code of a Hono Worker. Code that mounts it already stays as it is. */
export function mountInto(source: string, path: string): Mounted {
  if (/\bfrom\s+['"]janus['"]/.test(source)) {
    const [, made = 'auth'] = /\b(\w+)\s*=\s*createJanus\(/.exec(source) ?? []
    return mounted(source, made)
  }
  if (mountsAnother(source, path)) return { ok: true, text: source, remaining: [] }
  const taken = findPathBelow(source, path)
  if (taken)
    return { ok: false, reason: `it has ${taken} already, and Janus would answer there`, isTaken: true }
  const exported = findExport(source)
  if (!exported) {
    const reason =
      'its default export is neither the name of a Hono app nor an object with `fetch: NAME.fetch`'
    return { ok: false, reason }
  }
  const app = findApp(source, exported.app)
  if (!app) return { ok: false, reason: `${exported.app} is not made by new Hono() in this file` }
  const names = namesIn(source)
  const [quote, end] = styleOf(source)
  const edits: Edit[] = [
    { at: app.statement, text: `${createAuth(names)}${end}\n` },
    { at: app.end, text: `.route(${quote}${path}${quote}, ${names.auth})` },
    ...exportEdits(source, exported, names.auth),
    { at: /^import\b/m.exec(source)?.index ?? 0, text: `${importsFor(source).join('\n')}\n` },
  ]
  return mounted(applyInsertions(source, edits), names.auth)
}

/** Returns whether a Janus that another file makes is mounted: what sweeps by a name is mounted, or asked, by the same name. */
function mountsAnother(source: string, path: string): boolean {
  const names = [...source.matchAll(/\b(\w+)\.sweep\(/g)].map(([, name = '']) => name)
  const mount = path.replace(/[^\w/]/g, '\\$&')
  return names.some((name) =>
    new RegExp(`['"\`]${mount}['"\`]\\s*,\\s*${name}\\b|\\b${name}\\.fetch\\(`).test(source),
  )
}

/** Returns the path of a route that is where Janus would be mounted, or below, or `null`. At `/` all are below. */
function findPathBelow(source: string, path: string): string | null {
  if (path === '/') return null
  const code = withoutComments(source)
  const first = code.matchAll(/\.(?:get|post|put|patch|delete|options|all|route|mount)\(\s*(['"`][^'"`]*)/g)
  // `on` takes methods before paths, and lists of both.
  const all = code.matchAll(/\.on\(([^)]*)/g)
  const given = [...first, ...all].map(([, text = '']) => text).join('\n')
  const paths = [...given.matchAll(/['"`](\/[^\s'"`?#]*)/g)].map(([, found = '']) => found)
  return paths.find((found) => `${found}/`.startsWith(`${path}/`)) ?? null
}

function mounted(text: string, name: string): Mounted {
  return { ok: true, text, remaining: text.includes(`${name}.sweep(`) ? [] : [addSweep(name)] }
}

/**
 * Returns whether the code of a Worker, once this command has changed it, sweeps each time that it is scheduled. A handler of its owner that does
 * not call Janus, also one in code that this command cannot read, would only do the owner's work each minute.
 */
export function sweeps(source: string, path: string): boolean {
  const after = mountInto(source, path)
  return after.ok && after.remaining.length === 0
}

/** Returns whether the exported app has a page at `/`, as far as its lines say so. A page that they do not name counts as none. */
export function answersHome(source: string): boolean {
  const code = withoutTexts(source)
  const name = findExport(code)?.app ?? ''
  const made = findApp(code, name)
  if (!made || code.includes('.basePath(')) return false
  const calls = [...code.matchAll(new RegExp(`(?<![\\w$.])${name}(?=\\s*\\.)`, 'g'))]
  const starts = [made.end, ...calls.map(({ index }) => index + name.length)]
  return starts.some((start) => chainAnswersHome(code, start))
}

/** Returns whether one of the calls that follow each other from here on is `.get('/', …)` or `.all('/', …)`. */
function chainAnswersHome(code: string, start: number): boolean {
  const [call, method = '', path] = /^\s*\.\s*(\w+)\(\s*(['"`]\/['"`])?/.exec(code.slice(start)) ?? []
  if (call === undefined) return false
  if (path !== undefined && /^(?:get|all)$/.test(method)) return true
  const close = closingBracket(code, start + call.indexOf('('))
  return close !== -1 && chainAnswersHome(code, close + 1)
}

function addSweep(name: string): string {
  return `The code of your Worker does not sweep yet, so this command does not add the cron of Janus, which runs each minute. If it has a scheduled handler, begin that with

  if (controller.cron === '${EVERY_MINUTE}') return ${name}.sweep()

If it has none, add scheduled: () => ${name}.sweep() to its default export, beside fetch. Then run this command again: it adds the cron.`
}

/** An insertion; one that replaces has the length of what goes. */
interface Edit {
  readonly at: number
  readonly text: string
  readonly removes?: number
}

interface DefaultExport {
  readonly app: string
  readonly index: number
  readonly length: number
  /** It is an object, which has a place for another handler. */
  readonly isObject: boolean
  /** It has a handler of its own, or takes what it has from elsewhere. */
  readonly hasScheduled: boolean
}

function findExport(source: string): DefaultExport | null {
  // A name, and nothing that is called or looked up in it.
  const plain = /^export default (\w+)\b(?!\s*[.(<[`])/m.exec(source)
  if (plain?.[1] !== undefined && !/^(?:class|function|async|new)$/.test(plain[1])) {
    return {
      app: plain[1],
      index: plain.index,
      length: plain[0].length,
      isObject: false,
      hasScheduled: false,
    }
  }
  const object = /^export default \{/m.exec(source)
  if (!object) return null
  const code = blankTexts(source)
  const close = closingBracket(code, object.index + object[0].length - 1)
  const own = code.slice(object.index, close === -1 ? undefined : close)
  const [, app] = /\bfetch\s*:\s*(\w+)\.fetch\b/.exec(own) ?? []
  if (app === undefined) return null
  const hasScheduled = /\bscheduled\b|\.\.\./.test(own)
  return { app, index: object.index, length: object[0].length, isObject: true, hasScheduled }
}

function exportEdits(source: string, exported: DefaultExport, name: string): readonly Edit[] {
  const { app, index, length, isObject, hasScheduled } = exported
  if (hasScheduled) return []
  const scheduled = `scheduled: () => ${name}.sweep()`
  if (!isObject) {
    const text = `export default { fetch: ${app}.fetch, ${scheduled} }`
    return [{ at: index, text, removes: length }]
  }
  const [indent = ' '] = /^\s*/.exec(source.slice(index + length)) ?? []
  return [{ at: index + length, text: `${indent || ' '}${scheduled},` }]
}

/** Finds where the app is made: the start of the statement, and the end of `new Hono<…>(…)`. */
function findApp(source: string, app: string): { readonly statement: number; readonly end: number } | null {
  const made = new RegExp(
    `^(?:export )?(?:const|let|var) ${app}\\b[^=\\n]*=\\s*new Hono\\s*(?=[<(])`,
    'm',
  ).exec(source)
  if (!made) return null
  const start = made.index + made[0].length
  const code = blankTexts(source.slice(start))
  const open = code.startsWith('<') ? closingBracket(code, 0) + 1 : 0
  const close = code[open] === '(' ? closingBracket(code, open) : -1
  return close === -1 ? null : { statement: made.index, end: start + close + 1 }
}

/** Returns the quote and the end of a statement that a source uses. */
function styleOf(source: string): readonly [quote: string, end: string] {
  const [line = '', quote = "'"] = /^import\b.*?(['"]).*$/m.exec(source) ?? []
  return [quote, line.trimEnd().endsWith(';') ? ';' : '']
}

function applyInsertions(source: string, edits: readonly Edit[]): string {
  return [...edits]
    .sort((a, b) => b.at - a.at)
    .reduce(
      (text, { at, text: addition, removes = 0 }) => text.slice(0, at) + addition + text.slice(at + removes),
      source,
    )
}
