import { env } from 'cloudflare:workers'
import { createD1Database } from '../../src/storage/d1/d1-database'
import { truthContract } from './contracts/truth-contract'

truthContract('D1', () => createD1Database(env.DB))
