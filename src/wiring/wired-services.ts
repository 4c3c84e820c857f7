import type { Services } from '../services'
import type { SqlDatabase } from '../storage/sql/sql-database'
import type { Events } from './create-events'
import type { Mail } from './mail'
import type { CreatePasskeys, CreateSecondFactors, Part, Provider, SocialLogin } from './part'

/** Lists what a service is wired of: its parts have routes and work in the background. */
export interface WiredServices extends Services {
  /** For what is made of a service afterwards, as its administration is. */
  readonly db: SqlDatabase
  readonly mail: Mail | null
  readonly events: Events | null
  readonly passkeyPart: ReturnType<CreatePasskeys> | null
  readonly secondFactorPart: ReturnType<CreateSecondFactors> | null
  readonly socialPart: ReturnType<SocialLogin['createPart']> | null
  readonly providerPart: ReturnType<Provider['createPart']> | null
}

/** Returns the parts that a service was given. */
export function partsOf({
  mail,
  passkeyPart,
  secondFactorPart,
  socialPart,
  providerPart,
}: WiredServices): readonly Part[] {
  return [mail, passkeyPart, secondFactorPart, socialPart, providerPart].filter((part) => part !== null)
}
