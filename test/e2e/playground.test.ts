import { describe, expect } from 'vitest'
import { cookieNameAt, credentialCookies, it } from './stage.ts'
import type { Visitor } from './visitor.ts'

const SIDES = ['Session', 'Token'] as const
type Side = (typeof SIDES)[number]

/** Returns the side of the page that is about a mode. */
function side({ page }: Visitor, name: Side) {
  return page.getByRole('region', { name, exact: true })
}

/** Presses a button of a side, and gives what it was answered. */
async function call(visitor: Visitor, name: Side, route: string, button = 'Call'): Promise<number> {
  const [method = '', path = ''] = route.split(' ')
  const answered = visitor.page.waitForResponse(
    (response) => response.request().method() === method && response.url().includes(path),
  )
  const row = side(visitor, name).getByRole('listitem').filter({ hasText: route })
  await row.getByRole('button', { name: button }).click()
  return (await answered).status()
}

/** Refusals are what is looked for here. */
function forgive(visitor: Visitor): void {
  const refusals = visitor.faults.filter((fault) => fault.startsWith('answer: 401'))
  for (const refusal of refusals) visitor.faults.splice(visitor.faults.indexOf(refusal), 1)
}

async function begin(visitor: Visitor): Promise<void> {
  await visitor.go('/playground')
  await visitor.page.getByRole('button', { name: 'Make an account, sign in both ways' }).click()
  for (const name of SIDES) await side(visitor, name).getByText('live', { exact: true }).waitFor()
}

describe('the playground', () => {
  it('signs one account in both ways, and shows what each is made of', async ({ visit }) => {
    const visitor = await visit()
    await begin(visitor)
    expect(await visitor.page.getByText(/^Signed in as ada-\w+@example\.com\.$/).count()).toBe(1)
    expect((await credentialCookies(visitor)).map(({ name }) => name)).toEqual([cookieNameAt(visitor.url)])
    const cookie = visitor.page.getByRole('region', { name: 'The cookie, and what it stands for' })
    expect(await cookie.innerText()).toMatch(/secret_hash\s+\S{6}… \(43 characters\)/)
    const tokens = visitor.page.getByRole('region', { name: 'The tokens, taken apart' })
    expect(await tokens.innerText()).toMatch(/Expires in 1[45]:\d\d/)
    expect(await tokens.innerText()).toMatch(/sid\s+registered, OpenID Connect/)
  })

  it('calls the same routes with either, and says what each call cost', async ({ visit }) => {
    const visitor = await visit()
    await begin(visitor)
    for (const name of SIDES) {
      expect(await call(visitor, name, 'GET /playground/whoami')).toBe(200)
      expect(await call(visitor, name, 'GET /me')).toBe(200)
    }
    expect(await call(visitor, 'Token', 'POST /refresh', 'Refresh')).toBe(200)
    const row = visitor.page.getByRole('row').filter({ hasText: 'GET /playground/whoami' })
    await expect.poll(() => row.count()).toBe(2)
    const costs = (await row.allInnerTexts()).map((text) => text.split('\t').slice(0, 7).join(' '))
    // Other visitors ask the same service at the same time, and the meter is one for all: test/playground has it exact.
    expect(costs).toEqual([
      expect.stringMatching(/^Token GET \/playground\/whoami 200( \d+){4}$/),
      expect.stringMatching(/^Session GET \/playground\/whoami 200( \d+){4}$/),
    ])
  })

  it('ends the session from the token side: it is refused at once', async ({ visit }) => {
    const visitor = await visit()
    await begin(visitor)
    expect(await call(visitor, 'Session', 'DELETE /sessions', 'End')).toBe(204)
    await side(visitor, 'Session').getByText('ended', { exact: true }).waitFor()
    expect(await call(visitor, 'Session', 'GET /playground/whoami')).toBe(401)
    expect(await call(visitor, 'Token', 'GET /me')).toBe(200)
    forgive(visitor)
  })

  it('ends the tokens from the session side: the access token stays good, the refresh does not', async ({
    visit,
  }) => {
    const visitor = await visit()
    await begin(visitor)
    expect(await call(visitor, 'Token', 'DELETE /sessions', 'End')).toBe(204)
    await side(visitor, 'Token').getByText('ended, token still good').waitFor()
    expect(await call(visitor, 'Token', 'GET /playground/whoami')).toBe(200)
    expect(await call(visitor, 'Token', 'GET /me')).toBe(401)
    expect(await call(visitor, 'Token', 'POST /refresh', 'Refresh')).toBe(401)
    forgive(visitor)
  })

  it('remembers the cookie when the page is opened again, and not the tokens', async ({ visit }) => {
    const visitor = await visit()
    await begin(visitor)
    await visitor.go('/playground')
    await side(visitor, 'Session').getByText('live', { exact: true }).waitFor()
    await side(visitor, 'Token').getByText('not signed in', { exact: true }).waitFor()
  })

  it('shows the pictures without JavaScript, and no button that would do nothing', async ({ visit }) => {
    const visitor = await visit({ javaScript: false })
    await visitor.go('/playground')
    expect(await visitor.notice()).toContain('need JavaScript')
    expect(await visitor.page.getByRole('img').count()).toBe(2)
    expect(await visitor.page.getByRole('button').count()).toBe(0)
  })
})
