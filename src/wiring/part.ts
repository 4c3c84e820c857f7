import type { Hono } from 'hono'
import type { Pages } from '../api/pages'
import type { Bindings } from '../config/bindings'
import type { Config } from '../config/config'
import type { ConfigFault } from '../config/fault'
import type { Keyring } from '../crypto/keyring'
import type { SignedInEnv } from '../guards/auth-env'
import type { SigningKeys } from '../keys/signing-keys'
import type { Restores } from '../restores/restores'
import type { Clock } from '../runtime/clock'
import type { Log } from '../runtime/log'
import type { PasskeyPart, ProviderPart, SecondFactorPart, Services, SocialPart } from '../services'
import type { MailQueue } from '../storage/sql/mail-queue'
import type { SqlDatabase } from '../storage/sql/sql-database'

/**
 * Describes what a service has only if it is given it: `createJanus(env, { createPasskeys })`. A service without a part has none of its routes
 * and carries none of its code.
 */
export interface Part {
  /** Does the part's work in the background, by name. */
  readonly sweepParts: Readonly<Record<string, () => Promise<void>>>
  /** Paths that pages of every origin may call, without cookies. */
  readonly publicPaths?: readonly string[]
  createRoutes(services: Services, pages: Pages | null): Hono<SignedInEnv>
  /** Makes those of its routes that others look for at the root of the host, whatever the path of the issuer. */
  createRootRoutes?(services: Services, pages: Pages | null): Hono<SignedInEnv>
}

/** Everything that a part may be made of. */
export interface PartSettings {
  readonly config: Config
  readonly bindings: Bindings
  readonly db: SqlDatabase
  readonly keyring: Keyring
  /** Queues mail in the transaction of what it is about. */
  readonly mailQueue: MailQueue
  readonly clock: Clock
  readonly log: Log
}

/** Makes what people do with their own account. Pages bring it along. */
export type CreateSelfService = (settings: Pick<PartSettings, 'db' | 'mailQueue' | 'config'>) => Part

/** The pages, and the self-service behind their account page. */
export interface PagesPart extends Pages {
  readonly selfService: Part
}

/** Makes what passkeys take. */
export type CreatePasskeys = (settings: PartSettings) => Part & PasskeyPart

/** Makes what second factors take. */
export type CreateSecondFactors = (settings: PartSettings) => Part & SecondFactorPart

/** Social login, as settings have it. */
export interface SocialLogin {
  /** Lists what is wrong with its settings. */
  readonly faults: readonly ConfigFault[]
  createPart(settings: PartSettings): Part & SocialPart
}

/** Makes what social login takes, of the settings that only it has. */
export type CreateSocialLogin = (env: object) => SocialLogin

/** An authorization server, as settings have it. */
export interface Provider {
  /** Lists what is wrong with its settings. */
  readonly faults: readonly ConfigFault[]
  readonly isOn: boolean
  createPart(
    settings: PartSettings & { readonly signingKeys: SigningKeys; readonly restores: Restores },
  ): Part & ProviderPart
}

/** Makes what an authorization server takes, of the settings that only it has. */
export type CreateProvider = (env: object) => Provider
