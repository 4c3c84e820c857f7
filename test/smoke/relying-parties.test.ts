// Libraries by which apps sign people in judge Janus as an OpenID provider, over HTTP.
import * as openid from 'openid-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CookieBrowser } from './cookie-browser.ts'
import { runsMachinesGuide } from './machines-guide.ts'
import { openIdRequest } from './openid-request.ts'
import { type ProviderStage, SECRET, type StagePerson, startProvider } from './provider-stage.ts'
import { judgedByApache } from './relying-apache.ts'
import { judgedByOidcAgent } from './relying-oidc-agent.ts'
import { serveExpressApp, servePassportApp } from './relying-party-apps.ts'
import { judgedByPython } from './relying-python.ts'

let stage: ProviderStage

beforeAll(async () => {
  stage = await startProvider()
})

afterAll(() => stage?.janus.stop())

judgedByApache(() => stage)
judgedByPython(() => stage)
judgedByOidcAgent(() => stage)
runsMachinesGuide(() => stage)

describe('OP-06: openid-client', () => {
  const REDIRECT = 'http://localhost:33419/callback'
  const AFTER = 'http://localhost:33419/bye'

  /** Registers the app, and lets it read the metadata of Janus. */
  function discover(proof: openid.ClientAuth): Promise<openid.Configuration> {
    const clientId = stage.register('Dashboard', { redirectUri: REDIRECT, afterSignOut: AFTER })
    // The signature is verified, too, of an ID token that came from the token endpoint itself.
    const execute = [openid.allowInsecureRequests, openid.enableNonRepudiationChecks]
    return openid.discovery(new URL(stage.janus.url), clientId, undefined, proof, { execute })
  }

  /** Sends a person to Janus. @returns Where they come back, and what the app has kept. */
  async function visit(config: openid.Configuration, person: StagePerson) {
    const { start, kept } = await openIdRequest(config, {
      redirect_uri: REDIRECT,
      scope: 'openid profile email',
      max_age: '300',
    })
    return { url: (await person.signIn(start, REDIRECT)).url, kept }
  }

  it.each([
    ['client_secret_basic', openid.ClientSecretBasic(SECRET)],
    ['client_secret_post', openid.ClientSecretPost(SECRET)],
  ])('signs a person in with %s, asks who it is, refreshes, and signs out', async (_, proof) => {
    const person = await stage.newPerson()
    const config = await discover(proof)
    const { url, kept } = await visit(config, person)
    const tokens = await openid.authorizationCodeGrant(config, url, {
      ...kept,
      maxAge: 300,
      idTokenExpected: true,
    })
    expect(tokens.claims()).toMatchObject({ iss: stage.janus.url, sub: person.id, amr: ['pwd'] })
    expect(await openid.fetchUserInfo(config, tokens.access_token, person.id)).toEqual({
      sub: person.id,
      name: 'Ada Lovelace',
      email: person.email,
      email_verified: false,
    })
    const fresh = await openid.refreshTokenGrant(config, tokens.refresh_token ?? '')
    expect(fresh.claims()).toMatchObject({ sub: person.id, auth_time: tokens.claims()?.auth_time })

    expect(await person.isSignedIn()).toBe(true)
    const leave = { id_token_hint: fresh.id_token ?? '', post_logout_redirect_uri: AFTER, state: 'bye' }
    const bye = await person.browser.open(openid.buildEndSessionUrl(config, leave), AFTER)
    expect(bye.url.href).toBe(`${AFTER}?state=bye`)
    expect(await person.isSignedIn()).toBe(false)
    await expect(openid.refreshTokenGrant(config, fresh.refresh_token ?? '')).rejects.toMatchObject({
      error: 'invalid_grant',
    })
    await expect(openid.fetchUserInfo(config, fresh.access_token, person.id)).rejects.toMatchObject({
      status: 401,
    })
  })

  it('refuses a state, an issuer and a nonce that are none of its own', async () => {
    const config = await discover(openid.ClientSecretBasic(SECRET))
    const { url, kept } = await visit(config, await stage.newPerson())
    const elsewhere = new URL(url)
    elsewhere.searchParams.set('iss', 'http://localhost:1')
    const refusal = async (at: URL, others: object) => {
      const refused = openid.authorizationCodeGrant(config, at, { ...kept, ...others })
      const { message, cause } = await refused.then(
        () => new Error('accepted'),
        (error: Error) => error,
      )
      return `${message}: ${cause instanceof Error ? cause.message : ''}`
    }
    expect(await refusal(url, { expectedState: 'other' })).toContain('"state"')
    expect(await refusal(elsewhere, {})).toContain('"iss"')
    expect(await refusal(url, { expectedNonce: 'other' })).toContain('"nonce"')
  })
})

describe('OP-06: express-openid-connect', () => {
  it('signs a person in, asks who it is, refreshes, and signs out', async () => {
    const person = await stage.newPerson()
    const { url } = await serveExpressApp(stage.provider)
    const home = JSON.parse((await person.signIn(`${url}/login`)).text)
    expect(home).toMatchObject({
      claims: { iss: stage.janus.url, sub: person.id, amr: ['pwd'] },
      info: { sub: person.id, name: 'Ada Lovelace', email: person.email },
      renews: true,
    })
    const bye = await person.browser.open(`${url}/logout`)
    expect([bye.url.href, bye.text]).toEqual([`${url}/`, '{"claims":null}'])
    expect(await person.isSignedIn()).toBe(false)
  })

  it('OP-16: ends its session when Janus tells it of a sign-out elsewhere', async () => {
    const person = await stage.newPerson()
    const { url, isTold } = await serveExpressApp(stage.provider)
    expect(JSON.parse((await person.signIn(`${url}/login`)).text).claims.sub).toBe(person.id)
    await person.signOut()
    await isTold
    expect((await person.browser.open(`${url}/`)).text).toBe('{"claims":null}')
  })

  it('refuses an answer to a request that it did not make', async () => {
    const { url } = await serveExpressApp(stage.provider)
    const page = await new CookieBrowser().open(`${url}/callback?code=x&state=y&iss=${stage.janus.url}`)
    expect(page.status).toBe(400)
  })
})

describe('OP-06: passport-openidconnect', () => {
  interface SignedIn {
    readonly profile: {
      readonly id: string
      readonly displayName: string
      readonly emails: readonly object[]
    }
    readonly idToken: string
    readonly refreshToken: string
  }

  it('signs a person in with who they are, and the app signs them out', async () => {
    const person = await stage.newPerson()
    const url = await servePassportApp(stage.provider)
    const user = JSON.parse((await person.signIn(`${url}/login`)).text) as SignedIn
    expect(user).toMatchObject({
      issuer: stage.janus.url,
      profile: { id: person.id, displayName: 'Ada Lovelace', emails: [{ value: person.email }] },
      refreshToken: expect.stringMatching(/./),
    })
    const leave = new URLSearchParams({ id_token_hint: user.idToken, post_logout_redirect_uri: `${url}/bye` })
    const bye = await person.browser.open(`${stage.janus.url}/oauth/logout?${leave}`)
    expect([bye.url.href, bye.text]).toEqual([`${url}/bye`, '{"bye":true}'])
    expect(await person.isSignedIn()).toBe(false)
  })

  it('refuses an answer to a request that it did not make', async () => {
    const url = await servePassportApp(stage.provider)
    const page = await new CookieBrowser().open(`${url}/callback?code=x&state=y`)
    expect(page.status).toBe(403)
  })
})
