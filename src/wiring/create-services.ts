import type { Bindings } from '../config/bindings'
import type { Config } from '../config/config'
import { createDerivedSecrets } from '../crypto/derived-secrets'
import { createKeyring } from '../crypto/keyring'
import { createDeviceCredentials } from '../devices/device-credentials'
import { createMetadataRules, type MetadataSchemas } from '../identity/metadata'
import { createSharedSigningKeys } from '../keys/shared-signing-keys'
import { createStoredSigningKeys } from '../keys/stored-signing-keys'
import type { Mailer } from '../mail/mailer'
import type { OwnMailTexts } from '../mail/render-mail'
import { createBreachedPasswords } from '../passwords/breached-passwords'
import type { IsCommon } from '../passwords/common-list'
import { createPasswordHasher } from '../passwords/password-hash'
import { createPasswordPolicy } from '../passwords/password-policy'
import { createRestores } from '../restores/restores'
import type { Clock } from '../runtime/clock'
import type { Log } from '../runtime/log'
import type { SendMail } from '../runtime/queued-mail'
import type { CopyStore } from '../sessions/copy-store'
import type { Defer } from '../sessions/resolve-session'
import { createSessionCopies, NO_SESSION_COPIES } from '../sessions/session-copies'
import { createSessionMemo } from '../sessions/session-memo'
import { createSessionSeals } from '../sessions/session-seal'
import { createSignedTexts } from '../sessions/signed-texts'
import { createKvMarkStore, NO_MARK_STORE } from '../storage/kv/mark-store'
import { createSqlStores } from '../storage/sql/create-stores'
import { NO_MAIL_QUEUE } from '../storage/sql/mail-queue'
import { createAccountKeys } from '../throttling/account-key'
import { createClientLimit } from '../throttling/client-limit'
import type { CreateHumanCheck } from '../throttling/human-check'
import { createTurns } from '../throttling/turns'
import { createAccessTokens } from '../tokens/access-token'
import type { BoundClaims } from '../tokens/custom-claims'
import { createRefreshTokens } from '../tokens/refresh-token'
import type { CreateEvents, OnEvent } from './create-events'
import type { CreateMail } from './mail'
import type {
  CreatePasskeys,
  CreateProvider,
  CreateSecondFactors,
  CreateSelfService,
  CreateSocialLogin,
  Provider,
  SocialLogin,
} from './part'
import type { Truth } from './truths'
import type { WiredServices } from './wired-services'

/** Makes the parts that can be left out. */
export interface Parts {
  readonly createEvents?: CreateEvents
  readonly createMail?: CreateMail
  readonly createPasskeys?: CreatePasskeys
  readonly createSecondFactors?: CreateSecondFactors
  readonly createSocialLogin?: CreateSocialLogin
  readonly createProvider?: CreateProvider
  readonly createHumanCheck?: CreateHumanCheck
  readonly createSelfService?: CreateSelfService
  readonly createShortPasswords?: () => IsCommon
}

interface ServiceParts {
  readonly bindings: Bindings
  readonly truth: Truth
  readonly config: Config
  /** Those that are not there are left out of the service. */
  readonly parts: Parts
  /** `null`: no social login. */
  readonly social: SocialLogin | null
  /** `null`: no authorization server. */
  readonly provider: Provider | null
  /** In place of the one that `MAILER` names. */
  readonly mailer: Mailer | null
  /** Holds what the app says in its own words in mails. */
  readonly mailTexts?: OwnMailTexts | undefined
  /** `null`: there are no copies of sessions. */
  readonly copyStore: CopyStore | null
  readonly metadata?: MetadataSchemas | undefined
  /** `null`: the app adds no claims. */
  readonly customClaims: BoundClaims | null
  /** `null`: the app is not told of events. */
  readonly onEvent: OnEvent | null
  readonly defer: Defer
}

/** Creates the services. This is the one place that puts adapters behind interfaces. */
export function createServices(
  {
    bindings,
    truth,
    config,
    parts,
    social,
    provider,
    mailer,
    mailTexts,
    metadata = {},
    copyStore,
    customClaims,
    onEvent,
    defer,
  }: ServiceParts,
  clock: Clock,
  log: Log,
): WiredServices {
  const { db } = truth
  const keyring = createKeyring(config.secrets)
  const { issuer, audience, origin, accessTokenLifetimeSeconds, maxSessions } = config
  const verifiedOnly = config.emailVerification === 'required'
  const settings = { config, bindings, db, keyring, clock, log }
  const mail = parts.createMail?.({ ...settings, mailer, mailTexts, defer }) ?? null
  const mailQueue = mail?.queue ?? NO_MAIL_QUEUE
  const stores = createSqlStores(db, {
    mailQueue,
    verifiedOnly,
    maxSessions,
    limits: config,
  })
  const sessionMemo = createSessionMemo({ ...config, clock })
  const signedTexts = createSignedTexts({ keyring, issuer, purpose: 'session-copy' })
  const restores = createRestores({ store: stores.restores, defer, clock, log })
  const sessionSeals = createSessionSeals({
    signedTexts: createSignedTexts({ keyring, issuer, purpose: 'session-seal' }),
    restores,
    lifetimes: config,
    sealSeconds: config.sealSeconds,
    clock,
  })
  const signingKeys =
    config.jwtAlg === 'HS256'
      ? createSharedSigningKeys(keyring)
      : createStoredSigningKeys({
          alg: config.jwtAlg,
          store: stores.signingKeys,
          keyring,
          restores,
          keyRotationDays: config.keyRotationDays,
          accessTokenLifetimeSeconds,
          clock,
          log,
        })
  const copySeconds = config.sessionCopySeconds ?? null
  const sessionCopies = copyStore
    ? createSessionCopies({ copyStore, signedTexts, restores, copySeconds, clock, log })
    : NO_SESSION_COPIES
  const tokenTerms = {
    keys: signingKeys,
    restores,
    issuer,
    accessTokenLifetimeSeconds,
    remember: config.memoSeconds > 0,
    clock,
  }
  const accessTokens = createAccessTokens({
    ...tokenTerms,
    // guard: a token for an API opens no route of Janus
    audience: issuer,
    customClaims: audience === issuer ? customClaims : null,
  })
  return {
    db,
    mailQueue,
    config,
    assets: bindings.ASSETS ?? null,
    clock,
    log,
    defer,
    modes: config.modes,
    cookies: config.cookies,
    lifetimes: config,
    verifiedOnly,
    factorPolicy: config,
    liveCheck: config.liveCheck,
    crossSiteRule: config,
    passwordPolicy: createPasswordPolicy({
      minLength: config.passwordMinLength,
      serviceHost: new URL(origin).hostname,
      isShortCommon: parts.createShortPasswords?.() ?? null,
      isBreached: config.breachCheck ? createBreachedPasswords(log) : null,
    }),
    refreshReuseSeconds: config.refreshReuseSeconds,
    keyring,
    humanCheck:
      config.turnstileSecretKey === undefined
        ? null
        : (parts.createHumanCheck?.({
            secret: config.turnstileSecretKey,
            hostnames: widgetHosts(config),
            clock,
            log,
          }) ?? null),
    brandName: config.brandName,
    users: stores.users,
    metadataRules: createMetadataRules(metadata),
    attempts: stores.attempts,
    turns: createTurns(),
    devices: stores.devices,
    deviceCredentials: createDeviceCredentials({ keyring, issuer }),
    accountKeys: createAccountKeys(keyring),
    clientLimit: createClientLimit(bindings.LOGIN_LIMIT),
    auditLog: stores.auditLog,
    restores,
    restoreStore: stores.restores,
    marks: bindings.SESSIONS ? createKvMarkStore(bindings.SESSIONS) : NO_MARK_STORE,
    auditRetentionDays: config.auditRetentionDays,
    sessions: stores.sessions,
    sessionCache: sessionMemo.beside(sessionCopies),
    sessionMemo,
    sessionSeals,
    passwords: createPasswordHasher({ keyring, iterations: config.passwordIterations }),
    signingKeys,
    accessTokens,
    apiTokens:
      audience === issuer ? accessTokens : createAccessTokens({ ...tokenTerms, audience, customClaims }),
    refreshTokens: createRefreshTokens({ keyring, issuer }),
    derivedSecrets: createDerivedSecrets({ keyring, issuer }),
    mail,
    sendMail: mail?.send ?? sendNothing,
    selfService: parts.createSelfService?.({ db, mailQueue, config }) ?? null,
    passkeyPart: parts.createPasskeys?.({ ...settings, mailQueue }) ?? null,
    secondFactorPart: parts.createSecondFactors?.({ ...settings, mailQueue }) ?? null,
    events: parts.createEvents?.({ ...settings, onEvent }) ?? null,
    socialPart: social?.createPart({ ...settings, mailQueue }) ?? null,
    providerPart: provider?.isOn
      ? provider.createPart({ ...settings, mailQueue, signingKeys, restores })
      : null,
    checkDatabase: truth.check,
  }
}

/** Sends nothing: where no mail is sent, none is queued. */
const sendNothing: SendMail = () => {}

/** Returns the hosts where a widget of Turnstile may be: those of the pages of Janus and of its apps. */
function widgetHosts({ issuer, appUrl, allowedOrigins }: Config): readonly string[] {
  return [issuer, ...(appUrl === null ? [] : [appUrl]), ...allowedOrigins].map((url) => new URL(url).hostname)
}
