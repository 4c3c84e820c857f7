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
  {
    mailer = null,
    onEvent = null,
    createEvents,
    createMail,
    createPasskeys,
    createSecondFactors,
    createSocialLogin,
    createProvider,
    createHumanCheck,
    createShortPasswords,
    createPages,
  }: Parts & { readonly createPages?: unknown } & {
    readonly mailer?: Mailer | null
    readonly onEvent?: OnEvent | null
  },
): readonly ConfigFault[] {
  const faults: ConfigFault[] = []
  const fault = (setting: string, what: string, part: keyof Parts) =>
    faults.push({ setting, message: `${what}, and createJanus was not given ${part}` })
  if (!createMail && mailer) fault('MAILER', 'createJanus was given a mailer', 'createMail')
  else if (!createMail && mail.carrier !== 'none') fault('MAILER', `MAILER is ${mail.carrier}`, 'createMail')
  // guard: mail by SMTP needs its mailer
  if (createMail && mail.carrier === 'smtp' && mailer === null) {
    const message =
      'MAILER is smtp, which janus serve has on Node; elsewhere createJanus must be given a mailer'
    faults.push({ setting: 'MAILER', message })
  }
  const { JANUS_EVENTS, SOCIAL_PROVIDERS, OAUTH_SERVER } = env as Partial<Record<string, unknown>>
  // A domain that is only the default asks for nothing.
  for (const [setting, value] of createPasskeys ? [] : Object.entries(env))
    if (setting.startsWith('PASSKEY_') && value !== undefined && value !== 'none')
      fault(setting, `${setting} is set`, 'createPasskeys')
  // guard: a second factor is required only where there are second factors
  if (!createSecondFactors && secondFactor !== 'optional')
    fault('SECOND_FACTOR', `SECOND_FACTOR is ${secondFactor}`, 'createSecondFactors')
  // guard: a service that shall tell people from programs does so
  if (!createHumanCheck && turnstileSiteKey !== null)
    fault('TURNSTILE_SITE_KEY', 'TURNSTILE_SITE_KEY is set', 'createHumanCheck')
  // guard: short passwords are accepted only where the common ones are known
  if (!createShortPasswords && passwordMinLength < LONG_PASSWORD)
    fault('PASSWORD_MIN_LENGTH', `PASSWORD_MIN_LENGTH is ${passwordMinLength}`, 'createShortPasswords')
  if (!createSocialLogin && SOCIAL_PROVIDERS !== undefined && SOCIAL_PROVIDERS !== 'none')
    fault('SOCIAL_PROVIDERS', 'SOCIAL_PROVIDERS is set', 'createSocialLogin')
  if (OAUTH_SERVER === 'on') {
    const lacks = (message: string) =>
      faults.push({ setting: 'OAUTH_SERVER', message: `OAUTH_SERVER is on, and ${message}` })
    if (!createProvider) lacks('createJanus was not given createProvider')
    if (!createPages) lacks('createJanus was not given createPages, where people sign in')
    if (!modes.includes('session')) lacks('AUTH_MODE has no session mode, in which people sign in')
    // guard: no service is handed the secret that signs tokens
    if (jwtAlg === 'HS256') lacks('JWT_ALG is HS256, whose tokens no other service can verify')
  }
  // guard: no event is lost because nothing tells of it
  if (!createEvents && onEvent) fault('onEvent', 'createJanus was given onEvent', 'createEvents')
  if (!createEvents && webhookUrl !== null) fault('WEBHOOK_URL', 'WEBHOOK_URL is set', 'createEvents')
  if (!createEvents && typeof JANUS_EVENTS === 'object' && JANUS_EVENTS !== null)
    fault('JANUS_EVENTS', 'JANUS_EVENTS is bound', 'createEvents')
  return faults
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
