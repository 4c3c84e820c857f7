import { beforeAll, describe, expect, it } from 'vitest'
import { makeKey, refusedAs } from '../support/api-keys'
import { granted, newClient, oauthService, postForm, RESOURCE } from '../support/oauth'
import { expectProblem, signedInPerson } from '../support/person'
import type { OwnService } from '../support/service'

let service: OwnService

beforeAll(() => {
  service = oauthService()
})

describe.each(['session', 'token'] as const)('connected apps of somebody in %s mode', (mode) => {
  it('are listed as on the page, and disconnected at once', async () => {
    const ada = await signedInPerson({ mode: 'session', service })
    const reader = await ada.signIn({ mode })
    const client = await newClient({ name: 'Notes' })
    const tokens = await granted(service, ada, client)
    await makeKey(ada)
    const listed = await reader.get('/apps')
    expect(listed).toMatchObject({
      status: 200,
      body: {
        apps: [{ client_id: client.id, name: 'Notes', host: null, scope: 'notes:read', resource: RESOURCE }],
      },
    })
    const [{ id }] = listed.body.apps
    const eve = await signedInPerson({ mode, service })
    expect((await eve.get('/apps')).body).toEqual({ apps: [] })
    expectProblem(await eve.post(`/apps/${id}/disconnect`), 404, 'not-found')
    expectProblem(await reader.post(`/apps/${ada.sessionId}/disconnect`), 404, 'not-found')
    expect((await reader.post(`/apps/${id}/disconnect`)).status).toBe(204)
    expect((await reader.get('/apps')).body).toEqual({ apps: [] })
    const refreshed = await postForm(
      service,
      '/oauth/token',
      { grant_type: 'refresh_token', refresh_token: tokens.refresh_token },
      { Authorization: `Basic ${btoa(`${client.id}:${client.secret}`)}` },
    )
    expect(refreshed).toMatchObject(refusedAs('invalid_grant'))
    expect((await ada.get('/me')).status).toBe(200)
  })
})
