// Serves Janus locally: makes a secret if there is none, applies the migrations, starts `wrangler dev`.
import { get } from 'node:https'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { parseArgs } from 'node:util'
import { localVars } from './local-vars.ts'
import {
  fail,
  holdState,
  makeLocalVars,
  migrate,
  parsePort,
  ROOT,
  requireFreePort,
  serve,
} from './local-wrangler.ts'

const HELP = `Serve Janus locally on Cloudflare's own runtime.

  npm start -- [options]

  --https        serve on https://localhost, with a certificate that is made here and
                 that browsers ask about; Safari needs it (it keeps no secure cookies
                 on http://localhost)
  --port N       serve on http://localhost:N (8787)
  --state DIR    keep the database and KV in DIR (.wrangler/state); one process
                 at a time
  --var K:V      override a setting, for example --var JWT_ALG:EdDSA; may be repeated
  --help         print this

Mail is printed here instead of sent (--var MAILER:none: no mail), and the playground is on (--var PLAYGROUND:off: it is not).
The secret lies in .dev.vars; it is made at the first start. A wrong setting ends it.`

/** As often as the cron of wrangler.toml. */
const SWEEP_EVERY_MS = 60_000

/** How long the stores may take to answer. Settings do not change by waiting. */
const STORES_WITHIN_MS = 30_000

interface Report {
  readonly checks?: readonly { readonly name: string; readonly ok: boolean; readonly detail?: string }[]
}

const options = readOptions()
const origin = `${options.https ? 'https' : 'http'}://localhost:${options.port}`
/** As the settings have it: `--var ISSUER:...` may give another base path. */
const issuer = options.var.find((pair) => pair.startsWith('ISSUER:'))?.slice('ISSUER:'.length) ?? origin
const another = options.port + 1
const ownState = `npm start -- --port ${another} --state .wrangler/state-${another}`
holdState(options.state, `Janus at ${issuer}`, ownState)
await requireFreePort(options.port, 'npm start')
makeLocalVars()
await migrate('DB', options.state)
console.log('The local database is current.')
serveJanus()

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        https: { type: 'boolean', default: false },
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
    return { ...values, port: parsePort(values.port) }
  } catch (error) {
    return fail(`${error instanceof Error ? error.message : error}\n\n${HELP}`)
  }
}

function serveJanus() {
  const settings = Object.entries(localVars(issuer)).map(([name, value]) => `${name}:${value}`)
  const vars = [...settings, ...options.var].flatMap((pair) => ['--var', pair])
  const place = ['--port', String(options.port), '--persist-to', options.state]
  const stop = serve([...place, ...(options.https ? ['--local-protocol', 'https'] : []), ...vars])
  announce(stop)
  setInterval(sweep, SWEEP_EVERY_MS)
}

/** What the cron of wrangler.toml does once it is deployed; `wrangler dev` does not run it by itself. */
function sweep() {
  ask(`${origin}/cdn-cgi/local/scheduled`).catch(() => null)
}

/** Asks the service, whose certificate nobody has signed. @returns The body, and whether it is that of a success. */
async function ask(url: string): Promise<{ readonly ok: boolean; readonly body: string }> {
  if (!url.startsWith('https:')) {
    const response = await fetch(url)
    return { ok: response.ok, body: await response.text() }
  }
  return new Promise((resolve, reject) => {
    // Only ever this machine: nothing secret is sent, and what comes back is shown.
    const request = get(url, { rejectUnauthorized: false }, async (response) => {
      resolve({ ok: response.statusCode === 200, body: await text(response) })
    })
    request.on('error', reject)
  })
}

function parseReport(body: string): Report | null {
  try {
    return JSON.parse(body)
  } catch {
    return null
  }
}

/** Says what to try once the service is ready. Stops one that is not, saying why. */
async function announce(stop: (code: number) => void) {
  const patientUntil = Date.now() + STORES_WITHIN_MS
  for (;;) {
    const answer = await ask(`${issuer}/readyz`).catch(() => null)
    if (answer?.ok) break
    const report = answer && parseReport(answer.body)
    const faults = report?.checks?.filter(({ ok }) => !ok) ?? []
    const isSetting = faults.some(({ name }) => name !== 'd1' && name !== 'kv')
    if (isSetting || (faults.length > 0 && Date.now() > patientUntil)) {
      const reasons = faults.map(({ name, detail }) => `  ${detail ?? name}`)
      console.error(`\nJanus is not ready, so it was stopped:\n${reasons.join('\n')}\n`)
      console.error('Settings stand in wrangler.toml and .dev.vars (README, "Configuration"): npm run doctor')
      return stop(1)
    }
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  const curl = options.https ? 'curl -k' : 'curl'
  console.log(`
Janus is ready: ${issuer}
${options.https ? 'Browsers ask whether to trust its certificate, which was made on this machine.' : 'For Safari, which keeps no secure cookies on http://localhost: npm start -- --https'}

  Register (and be signed in, with a cookie):
    ${curl} -i -c jar ${issuer}/register -H 'Content-Type: application/json' \\
      -d '{"email": "ada@example.com", "password": "analytical engine no. 1"}'

  Who am I:
    ${curl} -b jar ${issuer}/me

  See both modes side by side: ${issuer}/playground

  The same with tokens: add "mode": "token" to the body. More in README.md. Stop with Ctrl-C.
`)
}
