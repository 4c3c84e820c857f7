// Asks for a successor to the key that signs access tokens. The sweep makes it, within a minute.
import { Stop } from '../command.ts'
import { readTarget, TARGET_HELP, withDatabase } from '../database.ts'
import { commandLine } from '../place.ts'

export const help = `Request a new signing key.

  ${commandLine('keys rotate', '[options]')}

${TARGET_HELP}

The key is published within a minute, signs 11 minutes later, and the old one stays in the key set until its last token has ended.`

export async function run(args: readonly string[]): Promise<number> {
  const rotated = await withDatabase(readTarget(args), ({ run }) =>
    run<{ kid: string }>(
      `UPDATE signing_keys SET rotation_requested = 1
        WHERE generation = (SELECT max(generation) FROM signing_keys AS newer WHERE newer.alg = signing_keys.alg)
       RETURNING kid`,
    ),
  )
  if (rotated.length === 0) throw new Stop('There is no signing key yet. The first token creates one.')
  for (const { kid } of rotated) {
    console.log(`A successor of ${kid} will be published within a minute, and sign 11 minutes later.`)
  }
  return 0
}
