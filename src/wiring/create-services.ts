import type { Bindings, Config } from '../config/config'
import { createDerivedSecrets } from '../crypto/derived-secrets'
import { createKeyring } from '../crypto/keyring'
import { createDeviceCredentials } from '../devices/device-credentials'
import { createSharedSigningKeys } from '../keys/shared-signing-keys'
import { createStoredSigningKeys } from '../keys/stored-signing-keys'
import type { Mailer } from '../mail/mailer'
import { createMailRenderer } from '../mail/render-mail'
import { createPasswordHasher } from '../passwords/password-hash'
import type { Clock } from '../runtime/clock'
import type { Log } from '../runtime/log'
import type { Services } from '../services'
import type { Defer } from '../sessions/resolve-session'
import { createSessionMemo } from '../sessions/session-memo'
import { createSignedCopies } from '../sessions/signed-copies'
import { createD1AttemptStore } from '../storage/d1/attempt-store'
import { createD1AuditLog } from '../storage/d1/audit-log'
import { createD1DeviceStore } from '../storage/d1/device-store'
import { createD1LinkRequests } from '../storage/d1/link-store'
import { createD1LinkUses } from '../storage/d1/link-uses'
import { createD1MailQueue, NO_MAIL_QUEUE } from '../storage/d1/mail-queue'
import { createD1Outbox } from '../storage/d1/outbox'
import { isSchemaCurrent } from '../storage/d1/schema'
import { createD1SessionStore } from '../storage/d1/session-store'
import { createD1SigningKeyStore } from '../storage/d1/signing-key-store'
import { createD1UserStore } from '../storage/d1/user-store'
import { createKvSessionCache } from '../storage/kv/session-cache'
import { createAccountKeys } from '../throttling/account-key'
import { createClientLimit } from '../throttling/client-limit'
import { createAccessTokens } from '../tokens/access-token'
import { createRefreshTokens } from '../tokens/refresh-token'
import { createSignInCodes } from '../links/sign-in-code'
import { createD1SignInCodes } from '../storage/d1/sign-in-codes'

interface ServiceParts {
  readonly bindings: Bindings
  readonly config: Config
  readonly mailer: Mailer | null
  readonly defer: Defer
}

/** The one place that puts adapters behind interfaces. */
export function createServices(
  { bindings, config, mailer, defer }: ServiceParts,
  clock: Clock,
  log: Log,
): Services {
  const keyring = createKeyring(config.secrets)
  const { issuer, audience, origin, accessTokenLifetimeSeconds, maxSessions } = config
  const verifiedOnly = config.emailVerification === 'required'
  const mailQueue = mailer ? createD1MailQueue(bindings.DB, keyring) : NO_MAIL_QUEUE
  const sessionMemo = createSessionMemo(config.memoSeconds)
  const copies = createSignedCopies({ keyring, issuer })
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
  const tokenTerms = {
    keys: signingKeys,
    issuer,
    accessTokenLifetimeSeconds,
    remember: config.memoSeconds > 0,
    clock,
  }
  const accessTokens = createAccessTokens({ ...tokenTerms, audience: issuer })
  return {
    config,
    assets: bindings.ASSETS ?? null,
    clock,
    log,
    defer,
    modes: config.modes,
    cookies: config.cookies,
    lifetimes: config,
    verifiedOnly,
    liveCheck: config.liveCheck,
    crossSiteRule: config,
    passwordMinLength: config.passwordMinLength,
    refreshReuseSeconds: config.refreshReuseSeconds,
    serviceHost: new URL(origin).hostname,
    users: createD1UserStore(bindings.DB, { mailQueue, verifiedOnly, maxSessions }),
    attempts: createD1AttemptStore(bindings.DB, config),
    devices: createD1DeviceStore(bindings.DB),
    deviceCredentials: createDeviceCredentials({ keyring, issuer }),
    links: {
      ...createD1LinkRequests(bindings.DB, mailQueue),
      ...createD1LinkUses(bindings.DB, { mailQueue, maxSessions }),
      ...createD1SignInCodes(bindings.DB),
    },
    signInCodes: createSignInCodes(keyring),
    accountKeys: createAccountKeys(keyring),
    clientLimit: createClientLimit(bindings.LOGIN_LIMIT),
    auditLog: createD1AuditLog(bindings.DB),
    auditRetentionDays: config.auditRetentionDays,
    sessions: createD1SessionStore(bindings.DB, mailQueue),
    sessionCache: sessionMemo.beside(createKvSessionCache(bindings.SESSIONS, { copies, log })),
    sessionMemo,
    passwords: createPasswordHasher({ keyring, iterations: config.passwordIterations }),
    signingKeys,
    accessTokens,
    apiTokens: audience === issuer ? accessTokens : createAccessTokens({ ...tokenTerms, audience }),
    refreshTokens: createRefreshTokens({ keyring, issuer }),
    derivedSecrets: createDerivedSecrets({ keyring, issuer }),
    delivery: mailer && {
      mailer,
      outbox: createD1Outbox(bindings.DB, keyring, mailQueue),
      renderMail: createMailRenderer(config),
      clock,
      log,
    },
    isSchemaCurrent: () => isSchemaCurrent(bindings.DB),
  }
}
