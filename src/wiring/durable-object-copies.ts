import { createDurableObjectCopyStore } from '../storage/durable-object/copy-store'
import type { CreateSessionCopies } from './copy-stores'

export { SessionCopiesObject } from '../storage/durable-object/session-copies-object'

/** Opens copies in Durable Objects, where `SESSION_COPIES` is `durable-object`. */
export const createDurableObjectCopies: CreateSessionCopies = ({ config, bindings: { COPIES } }) =>
  config.sessionCopies === 'durable-object' && COPIES ? createDurableObjectCopyStore(COPIES) : null
