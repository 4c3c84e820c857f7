import { applyD1Migrations } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeAll } from 'vitest'
import { makeTimersCheap } from './cheap-timers'
import { d1Over } from './durable-object'
import { waitForStores } from './patience'
import { deriveCheaply, limitCryptoAsInProduction } from './production-limits'

makeTimersCheap()
limitCryptoAsInProduction()
deriveCheaply()
waitForStores()

// The deployed Worker writes a line for each refusal. What is logged is tested where a log is given.
console.log = () => {}

if (env.DATABASE === 'durable-object') {
  // What a test looks up in D1 lies in the object here, which has migrated itself.
  Object.assign(env, { DB: d1Over(() => env.JANUS_DB.getByName('janus')) })
} else {
  beforeAll(() => applyD1Migrations(env.DB, env.TEST_MIGRATIONS))
}
