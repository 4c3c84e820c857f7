// Asks for a successor to the key that signs access tokens. The sweep makes it, within a minute.
import { query, readTarget, TARGET_HELP } from './d1.ts'

const target = readTarget(`Ask for a new signing key.

  npm run keys:rotate -- [options]

${TARGET_HELP}

The key is published within a minute, signs 11 minutes later, and the old one stays in the key set until its last token has ended.`)

const asked = query<{ kid: string }>(
  target,
  `UPDATE signing_keys SET rotation_requested = 1
    WHERE generation = (SELECT max(generation) FROM signing_keys AS newer WHERE newer.alg = signing_keys.alg)
   RETURNING kid`,
)
if (asked.length === 0) {
  console.error('There is no signing key yet: the first token makes one.')
  process.exit(1)
}
for (const { kid } of asked)
  console.log(`A successor of ${kid} will be published within a minute, and sign 11 minutes later.`)
