import { existsSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { mountPathOf } from '../init/needs.ts'
import {
  adviceOnWorkerFirst,
  exceptionsForJanus,
  hidesLogin,
  pathsBeforeFiles,
} from '../init/worker-first.ts'
import { migrationFiles } from '../migrate/migrations-config.ts'
import { IS_CHECKOUT, MIGRATIONS, pageOf } from '../place.ts'
import { asWritten, tableIn } from './as-written.ts'
import type { Deployment } from './deployment.ts'
import { error, type Finding, ok, warning } from './finding.ts'
import { testedDate } from './janus-itself.ts'

/** Sets how often `sweep` must run. */
const EVERY_MINUTE = '* * * * *'

/** Checks what the configuration of wrangler says of the Worker besides its settings. */
export function checkWorker(deployment: Deployment): readonly Finding[] {
  const checks = [
    checkSecretsAreRequired,
    checkMigrationFiles,
    checkLogo,
    checkWorkerFirst,
    checkLimit,
    checkCron,
    checkLogs,
    checkPreviews,
    checkCache,
    checkDate,
  ]
  const findings = checks.flatMap((check) => check(deployment))
  return findings.length > 0 ? findings : [ok('worker.config', `${deployment.file} has what Janus needs.`)]
}

type Check = (deployment: Deployment) => readonly Finding[]

const checkSecretsAreRequired: Check = ({ wrangler, file }) => {
  const required = wrangler.secrets?.required ?? []
  if (required.includes('AUTH_SECRET')) return []
  const what = 'wrangler does not know that AUTH_SECRET is needed, so it would deploy without.'
  const line = asWritten(file, 'secrets', 'required', [...required, 'AUTH_SECRET'])
  const fix = wrangler.secrets
    ? `Set in ${file}: ${line}.`
    : `Add to ${file}: ${line}. Name every other secret of this machine there, too, because wrangler then reads no others.`
  return [warning('worker.secrets', what, fix)]
}

/** Checks the folder of migrations: wrangler knows no other. */
const checkMigrationFiles: Check = ({ wrangler, folder }) => {
  const database = wrangler.d1_databases.find(({ binding }) => binding === 'DB')
  if (!database) return []
  const directory = resolve(folder, database.migrations_dir ?? 'migrations')
  const there = migrationFiles(directory)
  const missing = migrationFiles(MIGRATIONS).filter((file) => !there.includes(file))
  if (missing.length === 0) return []
  const what = `migrations_dir of DB lacks ${missing.length} of Janus's migrations, ${missing[0]} first.`
  const where = IS_CHECKOUT
    ? `at those of Janus (${pageOf('start/add-to-your-worker.md')})`
    : `to "${relative(folder, MIGRATIONS)}"`
  const fix = `Set migrations_dir of DB ${where}, and give your own tables another database.`
  return [error('worker.migrations', what, fix)]
}

/** Checks the logo, which is the only file of the adopter's: the code contains what the pages load. */
const checkLogo: Check = ({ wrangler, folder, config, isStandAlone, file }) => {
  const { assets } = wrangler
  const directory = assets?.binding === 'ASSETS' ? assets.directory : undefined
  const below = `${config?.basePath ?? ''}/`
  if (config?.brandLogoUrl?.startsWith(below)) {
    const path = config.brandLogoUrl.slice(below.length)
    if (directory === undefined || !existsSync(join(resolve(folder, directory), path))) {
      const what = `Janus serves the logo at BRAND_LOGO_URL from ASSETS, and ${directory === undefined ? 'ASSETS is not bound' : 'its directory has no such file'}.`
      const fix = `Bind ${tableIn(file, 'assets')} as ASSETS to a directory that has ${path}, or give BRAND_LOGO_URL an https:// URL.`
      return [warning('worker.ASSETS', what, fix)]
    }
  }
  if (directory === undefined || !isStandAlone || assets?.run_worker_first === true) return []
  const what = 'Files of assets are served before the request reaches Janus.'
  return [warning('worker.ASSETS', what, `Set ${asWritten(file, 'assets', 'run_worker_first', true)}.`)]
}

/** Checks that an app with a page for missing files does not answer for Janus: of these requests, the Worker is not asked. */
const checkWorkerFirst: Check = ({ wrangler, config, isStandAlone, file }) => {
  if (isStandAlone) return []
  const assets = wrangler.assets ?? {}
  const base = config ? config.basePath || '/' : mountPathOf({ ...wrangler })
  const findings = exceptionsForJanus(assets, base).map((rule) => {
    const what = `Some requests for Janus do not reach it, because of "${rule}".`
    const fix = `Remove "${rule}" from run_worker_first in assets of ${file}, or make it narrower.`
    // A file of the app may lie below Janus.
    return (hidesLogin(rule, base) ? error : warning)('worker.run_worker_first', what, fix)
  })
  const fix = adviceOnWorkerFirst(assets, base, file)
  if (fix === null) return findings
  const [path] = pathsBeforeFiles(assets, base)
    .map((each) => each.replace('*', 'login'))
    .reverse()
  const what = `A browser that opens ${path} gets a page of the app, because of not_found_handling.`
  // An API without pages is asked by scripts alone, which reach it.
  return [warning('worker.run_worker_first', what, fix), ...findings]
}

const checkLimit: Check = ({ wrangler }) => {
  const limit = wrangler.ratelimits.find(({ name }) => name === 'LOGIN_LIMIT')
  if (!limit || limit.simple.period === 60) return []
  const what = `LOGIN_LIMIT counts over ${limit.simple.period} seconds, and Janus tells clients to wait for 60.`
  return [warning('worker.LOGIN_LIMIT', what, 'Set its period to 60.')]
}

const checkCron: Check = ({ wrangler, file }) => {
  const crons = wrangler.triggers.crons ?? []
  if (crons.includes(EVERY_MINUTE)) return []
  const fix = `Set ${asWritten(file, 'triggers', 'crons', [EVERY_MINUTE])}, and call sweep() in scheduled.`
  if (crons.length > 0) {
    const what =
      'No cron runs every minute, so ended sessions stay in KV and mail waits for longer than documented.'
    return [warning('worker.cron', what, fix)]
  }
  const what =
    'There is no cron, so what KV refused to delete stays, mail is not tried again, and keys do not rotate.'
  return [error('worker.cron', what, fix)]
}

const checkLogs: Check = ({ wrangler, file }) => {
  const { observability, logpush } = wrangler
  const isLogged = (observability?.enabled || observability?.logs?.enabled) ?? false
  const findings: Finding[] = []
  if (isLogged && observability?.logs?.invocation_logs !== false) {
    const what = "The platform's own log lines have URLs, and those of links in mails hold tokens."
    findings.push(
      error('worker.logs', what, `Set ${asWritten(file, 'observability.logs', 'invocation_logs', false)}.`),
    )
  }
  if (!isLogged) {
    const what =
      'No logs are kept, so refusals and failures of the service leave no trace but the audit trail.'
    findings.push(warning('worker.logs', what, `Set ${asWritten(file, 'observability', 'enabled', true)}.`))
  }
  if (logpush) {
    const what = 'Logpush records the URL of each request, and the URLs of mailed links hold tokens.'
    const fix = `Set ${asWritten(file, '', 'logpush', false)}, or leave the URL out of the fields of its job.`
    findings.push(warning('worker.logpush', what, fix))
  }
  return findings
}

const checkPreviews: Check = ({ wrangler, file }) => {
  if (wrangler.preview_urls === false) return []
  const fix = `Set ${asWritten(file, '', 'preview_urls', false)}.`
  if (wrangler.preview_urls) {
    const what = 'preview_urls gives every version an address of its own, on the same database and secret.'
    return [error('worker.previews', what, fix)]
  }
  // What wrangler does then depends on workers_dev, on its version, and on what the dashboard says.
  const what = 'preview_urls is not set, so versions may get addresses of their own, on the same database.'
  return [warning('worker.previews', what, fix)]
}

const checkCache: Check = ({ wrangler, file }) => {
  if (!wrangler.cache?.enabled) return []
  const what = 'A cache is in front of the Worker. It may return one caller’s answer to another.'
  return [error('worker.cache', what, `Set ${asWritten(file, 'cache', 'enabled', false)}, or remove it.`)]
}

const checkDate: Check = ({ wrangler, file }) => {
  const date = wrangler.compatibility_date
  const tested = testedDate()
  const check = 'worker.compatibility_date'
  if (!date)
    return [
      error(
        check,
        'There is no compatibility_date.',
        `Set ${asWritten(file, '', 'compatibility_date', tested)}.`,
      ),
    ]
  if (date > new Date().toISOString().slice(0, 10)) {
    return [error(check, `compatibility_date ${date} has not come yet.`, `Set it to "${tested}".`)]
  }
  if (date >= tested) return []
  const what = `compatibility_date ${date} is older than ${tested}, the one Janus is tested with.`
  return [warning(check, what, `Set it to "${tested}".`)]
}
