import type { AuthCookies } from '../http/auth-cookies'
import type { MailConfig } from '../mail/mail-config'
import type { SettingValues } from './settings'

/** The settings that are taken apart, or put together with others. */
type Combined = 'issuer' | 'mailer' | 'mailFrom' | 'resendApiKey' | 'resendUrl'

/** Describes how this Janus is set up. A member that is not named here is the setting of the row in settings.ts, described in texts/. */
export interface Config extends Omit<SettingValues, Combined> {
  /** Public base URL without a trailing slash; its path is the base path of every route. */
  readonly issuer: string
  /** The path of the issuer: `''` or `/auth`. */
  readonly basePath: string
  /** Scheme, host and port of the issuer. */
  readonly origin: string
  readonly cookies: AuthCookies
  readonly mail: MailConfig
}
