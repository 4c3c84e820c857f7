// Asks for successors to the keys that sign access tokens and ID tokens. The sweep makes them, within a minute.
import { Stop } from '../command.ts'
import { readTarget, TARGET_HELP, withDatabase } from '../database.ts'
import { commandLine } from '../place.ts'
import { ASK_FOR_SUCCESSORS } from './statements.ts'

export const help = `Request new signing keys.

  ${commandLine('keys rotate', '[options]')}

${TARGET_HELP}

The key is published within a minute, signs 11 minutes later, and the old one
stays in the key set until its last token has ended.`

export async function run(args: readonly string[]): Promise<number> {
  const rotated = await withDatabase(readTarget(args), async ({ run }) => {
    const kids: { kid: string }[] = []
    for (const statement of ASK_FOR_SUCCESSORS) kids.push(...(await run<{ kid: string }>(statement)))
    return kids
  })
  if (rotated.length === 0) throw new Stop('There is no signing key yet. The first token creates one.')
  for (const { kid } of rotated) {
    console.log(`A successor of ${kid} will be published within a minute, and sign 11 minutes later.`)
  }
  return 0
}
