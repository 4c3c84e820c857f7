import { WorkerEntrypoint } from 'cloudflare:workers'
import type { ActingPrincipal, Administration } from './administration'

/**
 * Creates a class to export as `AdminEntrypoint`, for Workers of the same account that have a service binding with `entrypoint = "AdminEntrypoint"`:
 * `export class AdminEntrypoint extends createAdminEntrypoint(admin) {}`. Its methods are those of {@link Administration}.
 */
export function createAdminEntrypoint(
  admin: Administration,
): new (
  ctx: ExecutionContext,
  env: Cloudflare.Env,
) => WorkerEntrypoint & Administration {
  return class extends WorkerEntrypoint implements Administration {
    list(by: ActingPrincipal, page?: Parameters<Administration['list']>[1]) {
      return admin.list(by, page)
    }

    show(by: ActingPrincipal, who: string) {
      return admin.show(by, who)
    }

    setRoles(by: ActingPrincipal, id: string, roles: readonly string[]) {
      return admin.setRoles(by, id, roles)
    }

    disable(by: ActingPrincipal, id: string) {
      return admin.disable(by, id)
    }

    enable(by: ActingPrincipal, id: string) {
      return admin.enable(by, id)
    }

    endSessions(by: ActingPrincipal, id: string) {
      return admin.endSessions(by, id)
    }

    removeSecondFactor(by: ActingPrincipal, id: string) {
      return admin.removeSecondFactor(by, id)
    }

    delete(by: ActingPrincipal, id: string) {
      return admin.delete(by, id)
    }

    export(by: ActingPrincipal, id: string) {
      return admin.export(by, id)
    }

    invite(by: ActingPrincipal, invited: Parameters<Administration['invite']>[1]) {
      return admin.invite(by, invited)
    }
  }
}
