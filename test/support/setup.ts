import { applyD1Migrations } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeAll } from 'vitest'
import { deriveCheaply, limitCryptoAsInProduction } from './production-limits'

limitCryptoAsInProduction()
deriveCheaply()

// The deployed Worker writes a line for each refusal. What is logged is tested where a log is given.
console.log = () => {}

beforeAll(() => applyD1Migrations(env.DB, env.TEST_MIGRATIONS))
