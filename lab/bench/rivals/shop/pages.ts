import type { Session } from 'better-auth'
import { html, raw } from 'hono/html'

/** Sends each form as JSON. Goes on to its `data-next`, shows its `data-done`, or shows why it was refused. */
const SCRIPT = `
for (const form of document.forms) form.onsubmit = async (event) => {
  event.preventDefault()
  const response = await fetch('/api/auth' + form.dataset.post, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(Object.fromEntries(new FormData(form))),
  })
  const { message } = await response.json()
  if (response.ok && form.dataset.next) location.href = form.dataset.next
  else document.querySelector('output').textContent = response.ok ? form.dataset.done : message
}`

const page = (title: string, body: unknown) => html`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<h1>${title}</h1>
${body}
<output></output>
<script type="module">${raw(SCRIPT)}</script>
</html>`

const email = html`<label>Email <input name="email" type="email" autocomplete="username" required></label>`
const password = (name: string, autocomplete: string) => html`
  <label>Password <input name="${name}" type="password" autocomplete="${autocomplete}" minlength="8" required></label>`

export const register = () =>
  page(
    'Create an account',
    html`
    <form data-post="/sign-up/email" data-done="Look into your mail to verify your address.">
      <input name="callbackURL" type="hidden" value="/account">
      <label>Name <input name="name" autocomplete="name" required></label>
      ${email} ${password('password', 'new-password')}
      <button>Create</button>
    </form>
    <a href="/login">Sign in</a>`,
  )

export const login = () =>
  page(
    'Sign in',
    html`
    <form data-post="/sign-in/email" data-next="/account">
      <input name="callbackURL" type="hidden" value="/account">
      ${email} ${password('password', 'current-password')}
      <button>Sign in</button>
    </form>
    <a href="/register">Create an account</a> <a href="/forgot-password">Forgot password?</a>`,
  )

export const forgotPassword = () =>
  page(
    'Forgot password',
    html`
    <form data-post="/request-password-reset" data-done="If there is an account, a mail is on its way.">
      <input name="redirectTo" type="hidden" value="/reset-password">
      ${email}
      <button>Send a link</button>
    </form>`,
  )

export const resetPassword = (token = '') =>
  page(
    'Choose a new password',
    html`
    <form data-post="/reset-password" data-next="/login">
      <input name="token" type="hidden" value="${token}">
      ${password('newPassword', 'new-password')}
      <button>Save</button>
    </form>`,
  )

export const account = (address: string, current: string, sessions: readonly Session[]) =>
  page(
    'Your sessions',
    html`
    <p>${address}</p>
    <ul>${sessions.map(
      (session) => html`
      <li>${session.userAgent}, ${session.ipAddress}, ${session.createdAt.toISOString()}
        <form data-post="/revoke-session" data-next="/account">
          <input name="token" type="hidden" value="${session.token}">
          <button>${session.token === current ? 'End this session' : 'End'}</button>
        </form>`,
    )}
    </ul>
    <form data-post="/sign-out" data-next="/login"><button>Sign out</button></form>`,
  )
