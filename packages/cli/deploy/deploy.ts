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

  --dry-run            print what would be done, and only build
  --secrets-file FILE  secrets to upload: JSON, or lines of NAME=value
                       (default: creates AUTH_SECRET if there is none)
  --replace-secret     replace the existing AUTH_SECRET by the one of the file;
                       list the old one after the new one (new,old)
  --plan PLAN          free or paid: the Workers plan of the account
${CONFIG_HELP}
  --help               print this

The command asks no questions, and stops if ${commandLine('doctor')} finds an error in
the configuration. Log in first: npx wrangler login, or CLOUDFLARE_API_TOKEN.

Exit code: 0 if the service is deployed, 1 if a check failed or the service is
not ready, 2 if Cloudflare could not be asked.`

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
