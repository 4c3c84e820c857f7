// Deploys Janus: looks first, makes the secret where there is none, migrates, deploys, and asks whether it is ready.
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { deployJanus } from './deploy/deploy-janus.ts'
import { readSecretsFile } from './deploy/secrets-file.ts'
import { parsePlan } from './doctor/check-plan.ts'
import { ROOT } from './doctor/deployment.ts'
import { createWrangler } from './wrangler.ts'

const HELP = `Deploy Janus to your Cloudflare account.

  npm run deploy -- [options]

  --dry-run            say what would be done, and only build
  --secrets-file FILE  secrets to go along: JSON, or lines of NAME=value
                       (default: AUTH_SECRET is made where there is none)
  --replace-secret     let its AUTH_SECRET take the place of the one there is:
                       only with the old one listed after the new (new,old)
  --plan PLAN          free or paid: the Workers plan of the account
  --help               print this

It asks no questions, and does nothing if npm run doctor would find an error in
wrangler.toml. Log in first: npx wrangler login, or CLOUDFLARE_API_TOKEN.

Exit code: 0 if it is deployed, 1 if something is in the way or the service is
not ready, 2 if Cloudflare does not say what is there.`

const CONFIG = join(ROOT, 'wrangler.toml')

const options = readOptions()
const stop = new AbortController()
// What runs is ended and what was written is removed before this script ends.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort())
try {
  process.exitCode = await deployJanus({
    ...options,
    wrangler: createWrangler({ configPath: CONFIG, signal: stop.signal }),
    configPath: CONFIG,
    signal: stop.signal,
    print: console.log,
  })
} catch (failure) {
  console.error(stop.signal.aborted || !(failure instanceof Error) ? 'Stopped.' : failure.message)
  process.exitCode = 2
}

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        'dry-run': { type: 'boolean', default: false },
        'secrets-file': { type: 'string' },
        'replace-secret': { type: 'boolean', default: false },
        plan: { type: 'string', default: 'unknown' },
        help: { type: 'boolean', default: false },
      },
    })
    if (values.help) {
      console.log(HELP)
      process.exit(0)
    }
    const plan = parsePlan(values.plan)
    const file = values['secrets-file']
    return {
      dryRun: values['dry-run'],
      replaceSecret: values['replace-secret'],
      plan,
      secrets: file === undefined ? {} : readSecretsFile(resolve(file)),
    }
  } catch (failure) {
    console.error(`${failure instanceof Error ? failure.message : failure}\n\n${HELP}`)
    process.exit(2)
  }
}
