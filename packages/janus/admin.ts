// What `import … from 'janus/admin'` has: administration of accounts, for an admin page. Nothing of it is in a Worker that does not import it.
import type { Administration, AdminOptions } from '../../src/wiring/administration'
import { createAdmin as createAdministration } from '../../src/wiring/create-admin'
import type { Janus } from './index'

export { createAdminEntrypoint } from '../../src/wiring/admin-entrypoint'
export type {
  AccountFacts,
  ActingPrincipal,
  AdminAnswer,
  Administration,
  AdminOptions,
  Changed,
} from '../../src/wiring/administration'

/** Creates the administration of a Janus that {@link createJanus} has made. `role` names the role that every call takes. */
export function createAdmin(janus: Pick<Janus, 'sweep'>, options: AdminOptions = {}): Administration {
  return createAdministration(janus as unknown as Parameters<typeof createAdministration>[0], options)
}
