// What `import … from 'janus'` has: for an app that mounts Janus in its own Worker. Its types hold none of the platform's, so a browser's
// project can import `JanusRoutes`, too.
import type { Hono } from 'hono'
import { allParts as everyPart } from '../../src/all-parts'
import type { Pages } from '../../src/api/pages'
import type { JanusEvent } from '../../src/events/event'
import type { CallerService } from '../../src/guards/verdict'
import type { MetadataSchemas } from '../../src/identity/metadata'
import { createJanus as createService, type JanusOptions as ServiceOptions } from '../../src/janus'
import type { Mailer } from '../../src/mail/mailer'
import { createShortPasswords as createAllShortPasswords } from '../../src/passwords/short-passwords'
import type { Clock } from '../../src/runtime/clock'
import type { Log } from '../../src/runtime/log'
import type { CopyStore } from '../../src/sessions/copy-store'
import { createHumanCheck as createTurnstileCheck } from '../../src/throttling/human-check'
import type { MakeClaims } from '../../src/tokens/custom-claims'
import { createEvents as createAllEvents } from '../../src/wiring/create-events'
import { createMail as createAllMail } from '../../src/wiring/create-mail'
import { createPages as createAllPages } from '../../src/wiring/create-pages'
import { createPasskeys as createAllPasskeys } from '../../src/wiring/create-passkeys'
import { createProvider as createWholeProvider } from '../../src/wiring/create-provider'
import { createSecondFactors as createAllSecondFactors } from '../../src/wiring/create-second-factors'
import { createSelfService as createWholeSelfService } from '../../src/wiring/create-self-service'
import { createSocialLogin as createAllSocialLogin } from '../../src/wiring/create-social-login'
import type { OwnTexts } from '../../src/wiring/own-texts'

export type { JanusEvent, JanusEventType } from '../../src/events/event'
export type { Principal } from '../../src/guards/principal'
export type { RecentTerms } from '../../src/guards/recent-proof'
export type {
  CallerService,
  MetadataChange,
  SessionEnd,
  UserAnswer,
  UserFacts,
  Verdict,
} from '../../src/guards/verdict'
export type { Metadata, MetadataSchema, MetadataSchemas } from '../../src/identity/metadata'
export { type Mailer, MailNotTaken, MailRefused, type Message } from '../../src/mail/mailer'
export type { ClaimsSubject, CustomClaims } from '../../src/tokens/custom-claims'
export type { LanguageTexts, OwnTexts } from '../../src/wiring/own-texts'
export type { JanusRoutes } from '../../src/wiring/routes-type'

/** A login service on the given bindings: a Hono app to mount, and what the app beside it may ask. */
export interface Janus extends Hono, CallerService {
  /** Does what is left to do in the background. Call it every minute. */
  sweep(): Promise<void>
}

/** Stands for what `createMail`, `createPasskeys` and `createSecondFactors` return. No more of it is shown: the rest has types of the platform. */
export interface Part {
  readonly sweepParts: Readonly<Record<string, () => Promise<void>>>
}

/** Stands for what `createSocialLogin` returns. No more of it is shown, either. */
export interface SocialLoginPart {
  readonly faults: readonly { readonly setting: string; readonly message: string }[]
}

/** Stands for what `createProvider` returns. No more of it is shown, either. */
export interface ProviderPart {
  readonly faults: readonly { readonly setting: string; readonly message: string }[]
}

/** Stands for what `createEvents` returns. No more of it is shown, either. */
export interface EventsPart {
  readonly sweep: () => Promise<void>
}

/** Stands for what `createHumanCheck` returns. No more of it is shown, either. */
export interface HumanCheckPart {
  isDue(keys: readonly string[]): boolean
}

/** Stands for what `createPostgres` and `createDurableObjectDatabase` return. No more of it is shown, either. */
export interface DatabasePart {
  readonly check: () => Promise<string | null>
}

export interface JanusOptions {
  /** Seconds since the epoch. */
  readonly clock?: Clock
  /** Writes one event; `console.log`, as JSON, unless it is given. */
  readonly log?: Log
  /** Takes `createMail`. Without it there are no routes that mail, and `MAILER` must be `none`. */
  createMail?(settings: object): Part
  /** Takes `createPasskeys`. Without it there are no passkeys. */
  createPasskeys?(settings: object): Part
  /** Takes `createSecondFactors`. Without it there are no second factors, and nobody signs in to an account that has one. */
  createSecondFactors?(settings: object): Part
  /** Takes `createSocialLogin`. Without it nobody signs in at another provider, and `SOCIAL_PROVIDERS` must not be set. */
  createSocialLogin?(env: object): SocialLoginPart
  /** Takes `createProvider`. Without it Janus is no authorization server, and `OAUTH_SERVER` must not be `on`. */
  createProvider?(env: object): ProviderPart
  /** Carries mail in place of what `MAILER` names. */
  readonly mailer?: Mailer
  /**
   * Returns claims of your own, at most 1,024 bytes as JSON. They are `claims` in access tokens from when each is issued, and
   * `principal.claims` in both modes. Called for each token, and for each request with a cookie that your app asks about. If it throws, nobody
   * is let in.
   */
  readonly claims?: MakeClaims
  /**
   * Schemas of `user_metadata` and `app_metadata`, of any library with the interface of Standard Schema. Without `user`, owners of accounts write no
   * metadata.
   */
  readonly metadata?: MetadataSchemas
  /**
   * Receives what happens to accounts: each event at least once, in order, behind the response or with the next sweep. If it throws, the event is
   * delivered again later. Drop repetitions by `event.id`.
   */
  onEvent?(event: JanusEvent): Promise<void> | void
  /** Takes `createEvents`. Without it no events are delivered, and there must be no `onEvent`, `WEBHOOK_URL` or `JANUS_EVENTS`. */
  createEvents?(settings: object): EventsPart | null
  /** `createHumanCheck`. Without it `TURNSTILE_SITE_KEY` must not be set. */
  createHumanCheck?(options: object): HumanCheckPart
  /** `createSelfService`: what people do with their own account. Pages bring it along; an API without pages has it only if it is passed. */
  createSelfService?(settings: object): Part
  /** `createShortPasswords`. Without it `PASSWORD_MIN_LENGTH` must not be below 15. */
  createShortPasswords?(): (password: string) => Promise<boolean>
  /** Takes `createPages`. Without it there is only the API. */
  createPages?(services: object, look?: object): Pages
  /** Texts of pages and mails in your own words, and whole languages that Janus does not have. */
  readonly texts?: OwnTexts
  /** CSS that comes after that of the pages: `:root { --janus-radius: 0 }`. */
  readonly styles?: string
  /** Takes what creates the database that `DATABASE` names: `createPostgres` of `janus/postgres`, or `createDurableObjectDatabase` of `janus/durable-object-database`. */
  createDatabase?(settings: object): DatabasePart | null
  /** Takes what creates the store that `SESSION_COPIES` names: `createDurableObjectCopies`, `createRedisCopies` or `createMemcachedCopies`. */
  createSessionCopies?(settings: object): CopyStore | null
}

/**
 * Creates a login service from an environment: settings and bindings (docs/reference/configuration.md). Its routes stand under the path of `ISSUER`:
 * with `ISSUER = "https://example.com/auth"` an app mounts it by `app.route('/auth', createJanus(env))`, or hands it whole requests,
 * `janus.fetch(request)`. `janus.request('/me', …)` asks it from within the app.
 */
export function createJanus(env: object, options: JanusOptions = {}): Janus {
  return createService(env, options as ServiceOptions)
}

type PartName = Exclude<
  Extract<keyof JanusOptions, `create${string}`>,
  'createDatabase' | 'createSessionCopies'
>

/** Every part in one record, for a service that leaves nothing out: `createJanus(env, { ...allParts })`. */
export const allParts: Required<Pick<JanusOptions, PartName>> = everyPart

/** The parts that mail takes, to hand to {@link createJanus}. */
export const createMail: (settings: never) => Part = createAllMail

/** Makes what tells others of events, to hand to {@link createJanus}. */
export const createEvents: (settings: never) => EventsPart | null = createAllEvents

/** Makes what passkeys take, to hand to {@link createJanus}. */
export const createPasskeys: (settings: never) => Part = createAllPasskeys

/** Makes what second factors take, to hand to {@link createJanus}. */
export const createSecondFactors: (settings: never) => Part = createAllSecondFactors

/** Makes what social login takes, to hand to {@link createJanus}. */
export const createSocialLogin: (env: never) => SocialLoginPart = createAllSocialLogin

/** Makes what an authorization server takes, to hand to {@link createJanus}. */
export const createProvider: (env: never) => ProviderPart = createWholeProvider

/** Makes what tells people from programs, to hand to {@link createJanus} where `TURNSTILE_SITE_KEY` is set. */
export const createHumanCheck: (options: never) => HumanCheckPart = createTurnstileCheck

/** Makes what people do with their own account, to hand to {@link createJanus} where there are no pages. */
export const createSelfService: (settings: never) => Part = createWholeSelfService

/** The common passwords of less than 15 characters, to hand to {@link createJanus} where `PASSWORD_MIN_LENGTH` is below 15. */
export const createShortPasswords: () => (password: string) => Promise<boolean> = createAllShortPasswords

/** The pages for people, to hand to {@link createJanus}. */
export const createPages: (services: never, look?: never) => Pages = createAllPages
