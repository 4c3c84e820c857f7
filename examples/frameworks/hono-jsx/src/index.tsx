import { env } from 'cloudflare:workers'
import { type Context, Hono } from 'hono'
import { createJanus, createMail, createPages } from 'janus'

const auth = createJanus(env, { createMail, createPages })

/** Returns who is asking; `null`: nobody is signed in. */
async function userOf(c: Context) {
  const verdict = await auth.authenticate(c.req.raw.headers, c.req.method)
  if (!verdict.ok) return null
  const answer = await auth.user(verdict.principal)
  return answer.ok ? answer.user : null
}

const app = new Hono()

app.route('/auth', auth)

app.get('/', async (c) => {
  const user = await userOf(c)
  return c.html(
    <Page title="Acme">
      {user ? (
        <p>
          Signed in as {user.email}. <a href="/private">Private</a>
        </p>
      ) : (
        <a href="/auth/login?return_to=/private">Sign in</a>
      )}
    </Page>,
  )
})

app.get('/private', async (c) => {
  const user = await userOf(c)
  if (!user) return c.redirect('/auth/login?return_to=/private', 303)
  return c.html(
    <Page title="Private">
      <p>Only for {user.email}.</p>
      <form method="post" action="/auth/logout">
        <input type="hidden" name="return_to" value="/" />
        <button type="submit">Sign out</button>
      </form>
    </Page>,
  )
})

// A page of one's own in place of Janus's: OWN_PAGES in wrangler.jsonc leads here, with `return_to`, and with `problem` if a form was refused.
app.get('/sign-in', (c) => {
  const { return_to = '/', problem } = c.req.query()
  return c.html(
    <Page title="Sign in to Acme">
      {problem && (
        <p role="alert">{problem === 'invalid-credentials' ? 'That was not right.' : 'Please try again.'}</p>
      )}
      <form method="post" action="/auth/login">
        <input type="hidden" name="return_to" value={return_to} />
        <label>
          Email address <input name="email" type="email" autocomplete="username" required />
        </label>
        <label>
          Password <input name="password" type="password" autocomplete="current-password" required />
        </label>
        <button type="submit">Sign in</button>
      </form>
      <a href={`/auth/register?return_to=${encodeURIComponent(return_to)}`}>Create one</a>
    </Page>,
  )
})

function Page({ title, children }: { title: string; children?: unknown }) {
  return (
    <html lang="en">
      <head>
        <title>{title}</title>
      </head>
      <body>
        <h1>{title}</h1>
        {children}
      </body>
    </html>
  )
}

export default { fetch: app.fetch, scheduled: () => auth.sweep() }
