// Serves Janus locally: makes a secret if there is none, applies the migrations, starts `wrangler dev`.
import { spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { localVars } from './local-vars.ts'

const HELP = `Serve Janus locally on Cloudflare's own runtime.

  npm start -- [options]

  --port N       serve on http://localhost:N (8787)
  --state DIR    keep the database and KV in DIR (.wrangler/state)
  --var K:V      override a setting, for example --var JWT_ALG:EdDSA; may be repeated
  --help         print this

Mail is printed here instead of sent (--var MAILER:none: no mail), and the playground is on (--var PLAYGROUND:off: it is not).
The secret lies in .dev.vars; it is made at the first start.`

const ROOT = dirname(import.meta.dirname)
const WRANGLER = join(ROOT, 'node_modules/wrangler/bin/wrangler.js')
const SECRETS = join(ROOT, '.dev.vars')

/** As often as the cron of wrangler.toml. */
const SWEEP_EVERY_MS = 60_000

interface Report {
  readonly checks?: readonly { readonly name: string; readonly ok: boolean; readonly detail?: string }[]
}

const options = readOptions()
/** As the settings have it: `--var ISSUER:...` may give another base path. */
const issuer =
  options.var.find((pair) => pair.startsWith('ISSUER:'))?.slice('ISSUER:'.length) ??
  `http://localhost:${options.port}`
await requireFreePort(options.port)
makeSecret()
migrate()
serve()

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        port: { type: 'string', default: '8787' },
        state: { type: 'string', default: join(ROOT, '.wrangler/state') },
        var: { type: 'string', multiple: true, default: [] },
        help: { type: 'boolean', default: false },
      },
    })
    if (values.help) {
      console.log(HELP)
      process.exit(0)
    }
    const port = Number(values.port)
    if (!Number.isInteger(port) || port < 1 || port > 65535) throw new Error('--port must be from 1 to 65535')
    return { ...values, port }
  } catch (error) {
    return fail(`${error instanceof Error ? error.message : error}\n\n${HELP}`)
  }
}

function requireFreePort(port: number): Promise<void> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', (error: NodeJS.ErrnoException) => {
      const reason = error.code === 'EADDRINUSE' ? 'is in use' : `cannot be used (${error.code})`
      fail(`Port ${port} ${reason}. Try another: npm start -- --port ${port + 1}`)
    })
    probe.listen(port, 'localhost', () => probe.close(() => resolve()))
  })
}

function makeSecret() {
  if (existsSync(SECRETS)) return
  // Only its owner may read it; `wx`: never write over one that appeared meanwhile.
  writeFileSync(SECRETS, `AUTH_SECRET="${randomBytes(32).toString('base64url')}"\n`, {
    mode: 0o600,
    flag: 'wx',
  })
  console.log('Made a random AUTH_SECRET in .dev.vars.')
}

function migrate() {
  const command = ['d1', 'migrations', 'apply', 'DB', '--local', '--persist-to', options.state]
  const run = spawnSync(process.execPath, [WRANGLER, ...command], {
    cwd: ROOT,
    env: environment(),
    encoding: 'utf8',
  })
  if (run.status !== 0) fail(`The migrations could not be applied:\n${run.stdout}\n${run.stderr}`)
  console.log('The local database is current.')
}

function serve() {
  const settings = Object.entries(localVars(issuer)).map(([name, value]) => `${name}:${value}`)
  const vars = [...settings, ...options.var].flatMap((pair) => ['--var', pair])
  const port = ['--port', String(options.port), '--inspector-port', '0']
  const command = ['dev', ...port, '--persist-to', options.state, ...vars]
  const wrangler = spawn(process.execPath, [WRANGLER, ...command], {
    cwd: ROOT,
    env: environment(),
    stdio: 'inherit',
  })
  let stopping = false
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      stopping = true
      wrangler.kill('SIGTERM')
    })
  }
  // Whatever ends this script ends what it started.
  process.on('exit', () => wrangler.kill())
  wrangler.on('exit', (code) => process.exit(stopping ? 0 : (code ?? 1)))
  announce()
  setInterval(sweep, SWEEP_EVERY_MS)
}

/** What the cron of wrangler.toml does once it is deployed; `wrangler dev` does not run it by itself. */
function sweep() {
  fetch(`http://localhost:${options.port}/cdn-cgi/local/scheduled`).catch(() => null)
}

/** Says what to try once the service is ready, or why it is not. */
async function announce() {
  for (;;) {
    const answer = await fetch(`${issuer}/readyz`).catch(() => null)
    if (answer?.ok) break
    const report = (await answer?.json().catch(() => null)) as Report | null | undefined
    if (report?.checks) {
      const faults = report.checks.filter(({ ok }) => !ok).map(({ name, detail }) => `  ${name}: ${detail}`)
      console.log(`\nJanus is not ready:\n${faults.join('\n')}\n`)
      return
    }
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  console.log(`
Janus is ready: ${issuer}

  Register (and be signed in, with a cookie):
    curl -i -c jar ${issuer}/register -H 'Content-Type: application/json' \\
      -d '{"email": "ada@example.com", "password": "analytical engine no. 1"}'

  Who am I:
    curl -b jar ${issuer}/me

  See both modes side by side: ${issuer}/playground

  The same with tokens: add "mode": "token" to the body. More in README.md. Stop with Ctrl-C.
`)
}

function environment() {
  return { ...process.env, WRANGLER_SEND_METRICS: 'false', CLOUDFLARE_CF_FETCH_ENABLED: 'false' }
}

function fail(message: string): never {
  console.error(message)
  process.exit(1)
}
