import { html } from 'hono/html'
import { expect, it } from 'vitest'
import { Layout } from '../../src/pages/layout'
import type { Screen } from '../../src/pages/screen'
import { SCREENS } from '../../src/pages/screens'
import { createApp } from '../../src/wiring/app'
import { createPages } from '../../src/wiring/create-pages'
import { mailingService } from '../support/mail'
import { type OwnService, ownService } from '../support/service'

/** A page that Janus does not have: all that is known of it is this record. */
const feedback: Screen = {
  path: '/feedback',
  needsMail: true,
  refusal: ({ registration }) => (registration === 'closed' ? 'registration-closed' : null),
  asksForAddress: true,
  form: ({ context }, { values }) =>
    Layout({
      context,
      title: 'Feedback',
      children: html`<h1>Your feedback, ${values.email ?? 'stranger'}</h1>`,
    }),
  done: ({ context, done }) => Layout({ context, title: 'Thanks', children: html`<h1>Thanks, ${done}</h1>` }),
}

/** Returns a service with that page, as a browser sees it. */
function browserAt({ services }: OwnService) {
  const app = createApp(services, {
    createPages: (own) => createPages(own, { screens: [...SCREENS, feedback] }),
  })
  return async (method: 'GET' | 'POST', path: string, fields?: Record<string, string>) => {
    const { origin } = new URL(services.config.issuer)
    const answer = await app.request(`${services.config.issuer}${path}`, {
      method,
      headers: { Accept: 'text/html', Origin: origin, 'Sec-Fetch-Site': 'same-origin' },
      ...(fields ? { body: new URLSearchParams(fields) } : {}),
    })
    return { status: answer.status, text: await answer.text() }
  }
}

it.each(['', '/auth'])('a page is added by its record alone, with base path "%s"', async (basePath) => {
  const browser = browserAt(mailingService({ ISSUER: `https://example.com${basePath}` }))
  const open = await browser('GET', '/feedback')
  expect(open.status).toBe(200)
  expect(open.text).toContain('Your feedback, stranger')
  expect((await browser('GET', '/feedback?done=ada')).text).toContain('Thanks, ada')
  const typed = { to: '/feedback', email: 'ada@example.com' }
  expect((await browser('POST', '/login/other', typed)).text).toContain('Your feedback, ada@example.com')
  // What no record says is there is not: the form that posts to it is a route of the API.
  expect((await browser('POST', '/feedback', {})).status).toBe(405)
})

it('a page is there only where its record says', async () => {
  const withoutMail = browserAt(ownService())
  expect((await withoutMail('GET', '/feedback')).status).toBe(404)
  const closed = browserAt(mailingService({ REGISTRATION: 'closed' }))
  expect((await closed('GET', '/feedback')).status).toBe(403)
})
