import type { Context, MiddlewareHandler } from 'hono'
import * as v from 'valibot'
import { encodeBase64url } from '../../crypto/base64url'
import { randomBytes } from '../../crypto/random'
import type { SignedInEnv } from '../../guards/auth-env'
import { limitClient } from '../../guards/limit-client'
import { openToOtherSites } from '../../guards/open-route'
import { Hono } from '../../http/hono'
import { parseReadableType } from '../../http/media-type'
import { Problem } from '../../http/problem'
import { readBody } from '../../http/read-body'
import { withFacts } from '../../http/route-facts'
import type { AppMetadata } from '../../oauth/app-metadata'
import { AppMetadataFields, toAppMetadata } from '../../oauth/app-metadata-fields'
import { requestSourceOf } from '../../request-source/read-request-source'
import type { ProviderPart, Services } from '../../services'
import { sourcesOf } from '../../throttling/source-limit'

/** More than any registration needs. */
const REGISTRATION_MAX_BYTES = 16 * 1024

const Registration = v.object(AppMetadataFields)

/** Says of the route which body it takes, for the OpenAPI document. */
const takesMetadata: MiddlewareHandler = withFacts((_, next) => next(), { oauthJson: Registration })

/** Refusals in the words of RFC 7591 §3.2.2. */
interface RegistrationError {
  readonly error: 'invalid_redirect_uri' | 'invalid_client_metadata'
  readonly error_description: string
}

/**
 * Creates `POST /oauth/register` (RFC 7591), if apps may register themselves. Such an app is public, whatever it asks for, and people are asked about it
 * each time. It reads no cookie, so pages of clients elsewhere may call it.
 */
export function registrationRoutes(services: Services & ProviderPart) {
  const limited = limitClient(services, requestSourceOf)
  return new Hono<SignedInEnv>().post(
    '/oauth/register',
    openToOtherSites,
    limited,
    takesMetadata,
    async (c) => {
      // guard: apps register themselves only where the operator lets them
      if (!services.registrationIsOpen) throw new Problem('not-found')
      const app = await readRegistration(c)
      return 'error' in app ? c.json(app, 400) : register(c, services, app)
    },
  )
}

async function register(
  c: Context,
  { selfRegistered, accountKeys, clock }: Services & ProviderPart,
  app: AppMetadata,
): Promise<Response> {
  const now = clock()
  const id = `c_${encodeBase64url(randomBytes(16))}`
  const sources = await sourcesOf(accountKeys, requestSourceOf(c))
  const registered = await selfRegistered.register({ ...app, id, sources, now })
  if (registered.outcome === 'source-throttled')
    throw new Problem('too-many-attempts', {
      headers: { 'Retry-After': String(registered.retryAfterSeconds) },
    })
  const { name, redirectUris, scopes } = app
  const presented = {
    client_id: id,
    client_id_issued_at: now,
    ...(name === null ? {} : { client_name: name }),
    redirect_uris: redirectUris,
    // RFC 7591 §3.2.1: what is registered, whatever was asked for.
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    ...(scopes.length === 0 ? {} : { scope: scopes.join(' ') }),
  }
  return c.json(presented, 201)
}

async function readRegistration(c: Context): Promise<AppMetadata | RegistrationError> {
  const invalid = (error: RegistrationError['error'], error_description: string) => ({
    error,
    error_description,
  })
  if (parseReadableType(c.req.header('Content-Type') ?? '') !== 'json')
    return invalid('invalid_client_metadata', 'Send Content-Type: application/json.')
  const bytes = await readBody(c.req.raw, REGISTRATION_MAX_BYTES)
  if (bytes === null)
    return invalid('invalid_client_metadata', `Send at most ${REGISTRATION_MAX_BYTES} bytes.`)
  const read = v.safeParse(Registration, parseJson(bytes))
  if (!read.success) {
    const field = String(read.issues[0].path?.[0]?.key ?? 'The body')
    const error = field === 'redirect_uris' ? 'invalid_redirect_uri' : 'invalid_client_metadata'
    return invalid(error, `${field} is not as RFC 7591 §2 has it, or asks for what is not offered.`)
  }
  const app = toAppMetadata(read.output)
  // guard: all that an app registers can be used
  if (app === null || app.redirectUris.length !== new Set(read.output.redirect_uris).size)
    return invalid(
      'invalid_redirect_uri',
      'Send redirect_uris as https:// URLs, as URLs of this machine, or with a scheme of the app.',
    )
  return app
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    return null
  }
}
