import type { ChangePasswordServices } from './accounts/change-password'
import { createD1UserStore } from './accounts/d1-user-store'
import type { RegisterServices } from './accounts/register'
import type { SignInServices } from './accounts/sign-in'
import type { AuditLog } from './audit/audit-log'
import { createD1AuditLog } from './audit/d1-audit-log'
import type { GuardServices } from './authentication/auth-env'
import type { Clock } from './clock'
import type { Bindings, Config } from './config'
import { createKeyring } from './crypto/keyring'
import type { Log } from './log'
import { isSchemaCurrent } from './migrations/d1-schema'
import { createPasswordHasher } from './passwords/password-hash'
import { createD1SessionStore } from './sessions/d1-session-store'
import { createKvSessionCache } from './sessions/kv-session-cache'
import { createAccountKeys } from './throttling/account-key'
import { type ClientLimit, createClientLimit } from './throttling/client-limit'
import { createAccessTokens } from './tokens/access-token'
import { createD1SigningKeyStore } from './tokens/d1-signing-key-store'
import { createRefreshTokens } from './tokens/refresh-token'
import { createSharedSigningKeys } from './tokens/shared-signing-keys'
import type { SigningKeys } from './tokens/signing-keys'
import { createStoredSigningKeys } from './tokens/stored-signing-keys'

/** Everything an operation may need, made once for each isolate. Each takes only what it uses. */
export interface Services extends GuardServices, RegisterServices, SignInServices, ChangePasswordServices {
  readonly config: Config
  readonly signingKeys: SigningKeys
  readonly refreshReuseSeconds: number
  readonly clientLimit: ClientLimit
  readonly auditLog: AuditLog
  readonly auditRetentionDays: number
  readonly isSchemaCurrent: () => Promise<boolean>
}

/** The one place that puts adapters behind interfaces. */
export function createServices(bindings: Bindings, config: Config, clock: Clock, log: Log): Services {
  const keyring = createKeyring(config.secrets)
  const { issuer, audience, origin, accessTokenLifetimeSeconds } = config
  const signingKeys =
    config.jwtAlg === 'HS256'
      ? createSharedSigningKeys(keyring)
      : createStoredSigningKeys({
          alg: config.jwtAlg,
          store: createD1SigningKeyStore(bindings.DB),
          keyring,
          keyRotationDays: config.keyRotationDays,
          accessTokenLifetimeSeconds,
          clock,
          log,
        })
  return {
    config,
    clock,
    log,
    modes: config.modes,
    lifetimes: config,
    liveCheck: config.liveCheck,
    crossSiteRule: config,
    passwordMinLength: config.passwordMinLength,
    refreshReuseSeconds: config.refreshReuseSeconds,
    serviceHost: new URL(origin).hostname,
    users: createD1UserStore(bindings.DB, config),
    accountKeys: createAccountKeys(keyring),
    clientLimit: createClientLimit(bindings.LOGIN_LIMIT),
    auditLog: createD1AuditLog(bindings.DB),
    auditRetentionDays: config.auditRetentionDays,
    sessions: createD1SessionStore(bindings.DB),
    sessionCache: createKvSessionCache(bindings.SESSIONS),
    passwords: createPasswordHasher({ keyring, iterations: config.passwordIterations }),
    signingKeys,
    accessTokens: createAccessTokens({
      keys: signingKeys,
      issuer,
      audience,
      accessTokenLifetimeSeconds,
      clock,
    }),
    refreshTokens: createRefreshTokens({ keyring, issuer }),
    isSchemaCurrent: () => isSchemaCurrent(bindings.DB),
  }
}
