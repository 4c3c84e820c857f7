import type { JanusOptions } from './janus'
import { createShortPasswords } from './passwords/short-passwords'
import { createHumanCheck } from './throttling/human-check'
import { createEvents } from './wiring/create-events'
import { createMail } from './wiring/create-mail'
import { createPages } from './wiring/create-pages'
import { createPasskeys } from './wiring/create-passkeys'
import { createProvider } from './wiring/create-provider'
import { createSecondFactors } from './wiring/create-second-factors'
import { createSelfService } from './wiring/create-self-service'
import { createSocialLogin } from './wiring/create-social-login'

/** Names what `createJanus` may be made without. Stores and the playground are chosen, and are no parts. */
type PartName = Exclude<
  Extract<keyof JanusOptions, `create${string}`>,
  'createDatabase' | 'createSessionCopies' | 'createPlayground'
>

/** Holds every part, for a service that leaves nothing out. A part that is missing here does not compile. */
export const allParts = {
  createPages,
  createEvents,
  createMail,
  createPasskeys,
  createSecondFactors,
  createSocialLogin,
  createProvider,
  createHumanCheck,
  createSelfService,
  createShortPasswords,
} satisfies Required<Pick<JanusOptions, PartName>>
