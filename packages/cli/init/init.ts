// Writes what a project needs so that Janus runs in it.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { parseArgs } from 'node:util'
import { readOptions, Stop } from '../command.ts'
import { testedDate } from '../doctor/janus-itself.ts'
import { localFile } from '../local/local-vars.ts'
import { makeLocalVars } from '../local/local-wrangler.ts'
import { commandLine, ROOT } from '../place.ts'
import { type FileChange, renderDiff } from './changes.ts'
import { type Plan, planProject } from './plan.ts'
import { findPackageManager, installsOf, isServedByVite, localIssuer } from './project.ts'

export const help = `Add Janus to an empty folder, or to a Hono app on Workers.

  ${commandLine('init', '[options]')}

  --yes          change existing files without a question
  --dry-run      show what would be written, and write nothing
  --folder DIR   the project (this folder)
  --help         print this

Writes a wrangler configuration with the bindings that Janus needs, the lines
that mount it, .gitignore, and .dev.vars with a new secret (.env.local if your
app uses .env). In an existing project it adds only what is missing, keeps
comments, and shows each change before it is made. Run it again at any time: a
project that has everything is left alone.

Exit code: 0 if the project has what it needs, 1 if nothing was written or your
code could not be changed, 2 if the command could not run.`

export async function run(args: readonly string[]): Promise<number> {
  const { yes, dryRun, folder } = readOptions(() => {
    const { values } = parseArgs({
      args: [...args],
      options: {
        yes: { type: 'boolean', default: false },
        'dry-run': { type: 'boolean', default: false },
        folder: { type: 'string', default: '.' },
      },
    })
    return { yes: values.yes, dryRun: values['dry-run'], folder: resolve(values.folder) }
  })
  const plan = planProject(folder, testedDate())
  const changed = plan.changes.filter(({ before }) => before !== null)
  console.log(renderPlan(plan))
  if (plan.doubt !== null) console.log(`\n${plan.doubt}`)
  if (dryRun) return 0
  if (changed.length > 0 && !yes) await requireConsent(changed)
  for (const { path, after } of plan.changes) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), after)
  }
  const issuer = localIssuer(folder, plan.mountPath)
  makeLocalVars(folder, issuer, plan.appUrl, isServedByVite(folder) ? { MAILER: 'console' } : {})
  console.log(renderNextSteps(folder, plan, issuer))
  return plan.isMounted ? 0 : 1
}

function renderPlan({ changes, isMounted, entry }: Plan): string {
  if (changes.length === 0) {
    return isMounted
      ? 'This project has what Janus needs.'
      : `This command cannot tell whether ${entry} mounts Janus. Nothing else is missing.`
  }
  return changes
    .map((change) => (change.before === null ? `+++ ${change.path} (new)` : renderDiff(change)))
    .join('\n\n')
}

/** Asks once for all changes. @throws Stop If the answer is no, or nobody can answer. */
async function requireConsent(changes: readonly FileChange[]): Promise<void> {
  const files = changes.map(({ path }) => path).join(', ')
  if (!process.stdin.isTTY)
    throw new Stop(`\nNothing was written. To change ${files}, run it again with --yes.`)
  const terminal = createInterface({ input: process.stdin, output: process.stdout })
  const answer = await terminal.question(`\nChange ${files}? [Y/n] `)
  terminal.close()
  if (!/^(?:y(?:es)?)?$/i.test(answer.trim())) throw new Stop('Nothing was written.')
}

function renderNextSteps(folder: string, { notes, appUrl }: Plan, issuer: string): string {
  const { exec } = findPackageManager(folder)
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }
  const installs = installsOf(folder, version)
  const first = installs.length > 0 ? [installs.join(' && ')] : []
  const later = installs.length > 0 ? [] : [`${exec} janus doctor --remote`]
  const isVite = isServedByVite(folder)
  const settings = appUrl === null ? 'ISSUER' : 'ISSUER and APP_URL'
  const serve = isVite ? [`${exec} janus migrate`, `${exec} vite dev`] : [`${exec} janus dev`]
  return [
    ...notes.map((note) => `\n${note}`),
    '\nNext:\n',
    ...[...first, ...serve, ...later].map((line) => `  ${line}`),
    `\n${serve.at(-1)} serves ${issuer}/register.${isVite ? ` If Vite says another port, put it into ${settings} of ${localFile(folder)}.` : ''}`,
  ].join('\n')
}
