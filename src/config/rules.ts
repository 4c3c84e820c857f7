import { isLocal } from '../http/trustworthy-url'
import type { ConfigFault } from './fault'
import type { SettingName, SettingValues } from './settings'

/** A setting that is at fault, or that does not apply, is absent. */
type Values = Partial<SettingValues>

interface Rule {
  readonly setting: SettingName
  readonly isBroken: (values: Values) => boolean
  readonly message: string
}

/** Lists what settings must not say together. */
const RULES: readonly Rule[] = [
  {
    setting: 'MAILER',
    isBroken: (values) => values.mailer === 'console' && isPublic(values),
    message: 'must not be console here: it prints links that open accounts',
  },
  {
    setting: 'PLAYGROUND',
    isBroken: (values) => values.playground === true && isPublic(values),
    message: 'must not be on here: it shows what is stored',
  },
  {
    setting: 'DATABASE',
    // guard: a database that is gone with its process is for one machine
    isBroken: (values) => values.database === 'memory' && isPublic(values),
    message: 'must not be memory here: every account would be gone when the process ends',
  },
  {
    setting: 'REFRESH_IDLE_SECONDS',
    isBroken: ({ refreshIdleSeconds, accessTokenLifetimeSeconds }) =>
      refreshIdleSeconds !== undefined &&
      accessTokenLifetimeSeconds !== undefined &&
      refreshIdleSeconds < accessTokenLifetimeSeconds,
    message: 'must not be shorter than ACCESS_TOKEN_LIFETIME_SECONDS',
  },
  {
    setting: 'REGISTRATION',
    isBroken: ({ registration, mailer }) => registration === 'verified' && mailer === 'none',
    message: 'cannot be verified while MAILER is none: addresses are verified by mail',
  },
  {
    setting: 'EMAIL_VERIFICATION',
    isBroken: ({ emailVerification, mailer }) => emailVerification === 'required' && mailer === 'none',
    message: 'cannot be required while MAILER is none: addresses are verified by mail',
  },
  {
    setting: 'EMAIL_VERIFICATION',
    isBroken: ({ emailVerification, mailer, registration }) =>
      emailVerification === 'required' && mailer !== 'none' && registration === 'open',
    message:
      'cannot be required while REGISTRATION is open, which signs people in at once: set REGISTRATION to verified',
  },
  {
    setting: 'SECOND_FACTOR',
    // guard: nobody registers who could set up no second factor
    isBroken: ({ secondFactor, mailer, registration }) =>
      secondFactor === 'required' && mailer !== 'none' && registration === 'open',
    message:
      'cannot be required while REGISTRATION is open and mail is sent, because a second factor is set up on a verified address alone: set REGISTRATION to verified',
  },
]

/** Returns a fault for each rule between settings that is broken. */
export function checkRules(values: Values): readonly ConfigFault[] {
  return RULES.filter(({ isBroken }) => isBroken(values)).map(({ setting, message }) => ({
    setting,
    message: `${setting} ${message}`,
  }))
}

/** Tells whether the service is for others than the people of one machine. An issuer that is at fault decides nothing. */
function isPublic({ issuer }: Values): boolean {
  return issuer !== undefined && !isLocal(new URL(issuer.href))
}
