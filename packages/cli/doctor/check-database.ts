import type { D1Place } from '../d1.ts'
import { openOnNode, reasonOf, type Target } from '../database.ts'
import { commandLine } from '../place.ts'
import { error, type Finding, ok } from './finding.ts'

/** Checks a database that is not D1: that it answers, has this version's schema, and a role as Janus needs it. */
export async function checkDatabaseOnNode(target: Exclude<Target, D1Place>): Promise<readonly Finding[]> {
  const database = await openOnNode(target)
  const fix = commandLine('migrate', 'sqlite' in target ? '--sqlite FILE' : '--postgres URL')
  try {
    const unready = await database.check()
    if (unready === null) return [ok('database.migrations', 'Every migration is applied.')]
    const [what = unready] = unready.split(/\.? Run: /)
    return what
      .replace(/\.$/, '')
      .split('; ')
      .map((each) => error('database.migrations', `${each[0]?.toUpperCase()}${each.slice(1)}.`, fix))
  } catch (failure) {
    const check =
      'sqlite' in target
        ? 'Check the path, and that its tables are those of Janus.'
        : 'Check the URL and PGPASSWORD.'
    return [error('database.reached', `The database did not answer: ${reasonOf(failure)}`, check)]
  } finally {
    await database.close()
  }
}
