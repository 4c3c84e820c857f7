import { ACCOUNT_OPERATIONS } from './account-operations'
import { OAUTH_OPERATIONS } from './oauth-operations'
import { OPENID_OPERATIONS } from './openid-operations'
import type { Operation } from './operation'
import { SERVICE_OPERATIONS } from './service-operations'
import { SIGN_IN_OPERATIONS } from './sign-in-operations'

/** By route, as `METHOD path`. */
export const OPERATIONS: Readonly<Record<string, Operation>> = {
  ...SIGN_IN_OPERATIONS,
  ...ACCOUNT_OPERATIONS,
  ...OAUTH_OPERATIONS,
  ...OPENID_OPERATIONS,
  ...SERVICE_OPERATIONS,
}
