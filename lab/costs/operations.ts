import type { Mode } from '../../src/sessions/mode.ts'

/** Counts the costs of one operation. `test/contracts/operation-costs.test.ts` counts it and compares. */
export interface OperationCost {
  /** Round trips to D1, a batch being one, and the rows that D1 bills for, those of indexes and triggers included. */
  readonly d1: number
  readonly rowsRead: number
  readonly rowsWritten: number
  readonly kvReads: number
  readonly kvWrites: number
  readonly kvDeletes: number
  /** Of passwords, at the configured cost. */
  readonly hashes: number
  /** Of JWTs, and their verifications. */
  readonly signatures: number
  readonly verifications: number
}

const FREE: OperationCost = {
  d1: 0,
  rowsRead: 0,
  rowsWritten: 0,
  kvReads: 0,
  kvWrites: 0,
  kvDeletes: 0,
  hashes: 0,
  signatures: 0,
  verifications: 0,
}

/** Returns the costs of an operation. What is not named costs nothing. */
function cost(spent: Partial<OperationCost>): OperationCost {
  return { ...FREE, ...spent }
}

export type OperationName =
  | 'protected request'
  | 'protected request, sealed'
  | 'protected request, remembered'
  | 'first request of a session without a seal'
  | 'protected request, live'
  | 'protected request that slides the session'
  | 'sign-up'
  | 'sign-in'
  | 'refresh'
  | 'sign-out'
  | 'ended session, swept'

/** With the defaults, seals included. `null`: there is no such operation in this mode. */
export const OPERATIONS: Readonly<Record<OperationName, Readonly<Record<Mode, OperationCost | null>>>> = {
  'protected request': { session: cost({ kvReads: 1 }), token: cost({ verifications: 1 }) },
  'protected request, sealed': { session: cost({}), token: null },
  'protected request, remembered': { session: cost({}), token: cost({}) },
  'first request of a session without a seal': {
    session: cost({ kvReads: 1, d1: 2, rowsRead: 4, kvWrites: 1 }),
    token: null,
  },
  'protected request, live': {
    session: cost({ kvReads: 1, d1: 1, rowsRead: 2 }),
    token: cost({ verifications: 1, d1: 1, rowsRead: 2 }),
  },
  'protected request that slides the session': {
    session: cost({ kvReads: 1, d1: 2, rowsRead: 6, rowsWritten: 1, kvWrites: 1 }),
    token: null,
  },
  'sign-up': {
    session: cost({ d1: 2, rowsRead: 26, rowsWritten: 13, hashes: 1 }),
    token: cost({ d1: 2, rowsRead: 26, rowsWritten: 13, signatures: 1, hashes: 1 }),
  },
  'sign-in': {
    session: cost({ d1: 2, rowsRead: 34, rowsWritten: 13, hashes: 1 }),
    token: cost({ d1: 2, rowsRead: 34, rowsWritten: 13, signatures: 1, hashes: 1 }),
  },
  refresh: { session: null, token: cost({ d1: 1, rowsRead: 4, rowsWritten: 1, signatures: 1 }) },
  'sign-out': {
    session: cost({ d1: 1, rowsRead: 4, rowsWritten: 5, kvDeletes: 1 }),
    token: cost({ d1: 1, rowsRead: 4, rowsWritten: 5, verifications: 1 }),
  },
  'ended session, swept': {
    session: cost({ d1: 1, rowsRead: 4, rowsWritten: 1, kvDeletes: 1 }),
    token: cost({ d1: 1, rowsRead: 4, rowsWritten: 1 }),
  },
}
