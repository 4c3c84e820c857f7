import { spawnSync } from 'node:child_process'
import { dirname } from 'node:path'
import { Stop } from './command.ts'
import { findWrangler } from './place.ts'

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
  if (run.status !== 0) throw new Stop(`The database did not answer:\n${run.stdout}\n${run.stderr}`, 2)
  const answers = JSON.parse(run.stdout) as { results: unknown[] }[]
  return answers.map(({ results }) => results)
}
