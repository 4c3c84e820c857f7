// Serves Janus locally: makes a secret if there is none, applies the migrations, starts `wrangler dev`.
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { readOptions } from '../command.ts'
import { ensureMigrated } from '../migrate/migrate-local.ts'
import { commandLine, pageOf, ROOT } from '../place.ts'
import { localFile, localVars } from './local-vars.ts'
import { holdState, makeLocalVars, parsePort, requireFreePort, serve } from './local-wrangler.ts'
import { SWEEP_EVERY_MS, sweep, waitUntilReady } from './readiness.ts'

export const help = `Serve Janus locally on Cloudflare's own runtime.

  ${commandLine('start', '[options]')}

  --https        serve on https://localhost with a self-signed certificate, of
                 which browsers warn; Safari needs it, because it does not keep
                 secure cookies on http://localhost
  --port N       serve on http://localhost:N (8787)
  --state DIR    keep the database and KV in DIR (.wrangler/state); one process
                 at a time
  --var K:V      override a setting, for example --var JWT_ALG:EdDSA; may be
                 repeated
  --help         print this

Mail is printed instead of sent; --var MAILER:none turns it off. The playground
is on; --var PLAYGROUND:off turns it off. The first start creates the secret in
.dev.vars. An invalid setting ends the command.`

type Options = ReturnType<typeof parse>

export async function run(args: readonly string[]): Promise<number> {
  const options = parse(args)
  const another = options.port + 1
  const ownState = commandLine('start', `--port ${another} --state .wrangler/state-${another}`)
  holdState(options.state, `Janus at ${options.issuer}`, ownState)
  await requireFreePort(options.port, 'start')
  makeLocalVars()
  await ensureMigrated(join(ROOT, 'wrangler.toml'), resolve(ROOT, options.state))
  console.log('The local database is current.')
  serveJanus(options)
  return 0
}

function parse(args: readonly string[]) {
  return readOptions(() => {
    const { values } = parseArgs({
      args: [...args],
      options: {
        https: { type: 'boolean', default: false },
        port: { type: 'string', default: '8787' },
        state: { type: 'string', default: join(ROOT, '.wrangler/state') },
        var: { type: 'string', multiple: true, default: [] },
      },
    })
    const port = parsePort(values.port)
    /** As the settings have it: `--var ISSUER:...` may give another base path. */
    const issuer = values.var.find((pair) => pair.startsWith('ISSUER:'))?.slice('ISSUER:'.length)
    const origin = `${values.https ? 'https' : 'http'}://localhost:${port}`
    return { ...values, port, origin, issuer: issuer ?? origin }
  })
}

function serveJanus(options: Options) {
  const settings = Object.entries(localVars(options.issuer)).map(([name, value]) => `${name}:${value}`)
  const vars = [...settings, ...options.var].flatMap((pair) => ['--var', pair])
  const place = ['--port', String(options.port), '--persist-to', options.state]
  const stop = serve([...place, ...(options.https ? ['--local-protocol', 'https'] : []), ...vars])
  announce(options, stop)
  setInterval(() => sweep(options.origin), SWEEP_EVERY_MS)
}

/** Says what to try once the service is ready. Stops one that is not, saying why. */
async function announce({ issuer, https }: Options, stop: (code: number) => void) {
  const reasons = await waitUntilReady(issuer)
  if (reasons.length > 0) {
    console.error(`\nJanus is not ready, so it was stopped:\n${reasons.join('\n')}\n`)
    console.error(
      `Settings are in wrangler.toml and ${localFile(ROOT)} (${pageOf('reference/configuration.md')}): ${commandLine('doctor')}`,
    )
    return stop(1)
  }
  const curl = https ? 'curl -k' : 'curl'
  console.log(`
Janus is ready: ${issuer}
${https ? 'Browsers warn about its certificate, which was created on this machine.' : `Safari does not keep secure cookies on http://localhost. For Safari: ${commandLine('start', '--https')}`}

  Register (and be signed in, with a cookie):
    ${curl} -i -c jar ${issuer}/register -H 'Content-Type: application/json' \\
      -d '{"email": "ada@example.com", "password": "analytical engine no. 1"}'

  Who am I:
    ${curl} -b jar ${issuer}/me

  See both modes side by side: ${issuer}/playground

  The same with tokens: add "mode": "token" to the body. More in ${pageOf('start/first-requests.md')}. Stop with Ctrl-C.
`)
}
