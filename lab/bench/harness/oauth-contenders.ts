import type { Contender } from './contender.ts'
import { CONTENDERS } from './contenders.ts'
import { CLIENT_ID, clientRefresh, codeFlow, type Endpoints, RESOURCE, runOnce, SCOPE } from './oauth-flow.ts'
import { ask, type Person } from './person.ts'

/** Returns the authorization servers that are measured. Each gives the same app a JWT for the same resource, an ID token (ES256) and a refresh token. */

/** Lets everybody who enters use the app once, so that they have a refresh token. */
function provider(contender: Contender, endpoints: () => Endpoints): Contender {
  const { enter } = contender
  if (!enter) throw new Error(`${contender.name} knows nobody`)
  const flows = {
    codeFlow: (person: Person) => codeFlow(endpoints(), person),
    refresh: (person: Person) => clientRefresh(endpoints(), person),
  }
  return {
    ...contender,
    provider: flows,
    async enter(port, number) {
      const person = await enter(port, number)
      return { ...person, refreshCredential: await runOnce(port, flows.codeFlow(person)) }
    },
  }
}

async function prepare(port: number): Promise<void> {
  const { status, body } = await ask(port, '/prepare', { body: {} })
  if (status !== 200) throw new Error(`The app could not be registered: ${status} ${JSON.stringify(body)}`)
}

function janus(contender: Contender, name: string, server: string): Contender {
  const settings = { OAUTH_SERVER: 'on', OAUTH_RESOURCES: `${RESOURCE} ${SCOPE}`, MAX_SESSIONS: '1000' }
  return provider(
    { ...contender, name, server, settings: { ...contender.settings, ...settings }, prepare },
    () => ({
      authorize: '/auth/oauth/authorize',
      token: '/auth/oauth/token',
      redirectStatus: 303,
      scope: SCOPE,
    }),
  )
}

/** Its clients have ids of its own making. */
function betterAuth(): Contender {
  let clientId = ''
  const contender: Contender = {
    ...CONTENDERS.betterAuth,
    name: 'Better Auth, oauth-provider, D1',
    server: 'rivals/better-auth-provider.ts',
    settings: { RESOURCE, SCOPE },
    async prepare(port) {
      const { status, body } = await ask(port, '/prepare', { body: {} })
      if (status !== 200)
        throw new Error(`The app could not be registered: ${status} ${JSON.stringify(body)}`)
      clientId = body.client_id
    },
  }
  return provider(contender, () => ({
    authorize: '/api/auth/oauth2/authorize',
    token: '/api/auth/oauth2/token',
    redirectStatus: 302,
    // Without it there is no refresh token.
    scope: `offline_access ${SCOPE}`,
    clientId,
  }))
}

/** People sign in once, by a page that believes them, and the grant is kept. */
const oidcProvider: Contender = {
  name: 'Node: oidc-provider, SQLite file',
  server: 'rivals/oidc-provider.ts',
  isProgram: true,
  settings: { CLIENT_ID, RESOURCE, SCOPE },
  async enter(port, number) {
    const id = `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`
    const cookies = new Map<string, string>()
    const cookie = () => [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const [first] = codeFlow(OIDC_PROVIDER, { id, email: '', headers: {}, refreshCredential: '' })
    let path = first?.path.replace('{n}', '0') ?? ''
    while (!path.startsWith('/cb')) {
      const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
        headers: { 'X-Person': id, Cookie: cookie() },
        redirect: 'manual',
      })
      for (const line of answer.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
        if (value === '') cookies.delete(name)
        else cookies.set(name, value)
      }
      const location = answer.headers.get('Location')
      if (location === null) throw new Error(`Led nowhere: ${answer.status} ${await answer.text()}`)
      const { pathname, search } = new URL(location, 'https://bench.example')
      path = `${pathname}${search}`
    }
    return { id, email: '', headers: { Cookie: cookie() }, refreshCredential: '' }
  },
}

const OIDC_PROVIDER: Endpoints = { authorize: '/auth', token: '/token', redirectStatus: 303, scope: SCOPE }

export const OAUTH_CONTENDERS = {
  janus: janus(CONTENDERS.janusSession, 'Janus, provider, D1', 'servers/janus-provider.ts'),
  betterAuth: betterAuth(),
  nodeSqlite: janus(
    CONTENDERS.nodeSqlite,
    'Janus, provider, Node, SQLite file',
    CONTENDERS.nodeSqlite.server,
  ),
  oidcProvider: provider(oidcProvider, () => OIDC_PROVIDER),
} as const satisfies Record<string, Contender>
