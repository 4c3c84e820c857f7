import { expect, it } from 'vitest'
import { granted, newClient, oauthService, refresh } from '../support/oauth'
import { signedInPerson } from '../support/person'

it('what clients are granted counts towards the limit on sessions, and the one used least recently ends', async () => {
  const service = oauthService({ MAX_SESSIONS: '3' })
  const ada = await signedInPerson({ mode: 'session', service })
  const client = await newClient()
  const grants = []
  for (const ahead of [1, 2, 3]) {
    service.ahead = ahead
    await ada.get('/me')
    grants.push(await granted(service, ada, client, { scope: 'notes:read offline_access' }))
  }
  const alive = await Promise.all(grants.map(({ refresh_token }) => refresh(service, client, refresh_token)))
  expect(alive.map(({ status }) => status)).toEqual([200, 200, 200])
  expect((await ada.get('/sessions')).status).toBe(401)
})
