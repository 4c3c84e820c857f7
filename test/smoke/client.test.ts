import { execFile } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { promisify } from 'node:util'
import { runInNewContext } from 'node:vm'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createJanusClient, type JanusClientOptions } from '../../packages/client/index.ts'
import { createTokens } from '../../packages/client/tokens.ts'
import { createNetwork, type Network, problemOf } from '../support/network.ts'
import { expire, sharedKeySettings } from './expired-token.ts'
import { type LocalService, startWorker } from './local-service.ts'

const PASSWORD = 'correct horse battery'
const SECRET = randomBytes(32).toString('base64url')

const FORMS = [
  { form: 'session', how: { mode: 'session' } },
  { form: 'token, refreshed by cookie', how: { mode: 'token', createTokens, refreshIn: 'cookie' } },
  { form: 'token, refreshed by body', how: { mode: 'token', createTokens } },
] as const

let service: LocalService
const servers: Server[] = []

beforeAll(async () => {
  service = await startWorker(sharedKeySettings(SECRET))
})

afterAll(async () => {
  await service?.stop()
  for (const server of servers) {
    server.closeAllConnections()
    server.close()
  }
})

function newEmail(): string {
  return `${randomUUID()}@example.com`
}

function clientOver(network: Network, how: (typeof FORMS)[number]['how'], origins: readonly string[] = []) {
  const options: JanusClientOptions = { ...how, issuer: service.url, origins, fetch: network.fetch }
  return createJanusClient(options)
}

/** Returns a server on a port of its own, and the Authorization headers it was sent. */
async function listen(listener: RequestListener): Promise<{ origin: string; authorizations: unknown[] }> {
  const authorizations: unknown[] = []
  const server = createServer((request, response) => {
    authorizations.push(request.headers.authorization)
    listener(request, response)
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, authorizations }
}

describe.each(FORMS)('the client in Node, $form', ({ how }) => {
  it('signs up, in and out', async () => {
    const client = clientOver(createNetwork(fetch), how)
    const email = newEmail()
    const heard: boolean[] = []
    client.subscribe((signedIn) => heard.push(signedIn))
    expect(await client.signUp({ email, password: PASSWORD, name: 'Ada' })).toMatchObject({
      outcome: 'signed-in',
      user: { email, name: 'Ada' },
      session: { mode: how.mode },
    })
    await client.signOut()
    expect(await client.me()).toBeNull()
    expect(await problemOf(client.signIn({ email, password: 'not the password' }))).toMatchObject({
      code: 'invalid-credentials',
      status: 401,
    })
    await client.signIn({ email, password: PASSWORD })
    expect(await client.me()).toMatchObject({ user: { email } })
    expect((await client.fetch(`${service.url}/sessions`)).status).toBe(200)
    expect(heard).toEqual([true, false, true])
  })

  it('runs where there is a fetch and little else, as in React Native', async () => {
    const { outputFiles } = await build({
      entryPoints: ['packages/client/index.ts'],
      bundle: true,
      format: 'iife',
      globalName: 'janus',
      target: 'es2022',
      write: false,
    })
    // What is not named here is not there: no document, navigator, URL, BroadcastChannel, AbortSignal, structuredClone.
    const globals = {
      fetch: createNetwork(fetch).fetch,
      Request,
      Headers,
      AbortController,
      setTimeout,
      clearTimeout,
    }
    const bundled: typeof createJanusClient = runInNewContext(
      `${outputFiles[0]?.text}; janus.createJanusClient`,
      globals,
    )
    const client = bundled({ ...how, issuer: service.url })
    const email = newEmail()
    await client.signUp({ email, password: PASSWORD })
    expect(await client.me()).toMatchObject({ user: { email } })
    expect((await client.fetch(`${service.url}/me`)).status).toBe(200)
    await client.signOut()
    expect(await client.me()).toBeNull()
  })
})

describe.each(FORMS.slice(1))('the client in Node, $form', ({ how }) => {
  it('refreshes once for 50 calls at the same time, whose token the service says has expired', async () => {
    const network = createNetwork(fetch)
    const client = clientOver(network, how)
    let expired = ''
    network.next('POST /register', async (reach) => {
      const response = await reach()
      const body = (await response.json()) as { access_token: string }
      expired = expire(body.access_token, SECRET)
      return new Response(JSON.stringify({ ...body, access_token: expired }), response)
    })
    await client.signUp({ email: newEmail(), password: PASSWORD })
    const refusal = await fetch(`${service.url}/me`, { headers: { Authorization: `Bearer ${expired}` } })
    expect(await refusal.json()).toMatchObject({ code: 'token-expired' })

    const many = () => Promise.all(Array.from({ length: 50 }, () => client.fetch(`${service.url}/me`)))
    expect((await many()).map(({ status }) => status)).toEqual(Array(50).fill(200))
    expect(network.count('GET /me', 401)).toBe(50)
    expect(network.count('POST /refresh')).toBe(1)
    await many()
    expect(network.count('GET /me', 401)).toBe(50)
    expect(network.count('POST /refresh')).toBe(1)
  })

  it('takes no token along where a redirect leads', async () => {
    const elsewhere = await listen((_, response) => response.end('elsewhere'))
    const api = await listen((_, response) =>
      response.writeHead(307, { Location: `${elsewhere.origin}/` }).end(),
    )
    const client = clientOver(createNetwork(fetch), how, [api.origin])
    await client.signUp({ email: newEmail(), password: PASSWORD })

    expect((await client.fetch(`${api.origin}/`)).status).toBe(307)
    expect(elsewhere.authorizations).toEqual([])
    // And if it is told to follow, the runtime drops it (Fetch standard, "HTTP-redirect fetch").
    const followed = await client.fetch(`${api.origin}/`, { redirect: 'follow' })
    expect(await followed.text()).toBe('elsewhere')
    expect(elsewhere.authorizations).toEqual([undefined])
    expect(api.authorizations).toEqual([
      expect.stringMatching(/^Bearer eyJ/),
      expect.stringMatching(/^Bearer eyJ/),
    ])
  })
})

it('does in Node what docs/guides/browser-client.md says', async () => {
  const page = readFileSync('docs/guides/browser-client.md', 'utf8')
  const [, code = ''] = /^## Node\n\n```ts\n(.*?)^```/ms.exec(page) ?? []
  const [, expected] = /^\/\/ → (.*)$/m.exec(code) ?? []
  expect(expected).toBeDefined()
  const { outputFiles } = await build({
    stdin: { contents: code.replace('https://example.com/auth', service.url), resolveDir: '.', loader: 'ts' },
    alias: {
      'janus/client/tokens': './packages/client/tokens.ts',
      'janus/client': './packages/client/index.ts',
    },
    bundle: true,
    format: 'esm',
    write: false,
  })
  const arguments_ = ['--input-type=module', '--eval', outputFiles[0]?.text ?? '']
  expect((await promisify(execFile)(process.execPath, arguments_)).stdout.trim()).toBe(expected)
})
