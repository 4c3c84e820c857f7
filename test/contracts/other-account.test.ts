import { describe, expect, it } from 'vitest'
import { addPasskey, registerPasskey } from '../support/passkeys'
import { deviceOf, expectProblem, newEmail, PASSWORD, type Person, signedInPerson } from '../support/person'
import { addIdentity, linkAnswer, offerFor, socialService } from '../support/providers'

const service = socialService()
const NEW_PASSWORD = 'seven quiet minutes at sea'

/** Every route that does something to the account of its caller: what it is sent, besides whose account is meant. */
const ROUTES: Readonly<
  Record<
    string,
    (
      person: Person,
      other: { sessionId: string },
    ) => readonly [string, object] | Promise<readonly [string, object]>
  >
> = {
  'PATCH /me': () => ['/me', { name: 'Ada' }],
  'POST /me': () => ['/me', { name: 'Ada' }],
  'POST /me/delete': () => ['/me/delete', { password: PASSWORD }],
  'POST /reauthenticate': () => ['/reauthenticate', { password: PASSWORD }],
  'POST /password': () => ['/password', { current_password: PASSWORD, new_password: NEW_PASSWORD }],
  'POST /email/change': () => ['/email/change', { email: newEmail(), password: PASSWORD }],
  'POST /email/verify/resend': ({ email }) => ['/email/verify/resend', { email }],
  'POST /logout/all': () => ['/logout/all', { keep_current: true }],
  'POST /sessions/:id/end': (_, { sessionId }) => [`/sessions/${sessionId}/end`, {}],
  'POST /devices/:id/forget': (person) => [`/devices/${deviceOf(person).slice(0, 22)}/forget`, {}],
  'POST /passkeys/options': () => ['/passkeys/options', {}],
  'POST /passkeys': async (person) => ['/passkeys', { credential: await registerPasskey(person) }],
  'POST /passkeys/:id/rename': async (person) => [
    `/passkeys/${(await addPasskey(person)).id}/rename`,
    { name: 'Phone' },
  ],
  'POST /identities/connect': async ({ email }) => [
    '/identities/connect',
    { offer: await offerFor(service, email) },
  ],
  'POST /identities/confirm': async (person) => ['/identities/confirm', await linkAnswer(service, person)],
  'POST /identities/:provider/link': () => [
    '/identities/acme/link',
    { return_to: 'https://app.example.com/' },
  ],
  'POST /identities/:id/remove': async (person) => [
    `/identities/${await addIdentity(service, person)}/remove`,
    {},
  ],
  'POST /passkeys/:id/remove': async (person) => [`/passkeys/${(await addPasskey(person)).id}/remove`, {}],
}

function ask(person: Person, route: string, path: string, body: object) {
  return route.startsWith('PATCH') ? person.patch(path, body) : person.post(path, body)
}

/** Returns everything that a route of the table could change, as the account's owner sees it. */
async function stateOf(person: Person) {
  const [me, sessions] = [await person.get('/me'), await person.get('/sessions')]
  expect([me.status, sessions.status]).toEqual([200, 200])
  return { user: me.body.user, sessions: sessions.body.sessions, mails: service.mailTo(person.email).length }
}

describe.each(['session', 'token'] as const)(
  'a request that says whose account it means, in %s mode',
  (mode) => {
    it.each(Object.entries(ROUTES))(
      '%s is refused for another account, and changes nothing',
      async (route, make) => {
        const [ada, eve] = [await signedInPerson({ mode, service }), await signedInPerson({ mode, service })]
        const other = await ada.signIn()
        const [path, body] = await make(ada, other)
        const before = await stateOf(ada)
        const refused = await ask(ada, route, path, { ...body, account_id: eve.userId })
        expectProblem(refused, 409, 'account-mismatch')
        expect(refused.cookies).toEqual({})
        expect(await stateOf(ada)).toEqual(before)
        expect((await other.get('/me')).status).toBe(200)

        const done = await ask(ada, route, path, { ...body, account_id: ada.userId })
        // Where there is a cookie, the browser itself comes back.
        if (mode === 'session' && route === 'POST /identities/confirm') expect(done.status).toBe(400)
        else expect(done.status, done.text).toBeLessThan(300)
      },
    )

    it.each(['', 'x', null, 7])('is refused unless it is the id of the account: %j', async (account_id) => {
      const ada = await signedInPerson({ mode, service })
      const answer = await ada.patch('/me', { name: 'Ada', account_id })
      expect([409, 422]).toContain(answer.status)
      expect((await ada.get('/me')).body.user.name).toBeNull()
    })
  },
)
