import type { Context } from 'hono'
import type { Config } from '../config/config'
import { sentFields } from '../http/body'
import type { ProblemCode } from '../http/problem'
import type { TokenPurpose } from '../links/one-time-token'
import type { FormState } from './form-state'
import type { Layout } from './layout'
import type { MailedLink } from './mailed-link'
import type { PageContext } from './page'
import type { ProviderView } from './provider-buttons'

/**
 * A page that is one form: shown by GET of a path, and again, with what was wrong, when POST of the same path is refused. Where a link in
 * a mail leads, GET uses up nothing. Everything that Janus knows of the page is in its record; `screens.ts` lists the records.
 */
export interface Screen {
  /** Below the base path. */
  readonly path: string
  /** Says whether there is no such page where no mail is sent. */
  readonly needsMail: boolean
  /** The part without which there is no such page. */
  readonly part?: 'secondFactorPart'
  /** Holds what the links of mails are for that lead here. */
  readonly linkPurposes?: readonly TokenPurpose[]
  /** The page on which to ask again for a link that is not valid. */
  readonly askAgainAt?: (config: Config) => string
  /** Says where a browser is led that comes without the token of a link. */
  readonly withoutToken?: string
  /** Says whether its form begins a session: who is signed in is told so instead. */
  readonly signsIn?: boolean
  /** Says whether its form asks for an address, and so shows what was typed on another such page. */
  readonly asksForAddress?: boolean
  /** Returns why there is no such page with these settings, or `null`. */
  readonly refusal?: (config: Config) => ProblemCode | null
  readonly form: (facts: ScreenFacts, state: FormState) => Rendered
  /** Holds what a form that was handled leads to, at the same path with `?done`. */
  readonly done?: (facts: DoneFacts) => Rendered
}

/** Describes what a screen is made of besides its form. */
export interface ScreenFacts {
  readonly c: Context
  readonly context: PageContext
  readonly config: Config
  /** Holds what led here, if it was a mail. */
  readonly link: MailedLink | null
  /** Says where one may sign in besides. */
  readonly providers: readonly ProviderView[]
}

export interface DoneFacts {
  readonly context: PageContext
  /** Holds what the address says was done. */
  readonly done: string
  /** Says where the person wanted to go, if that is allowed. */
  readonly returnTo: string | null
}

type Rendered = ReturnType<typeof Layout>

/** Returns what a form sent, or a link says. */
export function fieldOf({ c }: Pick<ScreenFacts, 'c'>, field: string): string | null {
  return sentFields(c)[field] ?? c.req.query(field) ?? null
}

/** Returns what there are pages for. */
export function offered({ mail, registration }: Config): { mail: boolean; registration: boolean } {
  return { mail: mail.carrier !== 'none', registration: registration !== 'closed' }
}
