import { OAUTH_SETTINGS } from '../../test/e2e/authorize-paths.ts'
import { type LocalService, startLocalService } from '../../test/smoke/local-service.ts'
import { CLIENT_SETTINGS, startIssuer } from '../../test/stores/issuer.ts'
import { call, KNOWN_TO_PROVIDER, USER_AGENTS } from './people.ts'

/** Starts the service that most pages are seen at. */
export function startService(): Promise<LocalService> {
  return startLocalService([
    'BRAND_NAME:Janus',
    'PASSWORD_ITERATIONS:100000',
    'FREE_ATTEMPTS:20',
    'SECOND_FACTOR_RECOVERY_HOURS:72',
    ...OAUTH_SETTINGS,
  ])
}

/** Starts a service with a brand, and Turnstile's keys for tests. The widget comes from Cloudflare, and is missing without a network. */
export function startBranded(): Promise<LocalService> {
  return startLocalService([
    'BRAND_NAME:Analytical Engines',
    'BRAND_ACCENT:#a21caf',
    'BRAND_TERMS_URL:https://example.com/terms',
    'BRAND_PRIVACY_URL:https://example.com/privacy',
    'SOCIAL_PROVIDERS:google,github',
    'SOCIAL_GOOGLE_CLIENT_ID:screenshots',
    'SOCIAL_GOOGLE_CLIENT_SECRET:screenshots',
    'SOCIAL_GITHUB_CLIENT_ID:screenshots',
    'SOCIAL_GITHUB_CLIENT_SECRET:screenshots',
    'TURNSTILE_SITE_KEY:1x00000000000000000000AA',
    'TURNSTILE_SECRET_KEY:1x0000000000000000000000000000000AA',
  ])
}

/** Starts a service that lets people in from a provider on this machine. */
export async function startSocial(): Promise<LocalService> {
  const issuer = await startIssuer()
  const social = await startLocalService([
    'BRAND_NAME:Janus',
    'SOCIAL_PROVIDERS:panva',
    `SOCIAL_PANVA_ISSUER:${issuer.issuer}`,
    `SOCIAL_PANVA_CLIENT_ID:${CLIENT_SETTINGS.CLIENT_ID}`,
    `SOCIAL_PANVA_CLIENT_SECRET:${CLIENT_SETTINGS.CLIENT_SECRET}`,
    'SOCIAL_PANVA_LABEL:Panva',
    'SOCIAL_PANVA_DOMAINS:panva.example',
  ])
  issuer.register(`${social.url}/login/social/panva/callback`)
  const { email, password } = KNOWN_TO_PROVIDER
  await call(social, '/register', { email, password }, USER_AGENTS.office)
  return {
    ...social,
    stop() {
      issuer.stop()
      return social.stop()
    },
  }
}
