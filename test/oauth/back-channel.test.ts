import { env } from 'cloudflare:workers'
import { decodeJwt } from 'jose'
import { beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { granted, oauthService, refresh } from '../support/oauth'
import {
  AFTER,
  endSession,
  listeningClient,
  readIdToken,
  readLogoutToken,
  signedInAt,
  TOLD,
} from '../support/openid'
import { clientOf, type Person, type SignedIn, send, signedInPerson } from '../support/person'
import type { OwnService } from '../support/service'
import { stopTime } from '../support/stop-time'

let service: OwnService
let person: Person

beforeAll(() => {
  service = oauthService()
})

beforeEach(async () => {
  person = await signedInPerson({ mode: 'session', service })
})

/** Records what clients are sent, and answers as they do. */
function listen(status: () => number = () => 200) {
  const sent: { readonly url: string; readonly token: string }[] = []
  const real = globalThis.fetch
  const spy = vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    const request = new Request(input as string, init as RequestInit)
    if (!request.url.startsWith('https://app.example/')) return real(input, init)
    expect(init).toMatchObject({ redirect: 'manual' })
    sent.push({
      url: request.url,
      token: new URLSearchParams(await request.text()).get('logout_token') ?? '',
    })
    return new Response(null, { status: status() })
  })
  onTestFinished(() => spy.mockRestore())
  return sent
}

describe('OP-16: back-channel logout', () => {
  it('BackchannelLogoutDiscoveryEndpointVerification: the metadata says that sign-outs are told, with their session', async () => {
    const { body } = await send(service, 'GET', '/.well-known/openid-configuration')
    expect(body).toMatchObject({
      issuer: service.issuer,
      backchannel_logout_supported: true,
      backchannel_logout_session_supported: true,
      end_session_endpoint: `${service.issuer}/oauth/logout`,
    })
  })

  it.each(['RS256', 'ES256'])(
    'BackChannelRpInitiatedLogout: the client is told by a logout token that is signed with %s',
    async (alg) => {
      const sent = listen()
      const own = await listeningClient({ alg })
      const { id_token } = await signedInAt(service, person, own)
      const { sid } = (await readIdToken(service, own, id_token)).payload
      await endSession(service, { id_token_hint: id_token }, person)
      expect(sent).toEqual([{ url: TOLD, token: expect.any(String) }])
      const mistaken = { id_token_hint: sent[0]?.token ?? '', post_logout_redirect_uri: AFTER }
      const answer = await endSession(service, mistaken)
      expect([answer.status, answer.headers.get('Location')]).toEqual([200, null])
      const { payload, header } = await readLogoutToken(service, own, sent[0]?.token ?? '')
      expect(header).toEqual({ alg, typ: 'logout+jwt', kid: expect.any(String) })
      expect(payload).toEqual({
        iss: service.issuer,
        aud: own.id,
        sub: person.userId,
        sid,
        iat: expect.any(Number),
        exp: (payload.iat ?? 0) + 120,
        jti: expect.any(String),
        events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
      })
      await service.sweep()
      expect(sent).toHaveLength(1)
    },
  )

  it.each([
    ['signed out', (who: Person) => who.post('/logout')],
    ['signed out everywhere', (who: Person) => who.post('/logout/all', {})],
    [
      'changed the password',
      (who: Person) =>
        who.post('/password', { current_password: who.password, new_password: `${who.password} 2` }),
    ],
    ['was deleted', (who: Person) => who.post('/me/delete', { password: who.password })],
    [
      'was disabled by an operator',
      (who: Person) =>
        env.DB.prepare('UPDATE users SET disabled_at = unixepoch() WHERE id = ?1').bind(who.userId).run(),
    ],
  ] as [string, (who: Person) => Promise<unknown>][])(
    'is sent once to each client after the person %s',
    async (_, act) => {
      const sent = listen()
      const [one, other] = [await listeningClient(), await listeningClient({ sector: 'app.example' })]
      const subjects = []
      for (const each of [one, other]) {
        const { id_token } = await signedInAt(service, person, each)
        subjects.push((await readIdToken(service, each, id_token)).payload.sub)
      }
      await act(person)
      await service.sweep()
      await service.sweep()
      const told = await Promise.all(
        sent.map(async ({ token }) => {
          for (const each of [one, other]) {
            const read = await readLogoutToken(service, each, token).catch(() => null)
            if (read) return read.payload.sub
          }
          return null
        }),
      )
      expect(told.sort()).toEqual(subjects.sort())
    },
  )

  it('is sent where access goes on after the sign-out, and the access does', async () => {
    const sent = listen()
    const own = await listeningClient()
    const tokens = await signedInAt(service, person, own, { scope: 'openid offline_access' })
    await person.post('/logout')
    await service.sweep()
    expect(sent).toHaveLength(1)
    expect((await refresh(service, own, tokens.refresh_token)).status).toBe(200)
  })

  it.each(['openid', 'openid offline_access'])(
    'INC-26: with %s is sent where another account signs in in the browser, and not where the person does again',
    async (scope) => {
      const sent = listen()
      const [own, other] = [await listeningClient(), await listeningClient({ sector: 'app.example' })]
      for (const each of [own, other]) await signedInAt(service, person, each, { scope })
      const signIn = async ({ email, password }: Person, { headers }: Pick<SignedIn, 'headers'>) => {
        const body = { email, password, mode: 'session' }
        return clientOf(service, 'session', await send(service, 'POST', '/login', { headers, body }))
      }
      const again = await signIn(person, person)
      await service.sweep()
      expect(sent).toEqual([])
      await signIn(await signedInPerson({ mode: 'session', service }), again)
      await service.sweep()
      await service.sweep()
      const told = sent.map(({ token }) => {
        const { aud, sub } = decodeJwt(token)
        return { aud, isAccount: sub === person.userId }
      })
      expect(told).toHaveLength(2)
      expect(told).toContainEqual({ aud: own.id, isAccount: true })
      expect(told).toContainEqual({ aud: other.id, isAccount: false })
    },
  )

  it('is not sent to a client that asked for no openid, nor to one that wants none', async () => {
    const sent = listen()
    const [plain, silent] = [await listeningClient(), await listeningClient({ uri: null })]
    await granted(service, person, plain, { scope: 'notes:read' })
    await signedInAt(service, person, silent)
    await person.post('/logout')
    await service.sweep()
    expect(sent).toEqual([])
  })

  it('is sent again with a new token until the client takes it, and given up after a day', async () => {
    stopTime()
    const statuses = [500, 302, 200]
    const sent = listen(() => statuses.shift() ?? 500)
    const own = oauthService()
    const client = await listeningClient()
    await signedInAt(own, person, client)
    await person.post('/logout')
    for (const [ahead, times] of [
      [0, 1],
      [59, 1],
      [61, 2],
      [120, 2],
      [182, 3],
      [9000, 3],
    ] as const) {
      own.ahead = ahead
      await Promise.all([own.sweep(), own.sweep(), own.sweep()])
      expect([ahead, sent.length]).toEqual([ahead, times])
    }
    expect(new Set(sent.map(({ token }) => token)).size).toBe(3)
    expect(own.log.filter(({ event }) => event === 'logout-not-delivered')).toMatchObject([
      { client_id: client.id, error: 'HTTP 500' },
      { client_id: client.id, error: 'HTTP 302' },
    ])

    const again = await signedInPerson({ mode: 'session', service: own })
    own.ahead = 0
    await signedInAt(own, again, client)
    await again.post('/logout')
    own.ahead = 24 * 3600 + 120
    await own.sweep()
    expect(own.log.filter(({ event }) => event === 'logout-given-up')).toHaveLength(1)
    own.ahead += 9000
    await own.sweep()
    expect(sent).toHaveLength(4)
  })
})
