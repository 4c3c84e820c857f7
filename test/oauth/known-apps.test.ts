// What apps that people know send to an OpenID provider, as their documentation and sources have it. docs/guides/openid.md says what comes of it.
import { beforeAll, expect, it } from 'vitest'
import {
  ask,
  codeFor,
  locationOf,
  newClient,
  oauthService,
  postForm,
  requestOf,
  type TestClient,
  VERIFIER,
} from '../support/oauth'
import { readIdToken, userInfo } from '../support/openid'
import { type Person, send, signedInPerson } from '../support/person'
import type { OwnService } from '../support/service'

/** Says how an app says who it is at the token endpoint. */
type Proof = 'basic' | 'post'

interface KnownApp {
  readonly name: string
  readonly scope: string
  readonly proof: Proof
  /** Says what it sends besides. */
  readonly others?: Readonly<Record<string, string>>
  /** The claims by which it makes an account, and where it looks for them. */
  readonly needs: readonly string[]
  readonly from: 'the ID token' | 'UserInfo'
  /** Says what its documentation lists, and Janus does not say. It falls back, or takes another claim by its settings. */
  readonly misses: readonly string[]
}

/** user_oidc of Nextcloud asks for what it needs by `claims`, in both places. */
const WANTED = { email: null, name: null, quota: null, groups: null }

const APPS: readonly KnownApp[] = [
  {
    name: 'Grafana',
    scope: 'openid profile email offline_access',
    proof: 'basic',
    needs: ['sub', 'email', 'name'],
    from: 'UserInfo',
    misses: ['login', 'groups', 'roles'],
  },
  {
    name: 'Nextcloud',
    scope: 'openid email profile',
    proof: 'post',
    others: { claims: JSON.stringify({ id_token: WANTED, userinfo: WANTED }) },
    needs: ['sub', 'email', 'name'],
    from: 'the ID token',
    misses: ['quota', 'groups'],
  },
  {
    name: 'Outline',
    scope: 'openid profile email',
    proof: 'post',
    needs: ['sub', 'email', 'name'],
    from: 'UserInfo',
    misses: ['preferred_username', 'picture'],
  },
  {
    name: 'Forgejo',
    scope: 'openid profile email',
    proof: 'basic',
    needs: ['sub', 'email', 'name'],
    from: 'UserInfo',
    misses: ['nickname', 'preferred_username', 'picture', 'groups'],
  },
]

let service: OwnService
let ada: Person

beforeAll(async () => {
  service = oauthService()
  ada = await signedInPerson({ mode: 'session', service })
  const named = await send(service, 'PATCH', '/me', { headers: ada.headers, body: { name: 'Ada Lovelace' } })
  expect(named.status).toBe(200)
})

/** Signs Ada in at an app, and returns what it is given. */
async function signInAt(client: TestClient, { scope, proof, others }: KnownApp, nonce: string) {
  const asked = { scope, resource: null, nonce, ...others }
  const fields = {
    grant_type: 'authorization_code',
    code: await codeFor(service, ada, client, asked),
    redirect_uri: client.redirectUri,
    code_verifier: VERIFIER,
  }
  const own = { client_id: client.id, client_secret: client.secret ?? '' }
  const answer =
    proof === 'post'
      ? await postForm(service, '/oauth/token', { ...fields, ...own })
      : await postForm(service, '/oauth/token', fields, {
          Authorization: `Basic ${btoa(`${own.client_id}:${own.client_secret}`)}`,
        })
  expect(answer.status, answer.text).toBe(200)
  return answer.body
}

it.each(APPS)('OP-06: $name is told what it makes an account of, by $from', async (app) => {
  const client = await newClient()
  const tokens = await signInAt(client, app, 'its nonce')
  const { payload } = await readIdToken(service, client, tokens.id_token)
  expect(payload.nonce).toBe('its nonce')
  const { body: info } = await userInfo(service, tokens.access_token)
  const told: Readonly<Record<string, unknown>> = app.from === 'UserInfo' ? info : payload
  const expected = { sub: ada.userId, email: ada.email, name: 'Ada Lovelace' }
  expect(Object.fromEntries(app.needs.map((claim) => [claim, told[claim]]))).toEqual(expected)
  expect(app.misses.filter((claim) => claim in payload || claim in info)).toEqual([])
})

it('OP-02: Gitea, and every client without PKCE, is told that it has to send a challenge', async () => {
  const client = await newClient()
  const asked = requestOf(client, {
    scope: 'openid profile email',
    resource: null,
    code_challenge: null,
    code_challenge_method: null,
  })
  const answer = locationOf(await ask(service, asked, ada))
  expect(answer.href.startsWith(client.redirectUri)).toBe(true)
  expect(Object.fromEntries(answer.searchParams)).toMatchObject({
    error: 'invalid_request',
    error_description: 'Send code_challenge, made with S256 (RFC 7636).',
  })
})
