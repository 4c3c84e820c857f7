import { env } from 'cloudflare:workers'
import { createDurableObjectDatabase } from '../../../src/storage/durable-object/durable-object-database'
import { passwordRaces } from '../contracts/password-races'
import { truthContract } from '../contracts/truth-contract'

// An object that the other files do not use.
const open = () => createDurableObjectDatabase(() => env.JANUS_DB.getByName('contract'))

truthContract('A Durable Object', open)

passwordRaces('A Durable Object', open)
