// Apps that sign people in at Janus by libraries of others.
import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import express, { type App, type Request } from 'express'
import { auth, type OpenidRequest } from 'express-openid-connect'
import { randomPKCECodeVerifier } from 'openid-client'
import { Passport } from 'passport'
import OpenIdStrategy from 'passport-openidconnect'
import { onTestFinished } from 'vitest'

export interface AppUrls {
  readonly redirectUri: string
  readonly afterSignOut: string
  /** Told of sign-outs; `null`: it is not. */
  readonly toldAt?: string | null
}

/** Janus, as these apps know it. */
export interface Provider {
  readonly issuer: string
  /** The secret of every app. */
  readonly secret: string
  /** Registers an app. @returns Its `client_id`. */
  register(name: string, urls: AppUrls): string
}

/** Serves an app on a port of its own until the test ends. */
async function serve(make: (url: string) => App): Promise<string> {
  const server = createServer((request, response) => app(request, response))
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const url = `http://localhost:${(server.address() as AddressInfo).port}`
  const app = make(url)
  return url
}

/** Returns an app whose pages say who is signed in. */
export async function serveExpressApp(janus: Provider) {
  const loggedOut = new Map<string, unknown>()
  let told = () => {}
  const isTold = new Promise<void>((resolve) => {
    told = resolve
  })
  const store = {
    get: (key: string, done: (error: null, value: unknown) => void) => done(null, loggedOut.get(key)),
    set: (key: string, value: unknown, done: (error: null) => void) => {
      loggedOut.set(key, value)
      done(null)
      told()
    },
    destroy: (key: string, done: (error: null) => void) => {
      loggedOut.delete(key)
      done(null)
    },
  }
  const url = await serve((baseURL) => {
    const clientID = janus.register('Notes', {
      redirectUri: `${baseURL}/callback`,
      afterSignOut: `${baseURL}/`,
      toldAt: `${baseURL}/backchannel-logout`,
    })
    const app = express()
    app.use(
      auth({
        issuerBaseURL: janus.issuer,
        baseURL,
        clientID,
        clientSecret: janus.secret,
        secret: janus.secret,
        authRequired: false,
        idpLogout: true,
        authorizationParams: { response_type: 'code', scope: 'openid profile email' },
        routes: { postLogoutRedirect: `${baseURL}/` },
        backchannelLogout: { store: store as never },
      }) as never,
    )
    app.get('/', async (request, response) => {
      const { oidc } = request as unknown as OpenidRequest
      if (!oidc.isAuthenticated()) return response.json({ claims: null })
      const renewed = await oidc.accessToken?.refresh()
      response.json({
        claims: oidc.idTokenClaims,
        info: await oidc.fetchUserInfo(),
        renews: renewed !== undefined,
      })
    })
    return app
  })
  return { url, isTold }
}

/** Passport's strategy sends no PKCE: an app adds it where the strategy lets itself be extended. */
class StrategyWithPkce extends OpenIdStrategy {
  verifier = ''

  override authorizationParams() {
    const challenge = createHash('sha256').update(this.verifier).digest('base64url')
    return { code_challenge: challenge, code_challenge_method: 'S256' }
  }

  // Passport makes an object of its own for each request.
  override authenticate(request: Request, options?: object): void {
    const { _oauth2 } = this
    const session = request.session as { verifier?: string }
    session.verifier ??= randomPKCECodeVerifier()
    this.verifier = session.verifier
    this._oauth2 = Object.assign(Object.create(_oauth2), {
      getOAuthAccessToken: (code: string, parameters: object, done: unknown) =>
        _oauth2.getOAuthAccessToken(code, { ...parameters, code_verifier: session.verifier }, done),
    })
    super.authenticate(request, options)
  }
}

/** Returns an app whose `/callback` says who has signed in. */
export async function servePassportApp(janus: Provider): Promise<string> {
  const metadata = await (await fetch(`${janus.issuer}/.well-known/openid-configuration`)).json()
  const provider = metadata as Record<string, string>
  return serve((url) => {
    const clientID = janus.register('Wiki', { redirectUri: `${url}/callback`, afterSignOut: `${url}/bye` })
    const passport = new Passport()
    const settings = {
      issuer: provider.issuer,
      authorizationURL: provider.authorization_endpoint,
      tokenURL: provider.token_endpoint,
      userInfoURL: provider.userinfo_endpoint,
      clientID,
      clientSecret: janus.secret,
      callbackURL: `${url}/callback`,
      scope: 'profile email',
      nonce: 'sent',
      maxAge: 300,
      skipUserProfile: false,
    }
    const verify = (
      issuer: string,
      profile: object,
      _context: object,
      idToken: string,
      _accessToken: string,
      refreshToken: string,
      done: (error: null, user: object) => void,
    ) => done(null, { issuer, profile, idToken, refreshToken })
    passport.use(new StrategyWithPkce(settings, verify as never))
    const session = {}
    const app = express()
    app.use((request, _, next) => {
      request.session = session
      next()
    })
    const authenticate = passport.authenticate('openidconnect', { session: false })
    app.get('/login', authenticate)
    app.get('/callback', authenticate, (request, response) => response.json(request.user))
    app.get('/bye', (_, response) => response.json({ bye: true }))
    return app
  })
}
