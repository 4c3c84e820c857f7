import { describe, expect, it } from 'vitest'
import type { AuthorizationBegun, IdentityOffered, ProviderAnswer } from '../../packages/client/social.ts'
import { createSocialClient } from '../../packages/client/social.ts'
import { FORMS, type Form, signedUpClient, type Wired, wiredClient } from '../support/client'
import { problemOf } from '../support/network'
import { PASSWORD } from '../support/person'
import { atGitHub, newSubject, type SocialService, type Subject, socialService } from '../support/providers'

const RETURN = { return_to: 'https://app.example.com/signed-in' }

/** Lets a person agree, and the browser come back. Returns what an app in token mode then has. */
async function agree(
  service: SocialService,
  { network }: Wired,
  { authorization_url, binding }: AuthorizationBegun,
  subject: Subject,
): Promise<ProviderAnswer> {
  const back = await service.provider.authorize(authorization_url, subject)
  const response = await network.fetch(back.href, { redirect: 'manual', ...{ credentials: 'include' } })
  expect(response.status).toBe(303)
  const { searchParams } = new URL(response.headers.get('Location') ?? '', service.issuer)
  return { state: '', ...Object.fromEntries(searchParams), binding: binding ?? '' }
}

describe.each(Object.keys(FORMS) as Form[])('providers of a client, %s', (form) => {
  const isToken = FORMS[form].mode === 'token'

  it('signs in at one, and is signed in once it is confirmed', async () => {
    const service = socialService()
    const wired = wiredClient(form, service)
    const social = createSocialClient(wired.client)
    expect((await social.providers()).providers).toContainEqual({ name: 'acme', label: 'acme' })
    const subject = newSubject()
    const begun = await social.begin('acme', RETURN)
    expect(typeof begun.binding).toBe(isToken ? 'string' : 'undefined')
    const answer = await agree(service, wired, begun, subject)
    if (isToken) {
      expect(await wired.client.me()).toBeNull()
      expect(await problemOf(social.confirm({ ...answer, binding: 'x' }))).toMatchObject({
        code: 'social-refused',
      })
      const signedIn = await social.confirm(answer)
      expect(signedIn).toMatchObject({ user: { email: subject.email } })
      expect(JSON.stringify(signedIn)).not.toMatch(/_token/)
      expect(wired.heard).toEqual([false, true])
    }
    expect(await wired.client.me()).toMatchObject({ user: { email: subject.email } })
    expect(await problemOf(social.begin('../register', RETURN))).toMatchObject({ code: 'not-found' })
  })

  it('links an identity to the account, lists and unlinks it', async () => {
    const service = socialService()
    const wired = await signedUpClient(form, service)
    const social = createSocialClient(wired.client)
    const subject = newSubject()
    const answer = await agree(service, wired, await social.beginLinking('acme', RETURN), subject)
    if (isToken) expect(await social.confirmLinking(answer)).toBeUndefined()
    const { identities } = await social.identities()
    expect(identities).toMatchObject([{ provider: 'acme', label: 'acme', email: subject.email }])
    expect(await social.unlink(identities[0]?.id ?? '')).toBeUndefined()
    expect((await social.identities()).identities).toEqual([])
    expect(await problemOf(social.unlink('../me'))).toMatchObject({ code: 'not-found' })
  })

  it('SOC-03: connects the identity that found an account, once the person has signed in', async () => {
    const service = socialService()
    const wired = await signedUpClient(form, service)
    const { client, email } = wired
    await client.signOut()
    const social = createSocialClient(client)
    const { provider, subject } = atGitHub(email)
    const answer = await agree(service, wired, await social.begin(provider, RETURN), subject as Subject)
    const offered = isToken ? ((await social.confirm(answer)) as IdentityOffered) : null
    if (offered) expect(offered).toMatchObject({ next: ['sign-in'], offer: expect.any(String) })
    expect(await client.me()).toBeNull()
    await client.signIn({ email, password: PASSWORD })
    expect(await social.connect(offered ? { offer: offered.offer } : {})).toBeUndefined()
    expect((await social.identities()).identities).toMatchObject([{ provider, email }])
  })
})
