// The client of MCP's own SDK and MCP's own judge meet a server that asks Janus, over HTTP.
import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { UnauthorizedError } from '@modelcontextprotocol/sdk/client/auth.js'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import type { OAuthTokens } from '@modelcontextprotocol/sdk/shared/auth.js'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { addClient } from '../../packages/cli/clients/statements.ts'
import { describeWith } from '../support/with-tools.ts'
import type { CookieBrowser } from './cookie-browser.ts'
import { execute } from './local-service.ts'
import { App, freePort, newBrowser, type Pair, startDocumentHost, startPair } from './mcp-pair.ts'

let pair: Pair
let browser: CookieBrowser

beforeAll(async () => {
  pair = await startPair()
  browser = await newBrowser(pair.janus)
})

afterAll(() => pair?.stop())

function connect(app: App) {
  const transport = new StreamableHTTPClientTransport(app.server, { authProvider: app })
  return { client: new Client({ name: 'test', version: '1' }), transport }
}

/** Lets a person allow what an app asks for, and calls the tool of the server. */
async function useTool(app: App, { janus }: Pair = pair): Promise<void> {
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
}

/** Asks again with an access token that is refused. */
async function listAgain(app: App): Promise<void> {
  const before = app.kept
  app.kept = { ...(before as OAuthTokens), access_token: 'expired' }
  const { client, transport } = connect(app)
  await client.connect(transport)
  expect((await client.listTools()).tools).toHaveLength(1)
  expect(app.kept.access_token).not.toBe('expired')
  expect(app.kept.refresh_token).not.toBe(before?.refresh_token)
  await client.close()
}

describe('the client of the MCP SDK', () => {
  it('learns from 401, RFC 9728 and RFC 8414 where to go, registers, signs in, calls a tool, and refreshes', async () => {
    const app = new App(pair.server, browser)
    await useTool(app)
    expect(app.client?.client_id).toMatch(/^c_/)
    await listAgain(app)
  })

  it('asks again once the person has ended its access', async () => {
    const own = await newBrowser(pair.janus)
    const app = new App(pair.server, own)
    await useTool(app)
    const account = await own.open(`${pair.janus.url}/account`)
    const [, path = ''] =
      /id="apps-section".*?action="([^"]*\/sessions\/[^"]*\/end)"/s.exec(account.text) ?? []
    await own.open(`${pair.janus.url}${path}`, null, {
      method: 'POST',
      headers: { Origin: pair.janus.url, 'Sec-Fetch-Site': 'same-origin' },
      body: new URLSearchParams(),
    })
    app.kept = { ...(app.kept as OAuthTokens), access_token: 'expired' }
    app.answered = null
    const { client, transport } = connect(app)
    await expect(client.connect(transport)).rejects.toThrow(UnauthorizedError)
    expect(app.answered).not.toBeNull()
  })
})

describeWith(['openssl'], 'the client of the MCP SDK whose client id is a URL', () => {
  it('OP-08: is what its document says, fetched by the Worker over TLS; nobody registered it', async () => {
    const host = await startDocumentHost()
    onTestFinished(() => host.stop())
    const beside = await startPair(host)
    onTestFinished(() => beside.stop())
    const app = new App(beside.server, await newBrowser(beside.janus), host.url)
    await useTool(app, beside)
    expect(app.client?.client_id).toBe(host.url)
    expect(app.asked).toContain('<h1>Allow apps.example?</h1>')
    expect(host.asked).toEqual(['apps.example/assistant/client.json'])
    await listAgain(app)
  })
})

interface Check {
  readonly id: string
  readonly status: string
  readonly errorMessage?: string
}

const JUDGE = 'node_modules/@modelcontextprotocol/conformance/dist/index.js'

/** Runs the judge. @param visit Opens a URL that it prints, as a person does. @returns What it says of each scenario. */
async function judge(
  args: readonly string[],
  visit: ((url: string) => Promise<unknown>) | null = null,
): Promise<Readonly<Record<string, readonly Check[]>>> {
  const folder = mkdtempSync(join(tmpdir(), 'janus-conformance-'))
  const child = spawn(process.execPath, [JUDGE, ...args, '--output-dir', folder], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let printed = ''
  let visited: Promise<unknown> | null = null
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      printed += text
      const [url] = /^http\S+response_type=code\S*(?=\n)/m.exec(printed) ?? []
      if (visit && url) visited ??= visit(url)
    })
  }
  await new Promise((resolve) => child.once('close', resolve))
  await visited
  try {
    const results = readdirSync(folder).map((name) => {
      const scenario = name.replace(/^(authorization-server|server)-/, '').replace(/-\d{4}-\d\d-.*$/, '')
      return [scenario, JSON.parse(readFileSync(join(folder, name, 'checks.json'), 'utf8'))]
    })
    if (results.length === 0) throw new Error(printed)
    return Object.fromEntries(results)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Returns what there is to complain of. */
function complaints(checks: readonly Check[] = []): readonly string[] {
  const notGood = checks.filter(({ status }) => status !== 'SUCCESS' && status !== 'INFO')
  return notGood.map(({ id, status, errorMessage }) => `${status} ${id}: ${errorMessage}`)
}

describe('@modelcontextprotocol/conformance judges', () => {
  const REGISTERED = 'c_judge00000000000000000'

  beforeAll(() => {
    const client = {
      id: REGISTERED,
      name: 'Judge',
      secretHash: null,
      firstParty: false,
      redirectUris: ['http://127.0.0.1/callback'],
      scopes: ['notes:read', 'notes:write'],
    }
    execute(pair.janus.state, addClient(client, 'operator:test').join(';\n'))
  })

  /** Runs both scenarios of an authorization server: the second takes what the first has found. */
  async function judgeJanus(clientId: string) {
    const port = await freePort()
    const at = ['--url', pair.janus.url, '--resource', pair.server.href, '--port', String(port)]
    return judge(['authorization', ...at, '--client-id', clientId], async (url) => {
      await browser.submit(await browser.open(url), { decision: 'allow' })
    })
  }

  it('Janus as an authorization server: authorization-server-metadata-endpoint, authorization-code-grant', async () => {
    const results = await judgeJanus(REGISTERED)
    expect(Object.keys(results).sort()).toEqual([
      'authorization-code-grant',
      'authorization-server-metadata-endpoint',
    ])
    for (const checks of Object.values(results)) expect(complaints(checks)).toEqual([])
    const ids = results['authorization-server-metadata-endpoint']?.map(({ id }) => id)
    expect(ids).toEqual(['authorization-server-metadata', 'authorization-server-metadata-cimd'])
    expect(results['authorization-code-grant']).toMatchObject([{ status: 'SUCCESS' }])
  })

  it.each(['server-initialize', 'ping', 'tools-list'])(
    'the example MCP server behind protectedResource: %s',
    async (scenario) => {
      const app = new App(pair.server, browser)
      await useTool(app)
      const way = await startWayIn(app.kept?.access_token ?? '')
      try {
        const at = ['--url', way.url, '--scenario', scenario]
        const results = await judge(['server', ...at, '--spec-version', '2025-11-25'])
        expect(complaints(results[scenario])).toEqual([])
        expect(results[scenario]?.map(({ status }) => status)).toContain('SUCCESS')
      } finally {
        way.stop()
      }
    },
  )
})

/** The judge of servers cannot sign in: this puts a person's token on what it sends. */
async function startWayIn(token: string) {
  const way = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const headers = new Headers({ Authorization: `Bearer ${token}` })
    for (const name of ['content-type', 'accept', 'mcp-protocol-version', 'mcp-session-id']) {
      const value = request.headers[name]
      if (typeof value === 'string') headers.set(name, value)
    }
    const { method = 'GET' } = request
    const body = method === 'POST' ? Buffer.concat(chunks) : null
    const answer = await fetch(pair.server, { method, headers, body })
    response.writeHead(answer.status, { 'Content-Type': answer.headers.get('Content-Type') ?? 'text/plain' })
    response.end(Buffer.from(await answer.arrayBuffer()))
  })
  await new Promise<void>((resolve) => way.listen(0, '127.0.0.1', resolve))
  const { port } = way.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}/mcp`, stop: () => way.close() }
}
