import type { Config } from '../config/config'
import type { ConfigFault } from '../config/fault'
import type { Mailer } from '../mail/mailer'
import { LONG_PASSWORD } from '../passwords/common-list'
import type { OnEvent } from './create-events'
import type { Parts } from './create-services'

/** Returns what is wrong where something that is set takes a part that the service was not given. */
export function lacksPart(
  env: object,
  { mail, webhookUrl, secondFactor, passwordMinLength, turnstileSiteKey, modes, jwtAlg }: Config,
  given: GivenParts,
): readonly ConfigFault[] {
  const { mailer = null, onEvent = null } = given
  const { JANUS_EVENTS, SOCIAL_PROVIDERS, OAUTH_SERVER } = env as Partial<Record<string, unknown>>
  // A domain that is only the default asks for nothing.
  const ofPasskeys = Object.entries(env).filter(
    ([setting, value]) => setting.startsWith('PASSKEY_') && isSet(value),
  )
  const wanted: readonly Wanted[] = [
    ['createMail', 'MAILER', mailer !== null && 'createJanus was given a mailer'],
    ['createMail', 'MAILER', mailer === null && mail.carrier !== 'none' && `MAILER is ${mail.carrier}`],
    ...ofPasskeys.map(([setting]): Wanted => ['createPasskeys', setting, `${setting} is set`]),
    // guard: a second factor is required only where there are second factors
    [
      'createSecondFactors',
      'SECOND_FACTOR',
      secondFactor !== 'optional' && `SECOND_FACTOR is ${secondFactor}`,
    ],
    // guard: a service that shall tell people from programs does so
    ['createHumanCheck', 'TURNSTILE_SITE_KEY', turnstileSiteKey !== null && 'TURNSTILE_SITE_KEY is set'],
    // guard: short passwords are accepted only where the common ones are known
    [
      'createShortPasswords',
      'PASSWORD_MIN_LENGTH',
      passwordMinLength < LONG_PASSWORD && `PASSWORD_MIN_LENGTH is ${passwordMinLength}`,
    ],
    ['createSocialLogin', 'SOCIAL_PROVIDERS', isSet(SOCIAL_PROVIDERS) && 'SOCIAL_PROVIDERS is set'],
    // guard: no event is lost because nothing tells of it
    ['createEvents', 'onEvent', onEvent !== null && 'createJanus was given onEvent'],
    ['createEvents', 'WEBHOOK_URL', webhookUrl !== null && 'WEBHOOK_URL is set'],
    [
      'createEvents',
      'JANUS_EVENTS',
      typeof JANUS_EVENTS === 'object' && JANUS_EVENTS !== null && 'JANUS_EVENTS is bound',
    ],
  ]
  const faults = wanted.flatMap(([part, setting, what]): readonly ConfigFault[] =>
    what !== false && !given[part]
      ? [{ setting, message: `${what}, and createJanus was not given ${part}` }]
      : [],
  )
  // guard: mail by SMTP needs its mailer
  if (given.createMail && mail.carrier === 'smtp' && mailer === null) {
    const message =
      'MAILER is smtp, which janus serve has on Node; elsewhere createJanus must be given a mailer'
    faults.push({ setting: 'MAILER', message })
  }
  if (OAUTH_SERVER === 'on') {
    const lacks = (message: string) =>
      faults.push({ setting: 'OAUTH_SERVER', message: `OAUTH_SERVER is on, and ${message}` })
    if (!given.createProvider) lacks('createJanus was not given createProvider')
    if (!given.createPages) lacks('createJanus was not given createPages, where people sign in')
    if (!modes.includes('session')) lacks('AUTH_MODE has no session mode, in which people sign in')
    // guard: no service is handed the secret that signs tokens
    if (jwtAlg === 'HS256') lacks('JWT_ALG is HS256, whose tokens no other service can verify')
  }
  return faults
}

interface GivenParts extends Parts {
  readonly createPages?: unknown
  readonly mailer?: Mailer | null
  readonly onEvent?: OnEvent | null
}

/** A part, and the setting that takes it: how that is set, or `false`. */
type Wanted = readonly [part: keyof Parts, setting: string, what: string | false]

function isSet(value: unknown): boolean {
  return value !== undefined && value !== 'none'
}

/**
 * Returns the environment of a service that has these parts. `janus dev` sets `MAILER=console` for every Worker, and to one without mail that
 * is `none`: it has no route that mails, so nobody waits for what would not be printed.
 */
export function withoutConsole(env: object, { createMail }: Parts): Readonly<Record<string, unknown>> {
  const own: Readonly<Record<string, unknown>> = { ...env }
  return createMail || own.MAILER !== 'console' ? own : { ...own, MAILER: 'none' }
}

/** Returns the configuration of a service that has these parts: without passkeys nothing is made for their domain. */
export function withoutParts(config: Config, { createPasskeys }: Parts): Config {
  return createPasskeys ? config : { ...config, passkeyRpId: null }
}
