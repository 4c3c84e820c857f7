import { decodeJwt } from 'jose'
import { describe, expect, inject, it } from 'vitest'
import { mailingService } from '../support/mail'
import { send } from '../support/person'
import { newBrowser, pathOf } from '../support/providers'
import { agree } from './agree'

// A provider that others have written, and that is certified: panva's oidc-provider, over HTTP.

const { issuer } = inject('issuer')

const service = mailingService({
  ALLOWED_ORIGINS: 'https://app.example.com',
  SOCIAL_PROVIDERS: 'panva',
  SOCIAL_PANVA_ISSUER: issuer,
  SOCIAL_PANVA_CLIENT_ID: 'janus',
  SOCIAL_PANVA_CLIENT_SECRET: 'a-secret-of-thirty-two-characters',
  SOCIAL_PANVA_DOMAINS: 'panva.example',
})

describe('a foreign OpenID provider', () => {
  it('signs people in with a cookie, and finds them again', async () => {
    const login = `ada-${crypto.randomUUID().slice(0, 8)}`
    const ids = []
    for (const _ of ['the first time', 'the second']) {
      const browser = newBrowser(service)
      const begun = await browser.request('POST', '/login/social/panva', { body: { mode: 'session' } })
      const back = await agree(begun.body.authorization_url, login)
      expect(back.searchParams.get('iss')).toBe(issuer)
      expect((await browser.request('GET', pathOf(service, back))).status).toBe(303)
      const { user } = (await browser.request('GET', '/me')).body
      expect(user).toMatchObject({ email: `${login}@panva.example`, email_verified: true, name: 'Filip' })
      ids.push(user.id)
    }
    expect(ids[0]).toBe(ids[1])
  })

  it('signs people in with tokens, and takes each code once', async () => {
    const login = `ada-${crypto.randomUUID().slice(0, 8)}`
    const body = { mode: 'token', return_to: 'https://app.example.com/signed-in' }
    const begun = await send(service, 'POST', '/login/social/panva', { body })
    const back = await agree(begun.body.authorization_url, login)
    const callback = await send(service, 'GET', pathOf(service, back))
    const { searchParams } = new URL(callback.headers.get('Location') ?? '')
    const parameters = { ...Object.fromEntries(searchParams), binding: begun.body.binding }
    const answer = await send(service, 'POST', '/login/social/confirm', { body: parameters })
    expect(answer.status, answer.text).toBe(201)
    expect(decodeJwt(answer.body.access_token)).toMatchObject({ amr: ['fed'], acr: 'urn:janus:1fa' })
    const again = await send(service, 'POST', '/login/social/confirm', { body: parameters })
    expect(again).toMatchObject({ status: 400, body: { code: 'social-refused' } })
    const refusals = service.log.filter(({ event }) => event === 'social-refused')
    expect(refusals).toMatchObject([{ reason: 'code' }])
  })
})
