import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { exportJWK, generateKeyPair } from 'jose'
import { Provider } from 'oidc-provider'
import { createAdapter } from './oidc-adapter.ts'

/**
 * oidc-provider in one Node process, as its documentation has it: a JWT for the resource, ES256 as the others, refresh tokens that are rotated.
 * `GET /interaction/…` believes `X-Person` who it is and agrees for them, once. `GET /protected` asks its session.
 */
const { CLIENT_ID = '', RESOURCE = '', SCOPE = '', FOLDER = '' } = process.env
const { privateKey } = await generateKeyPair('ES256', { extractable: true })

const provider = new Provider('https://bench.example', {
  adapter: createAdapter(join(FOLDER, 'oidc-provider.sqlite')),
  clients: [
    {
      client_id: CLIENT_ID,
      token_endpoint_auth_method: 'none',
      redirect_uris: ['https://app.example/cb'],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      id_token_signed_response_alg: 'ES256',
    },
  ],
  jwks: { keys: [{ ...(await exportJWK(privateKey)), kid: 'bench', alg: 'ES256', use: 'sig' }] },
  cookies: { keys: [randomBytes(32).toString('base64url')] },
  findAccount: (_: unknown, accountId: string) => ({ accountId, claims: () => ({ sub: accountId }) }),
  interactions: { url: (_: unknown, { uid }: { readonly uid: string }) => `/interaction/${uid}` },
  features: {
    devInteractions: { enabled: false },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: () => ({
        scope: SCOPE,
        audience: RESOURCE,
        accessTokenTTL: 900,
        accessTokenFormat: 'jwt',
        jwt: { sign: { alg: 'ES256' } },
      }),
      useGrantedResource: () => true,
    },
  },
  rotateRefreshToken: true,
  issueRefreshToken: () => true,
  ttl: {
    AccessToken: 900,
    AuthorizationCode: 60,
    Grant: 2_592_000,
    IdToken: 900,
    Interaction: 600,
    RefreshToken: 2_592_000,
    Session: 2_592_000,
  },
})

provider.use(async (ctx, next) => {
  if (ctx.path === '/protected') {
    const { accountId } = await provider.Session.get(ctx)
    ctx.status = accountId === undefined ? 401 : 200
    ctx.body = accountId === undefined ? {} : { user_id: accountId }
    return
  }
  if (!ctx.path.startsWith('/interaction/')) return next()
  const { prompt, params, session } = await provider.interactionDetails(ctx.req, ctx.res)
  ctx.respond = false
  if (prompt.name === 'login') {
    await provider.interactionFinished(ctx.req, ctx.res, {
      login: { accountId: String(ctx.get('X-Person')) },
    })
    return
  }
  const grant = new provider.Grant({
    accountId: String(session?.accountId),
    clientId: String(params.client_id),
  })
  grant.addOIDCScope('openid')
  grant.addResourceScope(RESOURCE, SCOPE)
  await provider.interactionFinished(ctx.req, ctx.res, { consent: { grantId: await grant.save() } })
})

const server = createServer(provider.callback()).listen(0, '127.0.0.1', () => {
  const address = server.address()
  if (address !== null && typeof address === 'object') process.send?.(address.port)
})
