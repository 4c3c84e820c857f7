// Deploys Janus: looks first, makes the secret where there is none, migrates, deploys, and asks whether it is ready.
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { readOptions, Stop } from '../command.ts'
import { parsePlan } from '../doctor/check-plan.ts'
import { CONFIG_HELP, commandLine, findConfig } from '../place.ts'
import { createWrangler } from '../wrangler.ts'
import { deployJanus } from './deploy-janus.ts'
import { readSecretsFile } from './secrets-file.ts'

export const help = `Deploy Janus to your Cloudflare account.

  ${commandLine('deploy', '[options]')}

  --dry-run            say what would be done, and only build
  --secrets-file FILE  secrets to go along: JSON, or lines of NAME=value
                       (default: AUTH_SECRET is made where there is none)
  --replace-secret     let its AUTH_SECRET take the place of the one there is:
                       only with the old one listed after the new (new,old)
  --plan PLAN          free or paid: the Workers plan of the account
${CONFIG_HELP}
  --help               print this

It asks no questions, and does nothing if ${commandLine('doctor')} would find an error in
wrangler.toml. Log in first: npx wrangler login, or CLOUDFLARE_API_TOKEN.

Exit code: 0 if it is deployed, 1 if something is in the way or the service is
not ready, 2 if Cloudflare does not say what is there.`

export async function run(args: readonly string[]): Promise<number> {
  const { config, ...options } = readOptions(() => {
    const { values } = parseArgs({
      args: [...args],
      options: {
        'dry-run': { type: 'boolean', default: false },
        'secrets-file': { type: 'string' },
        'replace-secret': { type: 'boolean', default: false },
        plan: { type: 'string', default: 'unknown' },
        config: { type: 'string' },
      },
    })
    return {
      config: findConfig(values.config),
      dryRun: values['dry-run'],
      replaceSecret: values['replace-secret'],
      plan: parsePlan(values.plan),
      secrets: values['secrets-file'] === undefined ? {} : readSecretsFile(resolve(values['secrets-file'])),
    }
  })
  const stop = new AbortController()
  // What runs is ended and what was written is removed before this command ends.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort())
  try {
    return await deployJanus({
      ...options,
      wrangler: createWrangler({ configPath: config, signal: stop.signal }),
      configPath: config,
      signal: stop.signal,
      print: console.log,
    })
  } catch (failure) {
    throw stop.signal.aborted ? new Stop('Stopped.', 2) : failure
  }
}
