import { PATIENCE_MS } from '../../src/runtime/outage'

/** Holds how long stores may take in production. Files share the runtime, and so what this changes. */
const IN_PRODUCTION = Symbol.for('janus.patience')

type Patience = Record<string, number> & { [IN_PRODUCTION]?: Readonly<Record<string, number>> }

const patience = PATIENCE_MS as Patience
patience[IN_PRODUCTION] ??= { ...PATIENCE_MS }
const production = patience[IN_PRODUCTION]

/** Lets stores take as long as a busy machine makes them take: what hangs is ended by the limit of its test. */
export function waitForStores(): void {
  for (const store of Object.keys(production)) patience[store] = 240_000
}

/** Gives stores the time that they have in production, for the rest of this test file, whose subject that is. */
export function waitAsInProduction(): void {
  Object.assign(patience, production)
}
