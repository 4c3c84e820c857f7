import { open } from '../../guards/open-route'
import { Hono } from '../../http/hono'
import { Problem } from '../../http/problem'
import { KEY_SET_MAX_AGE_SECONDS } from '../../keys/key-succession'
import type { Services } from '../../services'

/** Creates the route of the public keys of access tokens and ID tokens (RFC 7517 §5), for anyone who verifies them. */
export function keySetRoutes({ config, signingKeys, providerPart }: Services) {
  return new Hono().get('/.well-known/jwks.json', open, async (c) => {
    const isNeeded = config.modes.includes('token') || providerPart !== null
    const own = isNeeded ? await signingKeys.keySet() : null
    const ofIdTokens = await providerPart?.idTokens.keySet()
    if (!own && !ofIdTokens)
      throw new Problem('not-found', {
        detail: 'This service publishes no key set, because JWT_ALG is HS256 or tokens are not offered.',
      })
    c.header('Cache-Control', `public, max-age=${KEY_SET_MAX_AGE_SECONDS}`)
    c.header('Access-Control-Allow-Origin', '*')
    c.header('Cross-Origin-Resource-Policy', 'cross-origin')
    return c.json({ keys: [...(own ?? []), ...(ofIdTokens ?? [])] })
  })
}
