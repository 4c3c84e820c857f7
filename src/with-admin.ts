// The Worker with an entry point for an admin page of another Worker: `main = "src/with-admin.ts"` in wrangler.toml. Without it, the Worker has
// no administration to call, and no code of it (docs/guides/administration.md).
import { janus } from './deployed'
import { createAdminEntrypoint } from './wiring/admin-entrypoint'
import { createAdmin } from './wiring/create-admin'

export { default, Janus, SessionCopiesObject } from './index'

/** Serves Workers that have a service binding with `entrypoint = "AdminEntrypoint"`. Every call takes the role of `ADMIN_ROLE`. */
export class AdminEntrypoint extends createAdminEntrypoint(createAdmin(janus)) {}
