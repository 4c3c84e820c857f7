// Apache in front of an app and of a service: mod_auth_openidc signs people in, mod_oauth2 takes tokens.
import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { removeClient } from '../../packages/cli/clients/statements.ts'
import { describeWith } from '../support/with-tools.ts'
import { documentedBlocks } from './documented.ts'
import { execute, freePort, type LocalService, startService } from './local-service.ts'
import {
  type Credentials,
  guideBlock,
  NOTES,
  OTHER,
  type ProviderStage,
  registerAsDocumented,
} from './provider-stage.ts'

/** The modules that Debian enables, or that the guides say to enable. `unixd` is a part of its Apache. */
const MODULES = 'mpm_event authn_core authz_core authz_user proxy proxy_http auth_openidc oauth2'.split(' ')

/** Returns what Apache itself needs, beside the configurations of the guides. */
function ownConfiguration(folder: string, port: number): string {
  return `
ServerRoot ${folder}
ServerName localhost
Listen 127.0.0.1:${port}
PidFile ${folder}/apache.pid
ErrorLog "|/bin/cat"
LogLevel warn auth_openidc:info
${MODULES.map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`).join('\n')}
${process.getuid?.() === 0 ? 'User www-data\nGroup www-data' : ''}
`
}

function startApache(port: number, configuration: string): Promise<LocalService> {
  return startService(({ state }) => {
    mkdirSync(state)
    const file = join(state, 'apache.conf')
    writeFileSync(file, `${ownConfiguration(state, port)}\n${configuration}`)
    return {
      command: ['/usr/sbin/apache2', '-DFOREGROUND', '-f', file],
      ready: /resuming normal operations/,
    }
  })
}

/** Returns an app behind Apache. Each page shows what Apache says of the request. */
async function serveApp(apache: string) {
  const told: LogoutNotice[] = []
  let look = () => {}
  const server = createServer(async (request, response) => {
    if (request.url !== '/told') return response.end(JSON.stringify(request.headers))
    // Janus tells Apache of a sign-out by way of here, so that the test knows when it did.
    const body = new URLSearchParams(await text(request))
    const { status } = await fetch(`${apache}/signed-in?logout=backchannel`, { method: 'POST', body })
    response.writeHead(status).end()
    told.push({ sid: claimsOf(body.get('logout_token') ?? '').sid, status })
    look()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** Returns how Apache answered when Janus told it that a grant has ended. */
    whenTold: (grant: unknown) =>
      new Promise<number>((resolve) => {
        look = () => {
          const notice = told.find(({ sid }) => sid === grant)
          if (notice) resolve(notice.status)
        }
        look()
      }),
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

interface LogoutNotice {
  readonly sid: unknown
  readonly status: number
}

function claimsOf(token: string): Readonly<Record<string, unknown>> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
}

/** Tests that Apache signs people in, and takes tokens, as the guides configure it. */
export function judgedByApache(stage: () => ProviderStage): void {
  describeWith(['apache', 'modAuthOpenidc', 'modOauth2'], 'OP-06: Apache', () => {
    const MACHINES = 'docs/guides/machines.md'
    let url: string
    let apache: LocalService
    let app: Awaited<ReturnType<typeof serveApp>>

    beforeAll(async () => {
      const port = await freePort()
      url = `http://localhost:${port}`
      app = await serveApp(url)
      const here = (words: string) =>
        words
          .replaceAll('https://app.example.com/signed-in?logout=backchannel', `${app.url}/told`)
          .replaceAll('https://app.example.com', url)
          .replaceAll('https://auth.example.com', stage().janus.url)
          .replaceAll(/http:\/\/127\.0\.0\.1:\d+/g, app.url)
      const client = await registerAsDocumented(
        stage(),
        guideBlock('Apache \\(mod_auth_openidc\\)', 'sh'),
        here,
      )
      const [asks = ''] = documentedBlocks(MACHINES, 'A service that asks')
      const service = await registerAsDocumented(stage(), asks)
      const withCredentials = (block: string, { client_id, client_secret = '' }: Credentials) =>
        here(block).replaceAll('CLIENT_ID', client_id).replaceAll('CLIENT_SECRET', client_secret)
      const [byKeySet = '', byAsking = ''] = documentedBlocks(
        MACHINES,
        'A service behind Apache \\(mod_oauth2\\)',
        'apache',
      )
      apache = await startApache(
        port,
        [
          withCredentials(guideBlock('Apache \\(mod_auth_openidc\\)', 'apache'), client),
          byKeySet,
          withCredentials(byAsking, service).replaceAll('/mcp>', '/asks>'),
        ]
          .map(here)
          .join('\n'),
      )
    })

    afterAll(async () => {
      // In order, so that nothing of it stays in the memory that its processes share.
      await apache?.end()
      await apache?.stop()
      app?.close()
    })

    /** Returns the headers by which Apache names the signed-in person to the app. */
    const toldOf = (page: { readonly text: string }): IncomingHttpHeaders => JSON.parse(page.text)

    it('mod_auth_openidc signs a person in, tells the app who it is, refreshes, and signs out', async () => {
      const { janus, newPerson } = stage()
      const person = await newPerson()
      const home = await person.signIn(`${url}/`)
      expect(home.url.href).toBe(`${url}/`)
      const before = toldOf(home)
      expect(before).toMatchObject({
        oidc_claim_iss: janus.url,
        oidc_claim_sub: person.id,
        oidc_claim_name: 'Ada Lovelace',
        oidc_claim_email: person.email,
        oidc_claim_email_verified: '0',
      })

      const refresh = new URLSearchParams({
        refresh: `${url}/again`,
        access_token: String(before.oidc_access_token),
      })
      const again = await person.browser.open(`${url}/signed-in?${refresh}`)
      expect(again.url.href).toBe(`${url}/again`)
      expect(toldOf(again)).toMatchObject({ oidc_claim_sub: person.id })
      expect(toldOf(again).oidc_access_token).not.toBe(before.oidc_access_token)

      expect(await person.isSignedIn()).toBe(true)
      const leave = new URLSearchParams({ logout: `${url}/bye` })
      const bye = await person.browser.open(`${url}/signed-in?${leave}`)
      expect([bye.url.href, toldOf(bye).oidc_claim_sub]).toEqual([`${url}/bye`, undefined])
      expect(await person.isSignedIn()).toBe(false)
    })

    it('OP-16: mod_auth_openidc ends its session when Janus tells it of a sign-out elsewhere', async () => {
      const { janus, newPerson } = stage()
      const person = await newPerson()
      const { oidc_claim_sub: sub, oidc_claim_sid: sid } = toldOf(await person.signIn(`${url}/`))
      expect(sub).toBe(person.id)
      await person.signOut()
      expect(await app.whenTold(sid)).toBe(200)
      const asked = await person.browser.open(`${url}/`)
      expect(asked.url.href.startsWith(`${janus.url}/login`)).toBe(true)
    })

    it('mod_auth_openidc refuses an answer to a request that it did not make', async () => {
      const { janus, newPerson } = stage()
      const { browser } = await newPerson()
      const answer = new URLSearchParams({ code: 'x', state: 'y', iss: janus.url })
      expect((await browser.open(`${url}/signed-in?${answer}`)).status).toBe(400)
    })

    it.each([
      ['the key set', '/mcp'],
      ['asking', '/asks'],
    ])('mod_oauth2 takes a token of a machine by %s, and no other', async (_, path) => {
      const { janus } = stage()
      const [added = ''] = documentedBlocks(MACHINES, 'The smallest use')
      const machine = await registerAsDocumented(stage(), added)
      const call = (token: string) =>
        fetch(`${url}${path}`, { headers: token === '' ? {} : { Authorization: `Bearer ${token}` } })
      const token = await tokenFor(janus.url, machine)
      const letIn = await call(token)
      expect(letIn.status).toBe(200)
      expect(await letIn.json()).toMatchObject({
        oauth2_claim_sub: machine.client_id,
        oauth2_claim_scope: 'notes:read',
        oauth2_claim_aud: NOTES,
      })
      const ended = await tokenFor(janus.url, machine)
      execute(janus.state, removeClient(machine.client_id, 'operator:test').join(';\n'))
      const refused = {
        'no token': await call(''),
        'a bent token': await call(bent(token)),
        'a token for another service': await call(await tokenFor(janus.url, await otherMachine(), OTHER)),
        // By the key set it lasts until it expires.
        ...(path === '/asks' && { 'a token of a client that is gone': await call(ended) }),
      }
      for (const [what, answer] of Object.entries(refused)) expect([what, answer.status]).toEqual([what, 401])
      expect(refused['no token'].headers.get('WWW-Authenticate')).toMatch(/^Bearer /)
    })

    /** Returns a machine with a scope of another service. */
    const otherMachine = () =>
      registerAsDocumented(
        stage(),
        'npx janus clients add "Other job" --grant client_credentials --scope files:read',
      )
  })
}

/** Returns the token with another signature. */
function bent(token: string): string {
  const [header, payload, signature = ''] = token.split('.')
  const bytes = Buffer.from(signature, 'base64url')
  bytes[10] = (bytes[10] ?? 0) ^ 1
  return [header, payload, bytes.toString('base64url')].join('.')
}

async function tokenFor(
  issuer: string,
  { client_id, client_secret }: Credentials,
  resource = NOTES,
): Promise<string> {
  const response = await fetch(`${issuer}/oauth/token`, {
    method: 'POST',
    headers: { Authorization: `Basic ${btoa(`${client_id}:${client_secret}`)}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', resource }),
  })
  expect(response.status).toBe(200)
  return ((await response.json()) as { access_token: string }).access_token
}
