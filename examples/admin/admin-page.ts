import { Hono } from 'hono'
import { html } from 'hono/html'
import type { Janus } from 'janus'
import type { AccountFacts, Administration, Changed } from 'janus/admin'

interface Parts {
  readonly auth: Pick<Janus, 'authenticate'>
  readonly admin: Administration
  /** Where Janus lets a person prove again who they are. */
  readonly proveAgainAt: string
}

/** A page for support staff, without scripts. Mount it where you like: `app.route('/admin', adminPage({ … }))`. */
export function adminPage({ auth, admin, proveAgainAt }: Parts) {
  const app = new Hono()

  const refuse = (problem: { status: number; body: { title: string; detail?: string; code: string } }) => {
    const { title, detail = '', code } = problem.body
    const again =
      code === 'insufficient-user-authentication'
        ? html`<p><a href="${proveAgainAt}">Prove who you are again</a></p>`
        : ''
    return page(title, html`<p>${detail}</p>${again}<p><a href="?">Back</a></p>`, problem.status)
  }

  app.get('/', async (c) => {
    const caller = await auth.authenticate(c.req.raw.headers, c.req.method)
    if (!caller.ok) return refuse(caller.problem)
    const { prefix = '', after } = c.req.query()
    const found = await admin.list(caller.principal, { prefix, ...(after ? { after } : {}) })
    if (!found.ok) return refuse(found.problem)
    const next = new URLSearchParams({ prefix, after: found.next ?? '' })
    return page(
      'Accounts',
      html`<form><label>Address <input name="prefix" value="${prefix}"></label> <button>Find</button></form>
<form method="post" action="?invite"><label>Invite <input name="email" type="email" required></label>
<label>Roles <input name="roles"></label> <button>Invite</button></form>
<table><thead><tr><th>Address<th>Roles<th>State<th>Change</thead><tbody>${found.accounts.map(row)}</tbody></table>
${found.next === null ? '' : html`<a href="?${next}">Next page</a>`}`,
    )
  })

  app.post('/', async (c) => {
    // With the method: a form of a foreign page is refused.
    const caller = await auth.authenticate(c.req.raw.headers, c.req.method)
    if (!caller.ok) return refuse(caller.problem)
    const form = await c.req.formData()
    const text = (name: string) => String(form.get(name) ?? '')
    const roles = text('roles')
      .split(/[\s,]+/)
      .filter(Boolean)
    const { principal } = caller
    if (c.req.query('invite') !== undefined) {
      const invited = await admin.invite(principal, { email: text('email'), roles })
      if (!invited.ok) return refuse(invited.problem)
      return page(
        'Invited',
        html`<p>${invited.link ?? 'The link is on its way.'}</p><p><a href="?">Back</a></p>`,
      )
    }
    const id = text('id')
    const changes: Readonly<Record<string, () => Promise<Changed>>> = {
      roles: () => admin.setRoles(principal, id, roles),
      disable: () => admin.disable(principal, id),
      enable: () => admin.enable(principal, id),
      'end-sessions': () => admin.endSessions(principal, id),
      delete: () => admin.delete(principal, id),
    }
    const change = Object.hasOwn(changes, text('do')) ? changes[text('do')] : undefined
    if (!change) return page('Unknown action', html`<p><a href="?">Back</a></p>`, 400)
    const answer = await change()
    return answer.ok ? c.redirect('?', 303) : refuse(answer.problem)
  })

  return app
}

function row({ id, email, roles, disabled_at, email_verified, open_sessions }: AccountFacts) {
  const state = [disabled_at && 'disabled', !email_verified && 'not verified', `${open_sessions} sessions`]
  const action = disabled_at === null ? 'disable' : 'enable'
  return html`<tr><td>${email}<td>${roles.join(', ')}<td>${state.filter(Boolean).join(', ')}<td>
<form method="post"><input type="hidden" name="id" value="${id}"><input name="roles" value="${roles.join(' ')}" aria-label="Roles of ${email}">
<button name="do" value="roles">Set roles</button> <button name="do" value="${action}">${action}</button>
<button name="do" value="end-sessions">End sessions</button> <button name="do" value="delete">Delete</button></form>`
}

function page(title: string, content: unknown, status = 200): Response {
  const body = html`<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${title}</title><h1>${title}</h1>${content}</html>`
  return new Response(String(body), {
    status,
    headers: {
      'Content-Type': 'text/html; charset=utf-8',
      'Cache-Control': 'no-store',
      'Content-Security-Policy': "default-src 'none'; form-action 'self'; frame-ancestors 'none'",
    },
  })
}
