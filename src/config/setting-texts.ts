import type { SettingName } from './settings.ts'
import { ACCOUNT_TEXTS } from './texts/accounts-and-mail.ts'
import { BRAND_TEXTS } from './texts/brand.ts'
import { ORIGIN_TEXTS } from './texts/modes-and-origins.ts'
import { OPERATION_TEXTS } from './texts/operation.ts'
import { PASSWORD_TEXTS } from './texts/passwords-and-attempts.ts'
import { REQUIRED_TEXTS } from './texts/required.ts'
import { SESSION_TEXTS } from './texts/sessions.ts'
import type { SettingText, SettingTexts } from './texts/setting-text.ts'
import { TOKEN_TEXTS } from './texts/tokens.ts'

// The words for each setting, beside the rows and not in them: the Worker imports the rows, and a bundler keeps every member of an object.
// The reference page, .dev.vars.example, the deploy button and the doctor import this file, the Worker never does
// (test/smoke/bundle.test.ts). Node loads it as it stands, so paths have their endings.

/** The sections of the reference page, in their order. */
export const SECTIONS = {
  Required: REQUIRED_TEXTS,
  'Modes and origins': ORIGIN_TEXTS,
  'Accounts and mail': ACCOUNT_TEXTS,
  Sessions: SESSION_TEXTS,
  Tokens: TOKEN_TEXTS,
  'Passwords and attempts': PASSWORD_TEXTS,
  Brand: BRAND_TEXTS,
  Operation: OPERATION_TEXTS,
} satisfies Record<string, Partial<SettingTexts>>

export const SETTING_TEXTS: Readonly<Record<SettingName, SettingText>> = {
  ...REQUIRED_TEXTS,
  ...ORIGIN_TEXTS,
  ...ACCOUNT_TEXTS,
  ...SESSION_TEXTS,
  ...TOKEN_TEXTS,
  ...PASSWORD_TEXTS,
  ...BRAND_TEXTS,
  ...OPERATION_TEXTS,
} satisfies SettingTexts

/** The settings that must not stand in a file that is committed. */
export const SECRET_NAMES: readonly string[] = Object.entries(SETTING_TEXTS).flatMap(([name, { secret }]) =>
  secret ? [name] : [],
)
