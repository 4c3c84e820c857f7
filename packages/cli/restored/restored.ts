// Makes worthless what was issued before the database was put back to an earlier state.
import { readTarget, TARGET_HELP, withDatabase } from '../database.ts'
import { commandLine } from '../place.ts'
import { DELETE_SESSIONS, RESTORED } from './statements.ts'

export const help = `Run this after each restore of the database, by Time Travel or from a backup.

  ${commandLine('restored', '[options]')}

${TARGET_HELP}

It signs everybody out. Janus then rejects every session, access token, refresh
token and mailed link from before, within a minute. Signing keys and mail that
waits are deleted. Other services accept an access token until it expires, or
until they fetch the new key set. It may run twice.`

export async function run(args: readonly string[]): Promise<number> {
  const sessions = await withDatabase(readTarget(args), async ({ run, runAll }) => {
    await runAll([...RESTORED])
    let all = 0
    for (let deleted = DELETE_SESSIONS.step; deleted === DELETE_SESSIONS.step; all += deleted) {
      deleted = (await run(DELETE_SESSIONS.sql)).length
    }
    return all
  })
  const many = sessions === 1 ? '1 session has' : `${sessions} sessions have`
  console.log(`Done. ${many} ended. Within a minute nothing from before is accepted.`)
  return 0
}
