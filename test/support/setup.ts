import { applyD1Migrations } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeAll } from 'vitest'
import { limitCryptoAsInProduction } from './production-limits'

limitCryptoAsInProduction()

beforeAll(() => applyD1Migrations(env.DB, env.TEST_MIGRATIONS))
