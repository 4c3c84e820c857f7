import { stripTypeScriptTypes } from 'node:module'
import { compileFunction } from 'node:vm'
import { Hono } from 'hono'
import { html } from 'hono/html'
import { describe, expect, it } from 'vitest'
import { newWorker } from '../../packages/cli/init/mount.ts'

/** Returns the Worker that `janus init` writes, beside a Janus that gives these answers. */
function writtenWorker(answers: { readonly verdict: object; readonly user?: object }): Hono {
  const auth = Object.assign(new Hono(), {
    authenticate: async () => answers.verdict,
    user: async () => answers.user,
  })
  const known = { env: {}, Hono, html, createJanus: () => auth, janus: () => auth.fetch }
  const parts = ['createMail', 'createPages', 'createPasskeys', 'createSecondFactors']
  const code = stripTypeScriptTypes(newWorker('/auth'))
    .replace(/^import .*$/gm, '')
    .replace('export default', 'return')
  return compileFunction(code, [...Object.keys(known), ...parts])(...Object.values(known))
}

const refused = (status: number) => ({
  ok: false,
  problem: { status, headers: { 'X-Problem': 'yes' }, body: { code: 'of-the-problem' } },
})
const ADA = { ok: true, principal: { userId: 'ada' } }

describe('the home page that init writes', () => {
  it.each([
    ['Janus does not answer', { verdict: refused(503) }, 503],
    ['a request is refused', { verdict: refused(403) }, 403],
    ['the account cannot be read', { verdict: ADA, user: refused(503) }, 503],
  ])('says so where %s', async (_, answers, status) => {
    const answer = await writtenWorker(answers).fetch(new Request('https://example.com/'))
    expect([answer.status, answer.headers.get('X-Problem'), await answer.json()]).toEqual([
      status,
      'yes',
      { code: 'of-the-problem' },
    ])
  })

  it.each([
    ['who is not signed in', { verdict: refused(401) }],
    ['whose account is deleted', { verdict: ADA, user: { ok: true, user: null } }],
  ])('leads somebody %s to sign-in', async (_, answers) => {
    const answer = await writtenWorker(answers).fetch(new Request('https://example.com/'))
    expect([answer.status, answer.headers.get('Cache-Control')]).toEqual([200, 'no-store'])
    expect(await answer.text()).toContain('href="/auth/login"')
  })

  it('greets who is signed in, and gives the seal', async () => {
    const verdict = { ...ADA, setCookie: '__Host-seal=next' }
    const user = { ok: true, user: { name: null, email: 'ada@example.com' } }
    const answer = await writtenWorker({ verdict, user }).fetch(new Request('https://example.com/'))
    expect(await answer.text()).toContain('Hello, ada@example.com.')
    expect(answer.headers.getSetCookie()).toEqual(['__Host-seal=next'])
    expect(answer.headers.get('Cache-Control')).toBe('no-store')
  })
})
