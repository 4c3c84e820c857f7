// An app signs people in at the Janus that `npx janus dev` serves: the path of a developer, from the registration of the app on.
import * as openid from 'openid-client'
import { expect, it } from 'vitest'
import { CookieBrowser } from './cookie-browser.ts'
import { openIdRequest } from './openid-request.ts'

const REDIRECT = 'http://localhost:33420/callback'
const AFTER = 'http://localhost:33420/bye'

/** Holds what `janus dev` serves, and the command beside it. */
export interface ServedByDev {
  /** Says where Janus is mounted, which is its issuer. */
  readonly issuer: string
  /** Runs the command `janus`, and returns what it prints. Meanwhile this process notices which connections a server closes. */
  janus(...options: string[]): Promise<string>
}

/** Tests that the Worker of a project is an OpenID provider while it is developed. */
export function isProviderOf(served: () => ServedByDev): void {
  it('OP-06: openid-client signs a person in, asks who it is, refreshes and signs out, once janus clients add has registered it', async () => {
    const { issuer, janus } = served()
    const options = ['--redirect', REDIRECT, '--post-logout-redirect-uri', AFTER, '--json']
    const scope = ['--scope', 'openid email offline_access']
    const client = JSON.parse(await janus('clients', 'add', 'Dashboard', ...options, ...scope))
    const config = await openid.discovery(
      new URL(issuer),
      client.client_id,
      undefined,
      openid.ClientSecretBasic(client.client_secret),
      { execute: [openid.allowInsecureRequests, openid.enableNonRepudiationChecks] },
    )
    const { start, kept } = await openIdRequest(config, {
      redirect_uri: REDIRECT,
      scope: 'openid email',
    })

    const person = { email: 'lovelace@example.com', password: 'analytical engine no. 1' }
    const registered = await fetch(`${issuer}/register`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ ...person, mode: 'token' }),
    })
    const { user } = (await registered.json()) as { user: { id: string } }
    const browser = new CookieBrowser()
    const consent = await browser.submit(await browser.open(start), person)
    const { url } = await browser.submit(consent, { decision: 'allow' }, REDIRECT)

    const tokens = await openid.authorizationCodeGrant(config, url, { ...kept, idTokenExpected: true })
    expect(tokens.claims()).toMatchObject({ iss: issuer, sub: user.id })
    const told = await openid.fetchUserInfo(config, tokens.access_token, user.id)
    expect(told).toMatchObject({ sub: user.id, email: person.email })
    const fresh = await openid.refreshTokenGrant(config, tokens.refresh_token ?? '')
    expect(fresh.claims()?.sub).toBe(user.id)
    const leave = { id_token_hint: fresh.id_token ?? '', post_logout_redirect_uri: AFTER, state: 'bye' }
    const bye = await browser.open(openid.buildEndSessionUrl(config, leave), AFTER)
    expect(bye.url.href).toBe(`${AFTER}?state=bye`)
    await expect(openid.refreshTokenGrant(config, fresh.refresh_token ?? '')).rejects.toMatchObject({
      error: 'invalid_grant',
    })
  })
}
