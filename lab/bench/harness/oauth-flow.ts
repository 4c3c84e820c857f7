// The one app of the scenarios of the authorization server: public, as those of MCP are, with PKCE and a resource.
import { createFlow } from '../load/flow.ts'
import type { FlowStep } from '../load/job.ts'
import { open } from '../load/send.ts'
import type { Person } from './person.ts'

export const CLIENT_ID = 'c_bench00000000000000000'
export const REDIRECT_URI = 'https://app.example/cb'
export const RESOURCE = 'https://api.example/'
export const SCOPE = 'notes:read'

/** RFC 7636, Appendix B. */
const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'
const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'

/** Says where a server has its two endpoints, and what it takes besides. */
export interface Endpoints {
  readonly authorize: string
  readonly token: string
  /** With which it redirects. */
  readonly redirectStatus: 302 | 303
  readonly scope: string
  readonly clientId?: string
}

/** Returns the request to the authorization endpoint with the session of a person, and that which exchanges the code. */
export function codeFlow(endpoints: Endpoints, { id, headers }: Person): readonly FlowStep[] {
  const { authorize, token, redirectStatus, scope, clientId = CLIENT_ID } = endpoints
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: REDIRECT_URI,
    scope: `openid ${scope}`,
    resource: RESOURCE,
    code_challenge: CHALLENGE,
    code_challenge_method: 'S256',
  })
  return [
    {
      method: 'GET',
      path: `${authorize}?${query}&state=s{n}`,
      headers: {
        ...headers,
        Accept: 'text/html',
        'Sec-Fetch-Mode': 'navigate',
        'Sec-Fetch-Site': 'cross-site',
      },
      expect: { status: redirectStatus, text: `${REDIRECT_URI}?` },
      take: { parameter: 'code' },
    },
    {
      ...tokenRequest(token, {
        grant_type: 'authorization_code',
        code: '{token}',
        redirect_uri: REDIRECT_URI,
        client_id: clientId,
        code_verifier: VERIFIER,
        resource: RESOURCE,
      }),
      expect: { status: 200, text: 'access_token', subject: id },
      take: { member: 'refresh_token' },
    },
  ]
}

/** Returns the request for new tokens. Each presents the refresh token that the one before it gave. */
export function clientRefresh(
  { token, clientId = CLIENT_ID }: Pick<Endpoints, 'token' | 'clientId'>,
  { id }: Person,
): readonly FlowStep[] {
  return [
    {
      ...tokenRequest(token, {
        grant_type: 'refresh_token',
        refresh_token: '{token}',
        client_id: clientId,
        resource: RESOURCE,
      }),
      expect: { status: 200, text: 'access_token', subject: id },
      take: { member: 'refresh_token' },
    },
  ]
}

function tokenRequest(path: string, fields: Readonly<Record<string, string>>) {
  // A placeholder must stay one.
  const body = new URLSearchParams(fields).toString().replace('%7Btoken%7D', '{token}')
  return {
    method: 'POST',
    path,
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body,
  } as const
}

/** Runs a flow once, untimed. @returns The last token that an answer gave. */
export async function runOnce(port: number, steps: readonly FlowStep[]): Promise<string> {
  const socket = await open(port)
  try {
    return await createFlow(steps)(socket, '')
  } finally {
    socket.destroy()
  }
}
