import type { Services } from '../services'
import type { MailQueue } from '../storage/sql/mail-queue'
import type { SqlDatabase } from '../storage/sql/sql-database'
import type { Events } from './create-events'
import type { Mail } from './mail'
import type {
  CreatePasskeys,
  CreateSecondFactors,
  CreateSelfService,
  Part,
  Provider,
  SocialLogin,
} from './part'

/** Lists what a service is wired of: its parts have routes and work in the background. */
export interface WiredServices extends Services {
  /** For what is made of a service afterwards, as its administration is. */
  readonly db: SqlDatabase
  readonly mailQueue: MailQueue
  readonly mail: Mail | null
  readonly events: Events | null
  /** `null`: that of the pages, if there are any. */
  readonly selfService: ReturnType<CreateSelfService> | null
  readonly passkeyPart: ReturnType<CreatePasskeys> | null
  readonly secondFactorPart: ReturnType<CreateSecondFactors> | null
  readonly socialPart: ReturnType<SocialLogin['createPart']> | null
  readonly providerPart: ReturnType<Provider['createPart']> | null
}

/** Returns the parts that a service was given. */
export function partsOf({
  selfService,
  mail,
  passkeyPart,
  secondFactorPart,
  socialPart,
  providerPart,
}: WiredServices): readonly Part[] {
  return [selfService, mail, passkeyPart, secondFactorPart, socialPart, providerPart].filter(
    (part) => part !== null,
  )
}
