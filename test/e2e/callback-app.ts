// An app on this machine to which Janus sends people back: over TLS, and at a port of loopback.
import { createServer as createPlainServer, type RequestListener } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Server } from 'node:net'
import { addClient } from '../../packages/cli/clients/statements.ts'
import { execute, type LocalService } from '../smoke/local-service.ts'
import { createAuthority } from '../support/smtp-server.ts'

/** An address that an app on a device owns (RFC 8252 §7.1). No browser of the tests knows an app for it. */
export const CUSTOM_SCHEME = 'com.example.app:/cb'

/** RFC 7636, Appendix B. */
const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'

export interface CallbackApp {
  /** Over TLS. It leads on to a page of the app at another origin. */
  readonly secure: string
  /** On this machine, at ports that nobody registered. */
  readonly loopback: string
  readonly loopbackV6: string
  /** Over TLS, after a sign-out. */
  readonly afterSignOut: string
  stop(): void
}

/** Starts the app. Its pages say where a person arrived and with what. */
export async function startCallbackApp(): Promise<CallbackApp> {
  const authority = createAuthority()
  const certificate = authority.sign('localhost')
  authority.remove()

  const answer: RequestListener = (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://app')
    const has = searchParams.has('code') ? 'a code' : (searchParams.get('error') ?? 'nothing')
    response.setHeader('Content-Type', 'text/html').end(`<p>Arrived at ${pathname} with ${has}</p>`)
  }
  const plain = await listen(createPlainServer(answer), '127.0.0.1')
  const plainV6 = await listen(createPlainServer(answer), '::1')
  const tls = await listen(
    createTlsServer(certificate, (request, response) => {
      const { pathname, search } = new URL(request.url ?? '/', 'https://app')
      if (pathname !== '/cb') return answer(request, response)
      // As apps do whose callback is beside the pages that people see.
      response.writeHead(303, { Location: `http://127.0.0.1:${plain.port}/home${search}` }).end()
    }),
    '127.0.0.1',
  )
  return {
    secure: `https://127.0.0.1:${tls.port}/cb`,
    loopback: `http://127.0.0.1:${plain.port}/cb`,
    loopbackV6: `http://[::1]:${plainV6.port}/cb`,
    afterSignOut: `https://127.0.0.1:${tls.port}/bye`,
    stop() {
      for (const { server } of [plain, plainV6, tls]) server.close()
    },
  }
}

async function listen(server: Server & { closeAllConnections?: () => void }, host: string) {
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  return { server, port: (server.address() as AddressInfo).port }
}

/** Registers the app twice: once as one about which people are asked, and once as one of the same house. */
export function registerCallbackApp({ state }: LocalService, app: CallbackApp) {
  const ids = { asked: 'c_asked00000000000000000', house: 'c_house00000000000000000' }
  for (const [name, id] of Object.entries(ids)) {
    const client = {
      id,
      name: 'Notes',
      secretHash: name === 'house' ? 'A'.repeat(43) : null,
      firstParty: name === 'house',
      redirectUris: [app.secure, 'http://127.0.0.1/cb', 'http://[::1]/cb', CUSTOM_SCHEME],
      scopes: ['notes:read', 'openid'],
      openId: {
        idTokenAlg: 'ES256',
        sector: null,
        postLogoutRedirectUris: [app.afterSignOut],
        backChannelLogoutUri: null,
      },
    }
    execute(state, addClient(client, 'operator:test').join(';\n'))
  }
  return ids
}

/** Returns the path of an authorization request, which asks anew whatever was allowed before unless `prompt` is empty. */
export function requestPath(clientId: string, redirectUri: string, prompt = 'consent'): string {
  return `/oauth/authorize?${new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri,
    scope: 'openid',
    state: 'state',
    code_challenge: CHALLENGE,
    code_challenge_method: 'S256',
    ...(prompt === '' ? {} : { prompt }),
  })}`
}
