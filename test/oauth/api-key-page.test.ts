import { beforeAll, describe, expect, it } from 'vitest'
import { refusedAs } from '../support/api-keys'
import { oauthService, postForm, RESOURCE } from '../support/oauth'
import { exchangeKey } from '../support/oauth-machines'
import { type Person, send, signedInPerson } from '../support/person'
import type { OwnService } from '../support/service'

let service: OwnService

beforeAll(() => {
  service = oauthService()
})

describe('the page of API keys', () => {
  const browser = { Accept: 'text/html', 'Sec-Fetch-Site': 'same-origin' }

  async function onPage(person: Person, own: OwnService = service) {
    const headers = { ...person.headers, ...browser }
    const page = await send(own, 'GET', '/account/api-keys', { headers })
    return { headers, page }
  }

  it('makes a key by a form, shows it once, and revokes it', async () => {
    const ada = await signedInPerson({ mode: 'session', service })
    const { headers, page } = await onPage(ada)
    expect(page.status).toBe(200)
    const form = new URLSearchParams({
      account_id: ada.userId,
      name: 'Phone',
      resource: RESOURCE,
      expires_in_days: '30',
    })
    form.append('scope', 'notes:read')
    form.append('scope', 'notes:write')
    const made = await postForm(service, '/api-keys', form as unknown as Record<string, string>, headers)
    expect(made.status).toBe(200)
    expect(made.headers.get('Cache-Control')).toBe('no-store')
    const [secret = ''] = /jk_[0-9A-Za-z]{49}/.exec(made.text) ?? []
    expect((await exchangeKey(service, secret)).body.scope).toBe('notes:read notes:write')
    const again = await onPage(ada)
    expect(again.page.text).toContain('Phone')
    expect(again.page.text).not.toContain(secret)
    const [, id = ''] = /\/api-keys\/([\w-]{22})\/revoke/.exec(again.page.text) ?? []
    const revoked = await postForm(service, `/api-keys/${id}/revoke`, { account_id: ada.userId }, headers)
    expect([revoked.status, revoked.headers.get('Location')]).toEqual([303, '/account/api-keys'])
    expect(await exchangeKey(service, secret)).toMatchObject(refusedAs('invalid_request'))
    const reload = await send(service, 'GET', '/api-keys', { headers })
    expect([reload.status, reload.text.includes('id="keys-section"')]).toEqual([200, true])
  })

  it('asks again for what is missing, and makes nothing', async () => {
    const ada = await signedInPerson({ mode: 'session', service })
    const { headers } = await onPage(ada)
    const fields = { account_id: ada.userId, resource: RESOURCE, expires_in_days: '30' }
    for (const missing of [{ name: 'x' }, { name: ' ', scope: 'notes:read' }]) {
      const answer = await postForm(service, '/api-keys', { ...fields, ...missing }, headers)
      expect(answer.status).toBe(400)
      expect(answer.text).toContain('role="alert"')
      // What was typed is there again.
      expect(answer.text).toContain(`value="${missing.name.trim()}"`)
      expect(answer.text).toContain('<option value="30" selected')
    }
    const half = await postForm(service, '/api-keys', { ...fields, name: '', scope: 'notes:write' }, headers)
    expect(half.text).toMatch(/value="notes:write" checked/)
    expect(half.text).not.toMatch(/value="notes:read" checked/)
    const other = await postForm(
      service,
      '/api-keys',
      { ...fields, name: 'x', scope: 'notes:read', account_id: 'another' },
      headers,
    )
    expect(other.status).toBe(409)
    expect((await ada.get('/api-keys')).body.api_keys).toEqual([])
  })

  it('offers no form without a recent proof, and leads to one', async () => {
    const own = oauthService()
    const ada = await signedInPerson({ mode: 'session', service: own })
    own.ahead = 11 * 60
    const { page } = await onPage(ada, own)
    expect(page.text).toContain('/reauthenticate?return_to=%2Faccount%2Fapi-keys')
    expect(page.text).not.toContain('name="scope"')
  })
})
