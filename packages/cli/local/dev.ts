// Serves a Worker that Janus is mounted in: makes a secret if there is none, applies the migrations, starts `wrangler dev`.
import { spawnSync } from 'node:child_process'
import { dirname } from 'node:path'
import { parseArgs } from 'node:util'
import { readOptions } from '../command.ts'
import { mountPathOf } from '../init/needs.ts'
import { isServedByVite, localIssuer } from '../init/project.ts'
import { ensureMigrated } from '../migrate/migrate-local.ts'
import { databaseOf, readWorker } from '../named-database.ts'
import { parseUrl } from '../parse-url.ts'
import { CONFIG_HELP, commandLine, findConfig, findState } from '../place.ts'
import { devVars, localFile, moveUrl } from './local-vars.ts'
import { holdState, makeLocalVars, parsePort, requireFreePort, serve } from './local-wrangler.ts'
import { SWEEP_EVERY_MS, sweep, waitUntilReady } from './readiness.ts'
import { readRuntimeAdvice } from './runtime-age.ts'

export const help = `Serve your Worker locally on Cloudflare's own runtime, with Janus in it.

  ${commandLine('dev', '[options]')}

  --https        serve on https://localhost with a self-signed certificate, of
                 which browsers warn; Safari needs it, because it does not keep
                 secure cookies on http://localhost
  --port N       serve on http://localhost:N (8787)
  --state DIR    keep the database and KV in DIR (.wrangler/state); one process
                 at a time
  --var K:V      override a setting, for example --var JWT_ALG:EdDSA; may be
                 repeated
${CONFIG_HELP}
  --help         print this

Creates AUTH_SECRET in .dev.vars (in .env.local if your app uses .env) if there
is none, and applies the migrations.
ISSUER is on this machine, with the path from your configuration, and so is
APP_URL if your app is where Janus is. Mail is printed instead of sent. Your
scheduled handler runs each minute.`

export async function run(args: readonly string[]): Promise<number> {
  const { https, port, state, configPath, overrides } = readOptions(() => {
    const { values } = parseArgs({
      args: [...args],
      options: {
        https: { type: 'boolean', default: false },
        port: { type: 'string', default: '8787' },
        state: { type: 'string' },
        var: { type: 'string', multiple: true, default: [] },
        config: { type: 'string' },
      },
    })
    const configPath = findConfig(values.config)
    const state = findState(configPath, values.state)
    return {
      https: values.https,
      port: parsePort(values.port),
      configPath,
      state,
      overrides: values.var,
    }
  })
  const folder = dirname(configPath)
  const origin = `${https ? 'https' : 'http'}://localhost:${port}`
  const config = await readWorker(configPath)
  const overridden = (name: string) =>
    overrides.find((pair) => pair.startsWith(`${name}:`))?.slice(name.length + 1)
  const vars = devVars(config, parseUrl(overridden('ISSUER') ?? origin)?.origin ?? origin, folder)
  const issuer = overridden('ISSUER') ?? vars.ISSUER
  const another = port + 1
  const ownState = commandLine('dev', `--port ${another} --state .wrangler/state-${another}`)
  holdState(state, `Your Worker at ${origin}`, ownState)
  await requireFreePort(port, 'dev')
  // For what serves without this command: a plain `wrangler dev`, which serves http, or Vite.
  const ofVite = isServedByVite(folder) ? localIssuer(folder, mountPathOf({ ...config })) : null
  const plain = ofVite ?? issuer.replace(`https://localhost:${port}`, `http://localhost:${port}`)
  if (makeLocalVars(folder, plain, vars.APP_URL ?? null)) {
    const file = localFile(folder)
    const advice = isIgnored(folder, file) ? 'Git ignores it.' : 'Keep it out of git: add it to .gitignore.'
    console.log(`Wrote ${file}, which holds a secret. ${advice}`)
  }
  const database = overridden('DATABASE') ?? (await databaseOf(configPath, 'here', async () => config))
  if (database === 'd1') await ensureMigrated(configPath, state)
  const pairs = [...Object.entries(vars).map(([name, value]) => `${name}:${value}`), ...overrides]
  const place = ['--config', configPath, '--port', String(port), '--persist-to', state]
  const protocol = https ? ['--local-protocol', 'https'] : []
  let isReady = false
  const stop = serve([...place, ...protocol, ...pairs.flatMap((pair) => ['--var', pair])], {}, folder, () => {
    if (isReady) return
    const advice =
      ofVite === null
        ? readRuntimeAdvice(folder, config)
        : viteAdvice(ofVite, vars.APP_URL, localFile(folder))
    if (advice !== null) console.error(`\n${advice}`)
  })
  announce(issuer, origin, stop).then(() => {
    isReady = true
  })
  setInterval(() => sweep(origin), SWEEP_EVERY_MS)
  return 0
}

function isIgnored(folder: string, file: string): boolean {
  return spawnSync('git', ['check-ignore', '--quiet', file], { cwd: folder }).status === 0
}

/** Returns what to do after `wrangler dev` has failed where Vite serves the Worker. It may serve it, too. */
function viteAdvice(issuer: string, appUrl: string | undefined, file: string): string {
  const app =
    appUrl === undefined ? '' : `, and APP_URL too, such as ${moveUrl(appUrl, new URL(issuer).origin)}`
  return `Vite serves this Worker. Run:\n
  ${commandLine('migrate')}\n  npx vite dev\n
ISSUER in ${file} must be where Vite serves, such as ${issuer}${app}.`
}

async function announce(issuer: string, origin: string, stop: (code: number) => void) {
  const reasons = await waitUntilReady(issuer)
  if (reasons.length === 0) {
    // A receiver of events begins with the first sweep, and a developer with the first registration.
    sweep(origin)
    console.log(`\nJanus is ready: ${issuer}. Stop with Ctrl-C.\n`)
    return
  }
  console.error(`\nJanus is not ready, so your Worker was stopped:\n${reasons.join('\n')}\n`)
  console.error(`Check your configuration: ${commandLine('doctor')}`)
  stop(1)
}
