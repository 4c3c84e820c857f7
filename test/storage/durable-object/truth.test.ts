import { env } from 'cloudflare:workers'
import { createDurableObjectDatabase } from '../../../src/storage/durable-object/durable-object-database'
import { sessionRaces } from '../contracts/races/session-races'
import { truthContract } from '../contracts/truth-contract'

// An object that the other files do not use.
const open = () => createDurableObjectDatabase(() => env.JANUS_DB.getByName('contract'))

truthContract('A Durable Object', open)

// One after another by nature: a few of each show that nothing stands outside the transaction.
sessionRaces('A Durable Object', open, () => 6)
