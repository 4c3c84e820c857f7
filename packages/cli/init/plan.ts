import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Stop } from '../command.ts'
import { localFile } from '../local/local-vars.ts'
import { pageOf } from '../place.ts'
import type { FileChange } from './changes.ts'
import { addToJsonc, parseJsonc } from './edit-jsonc.ts'
import { addToToml, parseToml } from './edit-toml.ts'
import { answersHome, mountByHand, mountInto, newWorker, sweeps } from './mount.ts'
import {
  appUrlOf,
  assetsOf,
  doubtfulIssuer,
  findLacks,
  mountPathOf,
  sharesDatabase,
  varsOf,
  type WorkerConfig,
} from './needs.ts'
import { doubtOnIssuer, notesOn } from './notes.ts'
import { isServedByVite, migrationsDirOf, workerName } from './project.ts'

/** Lists the changes that `janus init` makes to a project, and the steps that it leaves to the person. */
export interface Plan {
  readonly changes: readonly FileChange[]
  readonly notes: readonly string[]
  /** Says what may be a reason not to make the changes, or `null`. */
  readonly doubt: string | null
  readonly configFile: string
  /** Locates the code of the Worker. */
  readonly entry: string
  /** Says whether that code mounts Janus once the changes are made. */
  readonly isMounted: boolean
  readonly mountPath: string
  /** APP_URL, if the app is on the host of Janus; `null` if it is elsewhere, or nothing says where it is. */
  readonly appUrl: string | null
}

/** In the order in which wrangler looks. */
const CONFIG_FILES = ['wrangler.json', 'wrangler.jsonc', 'wrangler.toml']
const NEW_CONFIG = 'wrangler.jsonc'

/** Lists where the code of a new Worker may be, or of one whose configuration does not name it. */
const MAINS = ['src/index.ts', 'src/index.tsx', 'src/index.js', 'index.ts', 'index.js']

/** Lists the lines of .gitignore that cover a file of secrets as its name does. */
const COVERING = { '.dev.vars': ['.dev.vars*'], '.env.local': ['.env*', '.env.*', '.env*.local', '*.local'] }

const NEW_CONFIG_TEXT = `{
  // Janus keeps accounts in DB, copies of sessions in SESSIONS, and limits clients by LOGIN_LIMIT.
  "$schema": "node_modules/wrangler/config-schema.json",
  // A version with an address of its own would be on the same database.
  "preview_urls": false,
  // Name secrets of yours, too: of .dev.vars, wrangler takes these and what "vars" names.
  "secrets": {
    "required": ["AUTH_SECRET"]
  },
  // The platform's own lines have URLs, and those of mailed links hold tokens.
  "observability": {
    "enabled": true,
    "logs": {
      "invocation_logs": false
    }
  }
}
`

/** Decides what a project needs so that Janus runs in it. @throws Stop If a file cannot be read or changed. */
export function planProject(folder: string, compatibilityDate: string): Plan {
  const read = (path: string) =>
    existsSync(join(folder, path)) ? readFileSync(join(folder, path), 'utf8') : null
  const main = MAINS.find((path) => read(path) !== null) ?? 'src/index.ts'
  const configFile = CONFIG_FILES.find((path) => read(path) !== null) ?? NEW_CONFIG
  const config = planConfig(folder, configFile, read, {
    name: workerName(folder),
    main,
    compatibilityDate,
    migrationsDir: migrationsDirOf(folder),
  })
  const mountPath = mountPathOf(config.parsed)
  const entry = entryOf(config.parsed, main)
  const worker = config.lacksMain
    ? null
    : planWorker(entry, read(entry), mountPath, `${configFile} and ${localFile(folder)}`)
  const changes = [
    planPackage(read('package.json'), workerName(folder)),
    planIgnored(read('.gitignore'), localFile(folder)),
    config.change,
    ...(worker ? [worker.change] : []),
  ]
  const isMounted = worker?.isMounted ?? false
  const wasMounted = isMounted && worker?.change.before === worker?.change.after
  const appUrl = appUrlOf(varsOf(config.parsed))
  const notes = notesOn(config.parsed, {
    folder,
    file: configFile,
    entry,
    shares: config.shares,
    leadsHome: config.addsAppUrl && (worker === null || worker.change.before !== null),
    hasCode: worker !== null,
    ofWorker: worker ? worker.notes : [lackingMain(configFile, entry)],
  })
  return {
    changes: changes.filter((change) => change.before !== change.after),
    notes,
    doubt: wasMounted || config.doubtful === null ? null : doubtOnIssuer(configFile, config.doubtful),
    configFile,
    entry,
    isMounted,
    mountPath,
    appUrl,
  }
}

/** Returns whether the files of an app have a page at `/`. */
function servesHome(folder: string, { directory, not_found_handling: missing }: WorkerConfig): boolean {
  const files = directory ?? (isServedByVite(folder) ? '.' : null)
  return (
    missing === 'single-page-application' ||
    (files !== null && existsSync(join(folder, String(files), 'index.html')))
  )
}

function entryOf(config: WorkerConfig, main: string): string {
  return String(config.main ?? main).replace(/^\.\//, '')
}

function planConfig(
  folder: string,
  path: string,
  read: (path: string) => string | null,
  known: Omit<Parameters<typeof findLacks>[1], 'sweeps' | 'hasHome'>,
) {
  const before = read(path)
  const isToml = path.endsWith('.toml')
  const parse = (text: string): WorkerConfig => {
    try {
      return isToml ? parseToml(text) : parseJsonc(text)
    } catch (error) {
      throw new Stop(`${path} cannot be read: ${error instanceof Error ? error.message : error}`, 2)
    }
  }
  const start = before ?? NEW_CONFIG_TEXT
  const original = parse(start)
  if (original.pages_build_output_dir !== undefined) {
    throw new Stop(
      `${path} is of a Cloudflare Pages project (pages_build_output_dir), which has no cron. Nothing was written. Run Janus beside it: ${pageOf('start/same-host.md')}`,
    )
  }
  const entry = entryOf(original, known.main)
  const written = read(entry)
  // What a person writes. Anything else that is not there may be what a build writes.
  const isOwn = original.main === undefined || (MAINS.includes(entry) && !entry.endsWith('.js'))
  const code = written ?? (isOwn ? newWorker('/') : '')
  const project = {
    ...known,
    sweeps: sweeps(code, mountPathOf(original)),
    hasHome: answersHome(code) || servesHome(folder, assetsOf(original)),
  }
  const lacks = findLacks(original, project)
  const after = lacks.length === 0 ? start : (isToml ? addToToml : addToJsonc)(start, lacks)
  const parsed = isToml ? tryParse(() => parseToml(after)) : parse(after)
  if (parsed === null || findLacks(parsed, project).length > 0) {
    const lines = lacks.map(
      (lack) =>
        `  ${lack.kind === 'key' ? '' : `${lack.table || '(top)'}: `}${lack.name}: ${JSON.stringify(lack.value)}`,
    )
    throw new Stop(
      `${path} is written in a way that this command cannot change. Add by hand, then run it again:\n${lines.join('\n')}`,
    )
  }
  return {
    change: { path, before, after },
    parsed,
    shares: before !== null && sharesDatabase(original),
    doubtful: before === null ? null : doubtfulIssuer(original),
    lacksMain: !isOwn && written === null,
    addsAppUrl: lacks.some(({ name }) => name === 'APP_URL'),
  }
}

function tryParse<T>(parse: () => T): T | null {
  try {
    return parse()
  } catch {
    return null
  }
}

/** @param settings Names the files that have ISSUER. */
function planWorker(path: string, before: string | null, mountPath: string, settings: string) {
  if (before === null)
    return { change: { path, before, after: newWorker(mountPath) }, notes: [], isMounted: true }
  const mounted = mountInto(before, mountPath)
  if (mounted.ok)
    return { change: { path, before, after: mounted.text }, notes: mounted.remaining, isMounted: true }
  const add = mounted.isTaken
    ? `If that is a route of your app, give ISSUER another path, such as /account-auth, in ${settings}, and run this again. If it is Janus already, only the last step here is missing. Otherwise add`
    : 'Add'
  const note = `${path} was not changed, because ${mounted.reason}. ${add}:\n\n${mountByHand(before, mountPath)}\n`
  return { change: { path, before, after: before }, notes: [note], isMounted: false }
}

/** Returns what to do where the configuration names code that is not there. A build may be what writes it. */
function lackingMain(file: string, main: string): string {
  return `main of ${file} is ${main}, which is not there. If a build writes it, see ${pageOf('guides/frameworks.md')}. If nothing does, remove main and run this again: it writes a Worker.`
}

function planPackage(before: string | null, name: string): FileChange {
  const text = `${JSON.stringify({ name, private: true, type: 'module' }, null, 2)}\n`
  return { path: 'package.json', before, after: before ?? text }
}

function planIgnored(before: string | null, secretFile: keyof typeof COVERING): FileChange {
  const lines = (before ?? '').split(/\r?\n/).map((line) => line.trim().replace(/^\/|\/$/g, ''))
  const isSecretCovered = COVERING[secretFile].some((pattern) => lines.includes(pattern))
  const names = ['node_modules', '.wrangler', ...(isSecretCovered ? [] : [secretFile]), 'secrets.json']
  const missing = names.filter((name) => !lines.includes(name))
  const start = before === null || before === '' || before.endsWith('\n') ? (before ?? '') : `${before}\n`
  const after = missing.length === 0 ? (before ?? '') : `${start}${missing.join('\n')}\n`
  return { path: '.gitignore', before, after }
}
