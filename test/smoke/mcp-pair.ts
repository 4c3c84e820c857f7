// The example of an MCP server and the Janus that it asks, in two Workers, and what meets them there: people's apps, over HTTP.
import { createServer } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { OAuthClientProvider } from '@modelcontextprotocol/sdk/client/auth.js'
import type { OAuthTokens } from '@modelcontextprotocol/sdk/shared/auth.js'
import { expect } from 'vitest'
import { createAuthority } from '../support/smtp-server.ts'
import { CookieBrowser } from './cookie-browser.ts'
import { type LocalService, startDev, startService, startWorker } from './local-service.ts'

export const REDIRECT = 'http://127.0.0.1:33418/callback'
export const PASSWORD = 'analytical engine no. 1'

export interface Pair {
  readonly janus: LocalService
  /** Says where the MCP server is called, which is the resource. */
  readonly server: URL
  stop(): Promise<void>
}

/**
 * Starts both: Janus as `janus dev` serves it, or where a host of apps is given as a Worker that finds that host.
 */
export async function startPair(host: DocumentHost | null = null): Promise<Pair> {
  const port = await freePort()
  const server = new URL(`http://localhost:${port}/mcp`)
  const settings = [
    'OAUTH_SERVER:on',
    'OAUTH_CLIENTS:open',
    `OAUTH_RESOURCES:${server} notes:read notes:write`,
    'REGISTRATION:open',
    'BREACH_CHECK:off',
  ]
  const janus = host ? await startWorker([...settings, host.setting]) : await startDev(settings)
  const config = ['-c', 'examples/mcp/wrangler.toml', '--port', String(port), '--inspector-port', '0']
  const vars = ['--var', `ISSUER:${janus.url}`, '--var', `RESOURCE:${server}`]
  const mcp = await startService(() => ({
    command: ['npx', 'wrangler', 'dev', ...config, ...vars],
    ready: /Ready on/,
  })).catch(async (error: unknown) => {
    await janus.stop()
    throw error
  })
  return {
    janus,
    server,
    async stop() {
      await mcp.stop()
      await janus.stop()
    },
  }
}

export async function freePort(): Promise<number> {
  const holder = createServer()
  await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve))
  const { port } = holder.address() as AddressInfo
  await new Promise((resolve) => holder.close(resolve))
  return port
}

/** Makes somebody, and returns their browser, which is signed in. */
export async function newBrowser({ url }: LocalService): Promise<CookieBrowser> {
  const email = `${crypto.randomUUID()}@example.com`
  const registered = await fetch(`${url}/register`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ email, password: PASSWORD, mode: 'token' }),
  })
  expect(registered.status).toBe(201)
  const browser = new CookieBrowser()
  await browser.submit(await browser.open(`${url}/login`), { email, password: PASSWORD })
  return browser
}

/** A person's app: it keeps what it is given, and a person at a browser allows what it asks for. */
export class App implements OAuthClientProvider {
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
  /** The consent page, as the person saw it last. */
  asked = ''
  answered: URLSearchParams | null = null

  readonly clientMetadataUrl?: string

  /** @param url The URL that is its client id. Without it the app registers itself. */
  constructor(
    readonly server: URL,
    readonly browser: CookieBrowser,
    url: string | null = null,
  ) {
    if (url !== null) this.clientMetadataUrl = url
  }

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
    expect(url.searchParams.get('resource')).toBe(this.server.href)
    expect(url.searchParams.get('code_challenge_method')).toBe('S256')
    expect(url.searchParams.get('scope')).toBe('notes:read notes:write')
    const page = await this.browser.open(url)
    this.asked = page.text
    const answer = await this.browser.submit(page, { decision: 'allow' }, REDIRECT)
    this.answered = answer.url.searchParams
  }
}

/** A host of apps, which says of each what it is. */
export interface DocumentHost {
  /** The URL of the app's document, which is its client id. */
  readonly url: string
  /** The setting of serve-worker.ts by which a Worker finds it. */
  readonly setting: string
  /** The paths that were asked for, and with which host. */
  readonly asked: readonly string[]
  stop(): void
}

/**
 * Serves the document of an app over TLS, at a name that the public could own, because Janus asks no other. The certificate is that of a local
 * authority, which workerd trusts for this one host, and workerd connects to this machine instead of looking the name up. Nothing else
 * is changed: the request is that of the Worker's own `fetch`.
 */
export async function startDocumentHost(): Promise<DocumentHost> {
  const host = 'apps.example'
  const url = `https://${host}/assistant/client.json`
  const authority = createAuthority()
  const trusted = authority.certificate
  const certificate = authority.sign(host)
  authority.remove()
  const asked: string[] = []
  const server = createTlsServer(certificate, (request, response) => {
    asked.push(`${request.headers.host}${request.url}`)
    if (request.url !== new URL(url).pathname) return response.writeHead(404).end()
    response.setHeader('Content-Type', 'application/json').end(
      JSON.stringify({
        client_id: url,
        client_name: 'An assistant',
        redirect_uris: [REDIRECT, 'http://127.0.0.1/callback'],
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        token_endpoint_auth_method: 'none',
      }),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const https = { options: {}, tlsOptions: { trustedCertificates: [trusted] }, certificateHost: host }
  const outbound = { address: `127.0.0.1:${port}`, https }
  return { url, setting: `OUTBOUND:${JSON.stringify(outbound)}`, asked, stop: () => server.close() }
}
