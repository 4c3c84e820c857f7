import { beforeAll, describe, expect, it } from 'vitest'
import { granted, newClient, oauthService, refresh, type TestClient } from '../support/oauth'
import { clientOf, PASSWORD, type Person, type SignedIn, send, signedInPerson } from '../support/person'
import type { OwnService } from '../support/service'

// Whoever allows an app in a browser reads: "Its access ends when you sign out in this browser". So it does, whatever took the place of the
// session meanwhile.

let service: OwnService
let client: TestClient

beforeAll(async () => {
  service = oauthService()
  client = await newClient()
})

/** Signs in in the browser in which a person is signed in already. */
async function signInAfter(headers: Readonly<Record<string, string>>, who: Person): Promise<SignedIn> {
  const body = { email: who.email, password: PASSWORD, mode: 'session' }
  return clientOf(service, 'session', await send(service, 'POST', '/login', { headers, body }))
}

async function proveAgain(who: Person): Promise<SignedIn> {
  return clientOf(service, 'session', await who.post('/reauthenticate', { password: PASSWORD }))
}

describe.each([
  ['notes:read', 400],
  ['notes:read offline_access', 200],
])('OUT-05, OP-08: what an app was granted with %s', (scope, afterSignOut) => {
  it.each([
    ['proved again who they are', proveAgain],
    ['signed in again in the same browser', (who: Person) => signInAfter(who.headers, who)],
  ])('goes on after its person %s, and ends with their sign-out', async (_, act) => {
    const grace = await signedInPerson({ mode: 'session', service })
    const first = await granted(service, grace, client, { scope })
    const now = await act(grace)
    expect(now.sessionId).not.toBe(grace.sessionId)
    const second = await refresh(service, client, first.refresh_token)
    expect(second.status).toBe(200)
    await now.post('/logout')
    expect((await refresh(service, client, second.body.refresh_token)).status).toBe(afterSignOut)
  })

  it('INC-26: ends where somebody else signs in in the browser', async () => {
    const [grace, eve] = [
      await signedInPerson({ mode: 'session', service }),
      await signedInPerson({ mode: 'session', service }),
    ]
    const { refresh_token } = await granted(service, grace, client, { scope })
    await signInAfter(grace.headers, eve)
    expect((await refresh(service, client, refresh_token)).status).toBe(afterSignOut)
  })

  it('is not touched by a sign-in with a cookie that is not proven, nor by one elsewhere', async () => {
    const [grace, eve] = [
      await signedInPerson({ mode: 'session', service }),
      await signedInPerson({ mode: 'session', service }),
    ]
    const { refresh_token } = await granted(service, grace, client, { scope })
    const forged = {
      Cookie: (grace.headers.Cookie ?? '').replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')),
    }
    await signInAfter(forged, eve)
    await signInAfter({}, eve)
    await (await signInAfter({}, grace)).post('/logout')
    expect((await refresh(service, client, refresh_token)).status).toBe(200)
  })
})
