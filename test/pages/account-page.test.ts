import { describe, expect, it } from 'vitest'
import { AccountPage } from '../../src/pages/account-page'
import { groupEvents } from '../../src/pages/activity-groups'
import { accountProps, elementsOf, pageContext } from '../support/pages'
import { send, signedInPerson } from '../support/person'
import { deployed, ownService } from '../support/service'

const HTML = { Accept: 'text/html' }
const event = {
  at: 1_800_000_000,
  event: 'session-ended',
  outcome: 'success',
  reason: 'signed-out-everywhere',
  requestId: 'one',
  country: null,
  device: null,
} as const

describe('groupEvents', () => {
  it.each([
    { differs: 'nothing', change: {}, rows: 1 },
    { differs: 'the instant', change: { at: event.at + 1 }, rows: 2 },
    { differs: 'the reason', change: { reason: 'password-changed' }, rows: 2 },
    { differs: 'the request', change: { requestId: 'two' }, rows: 2 },
    { differs: 'the event', change: { event: 'signed-in' }, rows: 2 },
  ])('has $rows where $differs differs', ({ change, rows }) => {
    expect(groupEvents([event, { ...event, ...change }], true)).toHaveLength(rows)
  })

  it('makes one row of nothing but sessions that ended, and of none that others stand between', () => {
    const signedIn = { ...event, event: 'signed-in' }
    expect(groupEvents([signedIn, signedIn], true)).toHaveLength(2)
    expect(groupEvents([event, signedIn, event], true)).toHaveLength(3)
    expect(groupEvents([], true)).toEqual([])
  })

  it('says that there may be more where the list was cut', () => {
    const cut = groupEvents([event, event], false)
    expect(cut).toEqual([{ ...event, count: 2, orMore: true }])
    expect(groupEvents([event, event], true)).toEqual([{ ...event, count: 2, orMore: false }])
    expect(groupEvents([event], false)).toEqual([{ ...event, count: 1, orMore: false }])
  })
})

describe('the account page', () => {
  it('says once that five devices were signed out together', async () => {
    const ada = await signedInPerson({ mode: 'session' })
    for (let device = 0; device < 5; device++) await ada.signIn()
    await ada.post('/logout/all', { keep_current: true })
    const { text } = await send(deployed, 'GET', '/account', { headers: { ...ada.headers, ...HTML } })
    expect(text.match(/Signed out on 5 devices/g)).toHaveLength(1)
    expect(text).not.toContain('>Signed out<')
  })

  it.each([
    ['1', '1 day'],
    ['30', '30 days'],
  ])('says that the audit trail outlives the account by %s', async (setting, words) => {
    const service = ownService({ AUDIT_RETENTION_DAYS: setting })
    const ada = await signedInPerson({ mode: 'session', service })
    const { text } = await send(service, 'GET', '/account', { headers: { ...ada.headers, ...HTML } })
    expect(text).toContain(`stays in a security log for ${words}, so that`)
  })

  it('takes no password of whoever has none: a proof of the last minutes, or it leads to one', async () => {
    const props = accountProps('ada@example.com', pageContext())
    const pageOf = (proof: 'recent' | 'needed') =>
      elementsOf(String(AccountPage({ ...props, user: { ...props.user, hasPassword: false, proof } })))
    const formsOf = (elements: Awaited<ReturnType<typeof elementsOf>>) =>
      elements.flatMap(({ attributes }) => attributes.get('action') ?? [])
    const names = (elements: Awaited<ReturnType<typeof elementsOf>>) =>
      elements.flatMap(({ attributes }) => attributes.get('name') ?? [])
    const changes = ['/auth/password', '/auth/me/delete', '/auth/email/change']
    const recent = await pageOf('recent')
    expect(formsOf(recent)).toEqual(expect.arrayContaining(changes))
    expect(names(recent)).toContain('new_password')
    for (const field of ['password', 'current_password']) expect(names(recent)).not.toContain(field)

    const needed = await pageOf('needed')
    for (const path of changes) expect(formsOf(needed)).not.toContain(path)
    const confirm = '/auth/reauthenticate?return_to=%2Fauth%2Faccount'
    expect(needed.filter(({ attributes }) => attributes.get('href') === confirm)).toHaveLength(3)
  })

  it('tells the two ways to sign out elsewhere apart', () => {
    const page = String(AccountPage(accountProps('ada@example.com', pageContext())))
    expect(page).toContain('>Sign out all other devices<')
    expect(page).toContain('class="danger">Sign out everywhere, including here<')
  })
})
