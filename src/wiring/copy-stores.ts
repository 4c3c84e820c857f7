import type { Bindings } from '../config/bindings'
import type { Config } from '../config/config'
import type { ConfigFault } from '../config/fault'
import type { Clock } from '../runtime/clock'
import type { CopyStore } from '../sessions/copy-store'
import { createKvCopyStore } from '../storage/kv/copy-store'
import { createMemoryCopyStore } from '../storage/memory/copy-store'

interface CopySettings {
  readonly config: Config
  readonly bindings: Bindings
  readonly clock: Clock
}

/** Opens a store of copies that not every Worker carries, or returns `null` where `SESSION_COPIES` names another. */
export type CreateSessionCopies = (settings: Pick<CopySettings, 'config' | 'bindings'>) => CopyStore | null

type Opened =
  /** Without a store there are no copies. */
  | { readonly ok: true; readonly copyStore: CopyStore | null }
  | { readonly ok: false; readonly fault: ConfigFault }

/** Opens the store that `SESSION_COPIES` names: one that Janus always has, or one that `create` opens. */
export function openCopyStore(
  { config, bindings, clock }: CopySettings,
  create: CreateSessionCopies = () => null,
): Opened {
  if (config.sessionCopies === 'none') return { ok: true, copyStore: null }
  if (config.sessionCopies === 'memory') return { ok: true, copyStore: createMemoryCopyStore(clock) }
  const copyStore =
    config.sessionCopies === 'kv' && bindings.SESSIONS
      ? createKvCopyStore(bindings.SESSIONS)
      : create({ config, bindings })
  const message = `SESSION_COPIES is ${config.sessionCopies}, and createJanus was not given createSessionCopies for it`
  return copyStore ? { ok: true, copyStore } : { ok: false, fault: { setting: 'SESSION_COPIES', message } }
}
