import { env } from 'cloudflare:workers'
import { createD1Database } from '../../src/storage/d1/d1-database'
import { sqlDatabaseContract } from './sql-database-contract'

sqlDatabaseContract('D1', () => createD1Database(env.DB))
