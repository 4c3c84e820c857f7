// The client of MCP's own SDK meets a server that asks Janus, over HTTP: two Workers, and nobody registered the client.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type OAuthClientProvider, UnauthorizedError } from '@modelcontextprotocol/sdk/client/auth.js'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import type { OAuthTokens } from '@modelcontextprotocol/sdk/shared/auth.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type LocalService, startService, startWorker } from './local-service.ts'

const REDIRECT = 'http://127.0.0.1:33418/callback'

let janus: LocalService
let mcp: LocalService
let server: URL
let cookie: string

beforeAll(async () => {
  const port = await freePort()
  server = new URL(`http://localhost:${port}/mcp`)
  janus = await startWorker([
    'OAUTH_SERVER:on',
    'OAUTH_CLIENTS:open',
    `OAUTH_RESOURCES:${server} notes:read notes:write`,
    'REGISTRATION:open',
  ])
  const config = ['-c', 'examples/mcp/wrangler.toml', '--port', String(port), '--inspector-port', '0']
  const settings = ['--var', `ISSUER:${janus.url}`, '--var', `RESOURCE:${server}`]
  mcp = await startService(() => ({
    command: ['npx', 'wrangler', 'dev', ...config, ...settings],
    ready: /Ready on/,
  }))
  const registered = await postJson('/register', {
    email: 'ada@example.com',
    password: 'analytical engine no. 1',
    mode: 'session',
  })
  expect(registered.status).toBe(201)
  cookie = registered.headers
    .getSetCookie()
    .map((each) => each.split(';')[0])
    .join('; ')
})

afterAll(async () => {
  await mcp?.stop()
  await janus?.stop()
})

async function freePort(): Promise<number> {
  const holder = createServer()
  await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve))
  const { port } = holder.address() as AddressInfo
  await new Promise((resolve) => holder.close(resolve))
  return port
}

function postJson(path: string, body: object): Promise<Response> {
  return fetch(`${janus.url}${path}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  })
}

/** A person's app: it keeps what it is given, and a person at a browser allows what it asks for. */
class App implements OAuthClientProvider {
  readonly redirectUrl = REDIRECT
  readonly clientMetadata = {
    client_name: 'An assistant',
    redirect_uris: [REDIRECT],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
  }
  client: { client_id: string } | undefined
  kept: OAuthTokens | undefined
  verifier = ''
  answered: URLSearchParams | null = null

  clientInformation = () => this.client
  saveClientInformation = (client: { client_id: string }) => {
    this.client = client
  }
  tokens = () => this.kept
  saveTokens = (tokens: OAuthTokens) => {
    this.kept = tokens
  }
  saveCodeVerifier = (verifier: string) => {
    this.verifier = verifier
  }
  codeVerifier = () => this.verifier
  invalidateCredentials = () => {
    this.kept = undefined
  }

  async redirectToAuthorization(url: URL): Promise<void> {
    expect(url.searchParams.get('resource')).toBe(server.href)
    expect(url.searchParams.get('code_challenge_method')).toBe('S256')
    expect(url.searchParams.get('scope')).toBe('notes:read notes:write')
    const page = await (await fetch(url, { headers: { Cookie: cookie, Accept: 'text/html' } })).text()
    const field = (name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(page)?.[1] ?? ''
    const answer = await fetch(`${janus.url}/oauth/consent`, {
      method: 'POST',
      redirect: 'manual',
      headers: { Cookie: cookie, Accept: 'text/html', Origin: janus.url, 'Sec-Fetch-Site': 'same-origin' },
      body: new URLSearchParams({
        request: field('request'),
        account_id: field('account_id'),
        decision: 'allow',
      }),
    })
    this.answered = new URL(answer.headers.get('Location') ?? '').searchParams
  }
}

function connect(app: App) {
  const transport = new StreamableHTTPClientTransport(server, { authProvider: app })
  return { client: new Client({ name: 'test', version: '1' }), transport }
}

describe('the client of the MCP SDK', () => {
  const app = new App()

  it('learns from 401, RFC 9728 and RFC 8414 where to go, registers, signs in, and calls a tool', async () => {
    const first = connect(app)
    await expect(first.client.connect(first.transport)).rejects.toThrow(UnauthorizedError)
    expect(app.answered?.get('iss')).toBe(janus.url)
    await first.transport.finishAuth(app.answered?.get('code') ?? '')
    const { client, transport } = connect(app)
    await client.connect(transport)
    expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(['add_note'])
    const result = await client.callTool({ name: 'add_note', arguments: { text: 'Bernoulli' } })
    expect(JSON.stringify(result.content)).toMatch(/Kept for [\w-]{22}: Bernoulli/)
    await client.close()
  })

  it('refreshes when its access token is refused', async () => {
    const before = app.kept
    app.kept = { ...(before as OAuthTokens), access_token: 'expired' }
    const { client, transport } = connect(app)
    await client.connect(transport)
    expect((await client.listTools()).tools).toHaveLength(1)
    expect(app.kept.access_token).not.toBe('expired')
    expect(app.kept.refresh_token).not.toBe(before?.refresh_token)
    await client.close()
  })

  it('asks again once the person has ended its access', async () => {
    const listed = await fetch(`${janus.url}/sessions`, { headers: { Cookie: cookie } })
    const { sessions } = (await listed.json()) as { sessions: { id: string; app: object | null }[] }
    const grants = sessions.filter((session) => session.app !== null)
    expect(grants).toHaveLength(1)
    const headers = { Cookie: cookie, Origin: janus.url, 'Sec-Fetch-Site': 'same-origin' }
    for (const { id } of grants)
      expect((await fetch(`${janus.url}/sessions/${id}`, { method: 'DELETE', headers })).status).toBe(204)
    app.kept = { ...(app.kept as OAuthTokens), access_token: 'expired' }
    app.answered = null
    const { client, transport } = connect(app)
    await expect(client.connect(transport)).rejects.toThrow(UnauthorizedError)
    expect(app.answered).not.toBeNull()
  })
})
