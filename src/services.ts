import type { Activity } from './audit/activity'
import type { AuditLog } from './audit/audit-log'
import type { Config } from './config/config'
import type { Keyring } from './crypto/keyring'
import type { DeviceStore, OwnDeviceStore } from './devices/device'
import type { DeviceCredentials } from './devices/device-credentials'
import type { RecoveryServices } from './flows/factor-recovery'
import type { PasskeyServices } from './flows/passkeys'
import type { RegisterServices } from './flows/register'
import type { OwnFactorServices } from './flows/second-factor'
import type { EnrolmentServices } from './flows/sign-in/enrolment'
import type { SignInServices } from './flows/sign-in/password'
import type { SecondFactorServices } from './flows/sign-in/second-factor'
import type { HoldSignIn } from './flows/sign-in/way-in'
import type { GuardServices } from './guards/auth-env'
import type { AccountExports } from './identity/account-export'
import type { MetadataRules } from './identity/metadata'
import type { OwnAccountStore } from './identity/own-account-store'
import type { SigningKeys } from './keys/signing-keys'
import type { LinkStore } from './links/link-store'
import type { SignInCodes } from './links/sign-in-code'
import type { DeliveryServices } from './mail/deliver-mail'
import type { ApiKeyStore } from './oauth/api-key'
import type { CheckClientToken } from './oauth/check-client-token'
import type { ClientDocuments } from './oauth/client-documents'
import type { ClientTokens } from './oauth/client-token'
import type { DeviceGrantStore } from './oauth/device-grant'
import type { IdTokens } from './oauth/id-token'
import type { MachineStore } from './oauth/machine'
import type { OAuthStore } from './oauth/oauth-store'
import type { OpenIdStore } from './oauth/openid-store'
import type { RequestSeals } from './oauth/request-seals'
import type { ScopeTexts } from './oauth/scope-texts'
import type { Resource } from './oauth/scopes'
import type { SelfRegisteredStore } from './oauth/self-registered-store'
import type { TokenStatusStore } from './oauth/token-status'
import type { CheckUserInfoToken } from './oauth/user-info-token'
import type { RelyingParty } from './passkeys/relying-party'
import type { MarkTrailServices } from './restores/mark-trail'
import type { Restores } from './restores/restores'
import type { OwnSessionStore } from './sessions/own-session-store'
import type { RememberedSessionCache } from './sessions/session-cache'
import type { SocialSeals } from './social/attempt'
import type { IdentityStore } from './social/identity-store'
import type { Provider } from './social/provider'
import type { ClientLimit } from './throttling/client-limit'
import type { HumanCheck } from './throttling/human-check'

/** Everything an operation may need, made once for each isolate. Each takes only what it uses. */
export interface Services extends GuardServices, RegisterServices, SignInServices, MarkTrailServices {
  readonly config: Config
  /** The files of the pages; `null`: there are no pages. */
  readonly assets: { fetch(request: Request): Promise<Response> } | null
  readonly signingKeys: SigningKeys
  readonly refreshReuseSeconds: number
  readonly clientLimit: ClientLimit
  readonly devices: DeviceStore
  readonly deviceCredentials: DeviceCredentials
  readonly keyring: Keyring
  /** `null`: people are not told from programs. */
  readonly humanCheck: HumanCheck | null
  readonly sessionCache: RememberedSessionCache
  readonly metadataRules: MetadataRules
  readonly auditLog: AuditLog
  readonly auditRetentionDays: number
  readonly restores: Restores
  /** `null`: the service was made without the parts that mail takes. */
  readonly mail: MailServices | null
  /** `null`: the service was made without passkeys. */
  readonly passkeyPart: PasskeyPart | null
  /** `null`: the service was made without second factors. */
  readonly secondFactorPart: SecondFactorPart | null
  /** `null`: the service was made without social login. */
  readonly socialPart: SocialPart | null
  /** `null`: the service was made without `createProvider`, or `OAUTH_SERVER` is `off`. */
  readonly providerPart: ProviderPart | null
  readonly brandName: string
  /** Returns what keeps the database from being used; `null` if it is ready. */
  readonly checkDatabase: () => Promise<string | null>
}

/** Lists what only a service has that was made with the parts that mail takes (`createMail`). */
export interface MailServices {
  readonly links: LinkStore
  readonly signInCodes: SignInCodes
  /** `null`: no mail is sent, because `MAILER` is `none`. */
  readonly delivery: DeliveryServices | null
}

/** For the routes of one's own account (`createSelfService`). */
export type SelfServices = Services & {
  readonly ownAccounts: OwnAccountStore
  readonly accountExports: AccountExports
  readonly ownSessions: OwnSessionStore
  readonly ownDevices: OwnDeviceStore
  readonly activity: Activity
}

/** For the pages: what the account page shows besides. */
export type PageServices = Services & Pick<SelfServices, 'ownSessions' | 'activity'>

/** For the routes that mail takes. */
export type MailingServices = Services & MailServices

/** Lists what only a service has that was made with passkeys (`createPasskeys`). */
export interface PasskeyPart extends Pick<PasskeyServices, 'passkeys' | 'challenges'> {
  /** `null`: there are none, because `PASSKEY_RP_ID` is `none`. */
  readonly relyingParty: RelyingParty | null
}

/** Lists what only a service has that was made with second factors (`createSecondFactors`). */
export interface SecondFactorPart
  extends Pick<OwnFactorServices, 'secondFactors' | 'totpSeeds'>,
    Pick<SecondFactorServices, 'pendingSignIns' | 'expectedCodes' | 'sendsMail'>,
    Pick<EnrolmentServices, 'enrolments'>,
    RecoveryServices {
  /** Makes a sign-in wait. */
  readonly holdSignIn: HoldSignIn
}

/** Lists what only a service has that was made with social login (`createSocialLogin`). */
export interface SocialPart {
  readonly identities: IdentityStore
  readonly seals: SocialSeals
  /** In the order of the settings; none where none is set. */
  readonly providers: readonly Provider[]
}

/** Lists what only a service has that is an authorization server (`createProvider`). */
export interface ProviderPart {
  readonly ownSessions: OwnSessionStore
  readonly oauth: OAuthStore
  readonly seals: RequestSeals
  readonly clientTokens: ClientTokens
  readonly checkClientToken: CheckClientToken
  readonly tokenStatus: TokenStatusStore
  readonly machines: MachineStore
  readonly idTokens: IdTokens
  readonly openId: OpenIdStore
  /** Tells clients that what they were granted has ended. What fails is left to the sweep. */
  readonly tellClients: () => Promise<void>
  readonly checkUserInfoToken: CheckUserInfoToken
  readonly deviceGrants: DeviceGrantStore
  /** `null`: people make no API keys. */
  readonly apiKeys: ApiKeyStore | null
  /** The services that take its tokens. */
  readonly resources: readonly Resource[]
  readonly selfRegistered: SelfRegisteredStore
  /** `null`: no app describes itself by a document. */
  readonly clientDocuments: ClientDocuments | null
  /** Says whether apps register themselves. */
  readonly registrationIsOpen: boolean
  readonly scopeTexts: ScopeTexts
}
