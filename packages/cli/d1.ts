import { spawnSync } from 'node:child_process'
import { dirname } from 'node:path'
import { Stop } from './command.ts'
import { explainNoAnswer } from './no-answer.ts'
import { findWrangler } from './place.ts'
import { isLoggedOut, reasonOf } from './wrangler.ts'

/** A D1 database, as wrangler finds it. */
export interface D1Place {
  readonly flags: readonly string[]
  readonly configPath: string
}

/** Runs statements in one process of wrangler, and returns the rows of each. @throws Stop If that fails. */
export function runOnD1(
  { flags, configPath }: D1Place,
  statements: readonly string[],
): readonly (readonly unknown[])[] {
  const folder = dirname(configPath)
  const place = [...flags, '--config', configPath]
  const command = ['d1', 'execute', 'DB', ...place, '--json', '--command', statements.join('; ')]
  const env = { ...process.env, WRANGLER_SEND_METRICS: 'false' }
  const run = spawnSync(process.execPath, [findWrangler(folder), ...command], {
    cwd: folder,
    env,
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
  })
  if (run.status !== 0) {
    const failed = { code: run.status ?? 1, stdout: run.stdout, stderr: run.stderr }
    if (isLoggedOut(failed))
      throw new Stop('wrangler is not logged in. Run: npx wrangler login, or set CLOUDFLARE_API_TOKEN', 2)
    throw new Stop(explainNoAnswer(reasonOf(failed), flags.includes('--remote') ? '--remote' : ''), 2)
  }
  const answers = JSON.parse(run.stdout) as { results: unknown[] }[]
  return answers.map(({ results }) => results)
}
