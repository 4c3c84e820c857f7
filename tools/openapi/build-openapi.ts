import { parseConfig } from '../../src/config/parse-config'
import { createShortPasswords } from '../../src/passwords/short-passwords'
import { createHumanCheck } from '../../src/throttling/human-check'
import { createApp } from '../../src/wiring/app'
import { createEvents } from '../../src/wiring/create-events'
import { createMail } from '../../src/wiring/create-mail'
import { createPasskeys } from '../../src/wiring/create-passkeys'
import { createProvider } from '../../src/wiring/create-provider'
import { createSecondFactors } from '../../src/wiring/create-second-factors'
import { createSelfService } from '../../src/wiring/create-self-service'
import { createServices, type Parts } from '../../src/wiring/create-services'
import { createSocialLogin } from '../../src/wiring/create-social-login'
import { openTruth } from '../../src/wiring/truths'
import { createDocument } from './document'
import type { OpenApi } from './open-api'

export { renderReference } from './reference'

/** Holds every part but the pages, which load the document that is built here. */
const PARTS = {
  createEvents,
  createMail,
  createPasskeys,
  createSecondFactors,
  createSocialLogin,
  createProvider,
  createHumanCheck,
  createSelfService,
  createShortPasswords,
} satisfies Required<Parts>

/**
 * Builds the document of Janus's own routes, pages apart. It is built from an app that serves nobody, so its bindings are empty and its secret is
 * thrown away.
 */
export function buildOpenApi(version: string): OpenApi {
  const noBindings = { DB: {}, SESSIONS: {}, LOGIN_LIMIT: {} }
  const secret = btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(32))))
  const parsed = parseConfig({ ISSUER: 'https://auth.example.com', AUTH_SECRET: secret, ...noBindings })
  if (!parsed.ok) throw new Error(parsed.faults.map(({ message }) => message).join('; '))
  const truth = openTruth(parsed)
  if (!truth.ok) throw new Error(truth.fault.message)
  const { bindings, config } = parsed
  const clock = () => 0
  const log = () => {}
  const services = createServices(
    {
      bindings,
      truth: truth.truth,
      config,
      parts: PARTS,
      social: createSocialLogin({}),
      provider: createProvider({ OAUTH_SERVER: 'on', API_KEYS: 'on' }),
      mailer: null,
      copyStore: null,
      customClaims: null,
      onEvent: null,
      defer: () => {},
    },
    clock,
    log,
  )
  return createDocument(createApp(services).routes, { version })
}
