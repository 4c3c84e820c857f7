import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { encodeBase64url } from '../../src/crypto/base64url'
import type { Send } from '../../src/social/egress'
import { createSocialLoginBy } from '../../src/wiring/create-social-login'
import { type MailingService, mailingService } from './mail'
import { type Answer, newAddress, type Person, read, send as sendTo } from './person'
import { ALL_PARTS, type Service } from './service'

/** An issuer of the operator's own, as the stand-in speaks for it. */
export const ACME = 'https://id.acme.example'

/** Holds the answer of a token endpoint, which a test may bend before it is signed and sent. */
export interface Issued {
  readonly claims: Record<string, unknown>
  readonly header: Record<string, unknown>
  readonly body: Record<string, unknown>
  /** Signs with a key that the key set does not have. */
  foreignKey?: boolean
}

/** Answers one request in the place of the stand-in; `null`: it answers itself. */
export type Interference = (url: URL, init: RequestInit) => Response | Promise<Response> | null

/** A person at a provider. */
export interface Subject {
  readonly sub: string
  readonly email?: string | undefined
  readonly [claim: string]: unknown
}

/** A provider that tests lead, in place of those that settings name. It verifies what a provider must: client, redirect URI, PKCE. */
export interface StandIn {
  readonly send: Send
  /** Every request that it got. */
  readonly requests: { readonly url: string; readonly headers: Headers; readonly body: string }[]
  /** Lets a person agree at the URL that they were sent to. Returns where their browser goes. */
  authorize(url: string, subject: Subject): Promise<URL>
  /** Bends what the next tokens say. */
  bend: ((issued: Issued) => void) | null
  /** Says for whom its key signs, as Microsoft does. */
  keyIssuer: string | null
  interfere: Interference | null
}

interface Grant {
  readonly subject: Subject
  readonly parameters: URLSearchParams
  readonly issuer: string
}

const ISSUERS: Readonly<Record<string, string>> = {
  'id.acme.example': ACME,
  'accounts.google.com': 'https://accounts.google.com',
  'appleid.apple.com': 'https://appleid.apple.com',
  'login.microsoftonline.com': 'https://login.microsoftonline.com',
  'github.com': 'https://github.com',
}

/** One pair of keys for all: making one takes a while. */
const keys = Promise.all([generateKeyPair('RS256'), generateKeyPair('RS256')])

export function standIn(): StandIn {
  const grants = new Map<string, Grant>()
  const standInProvider: StandIn = {
    send,
    requests: [],
    authorize,
    bend: null,
    keyIssuer: null,
    interfere: null,
  }

  async function authorize(url: string, subject: Subject): Promise<URL> {
    const { hostname, searchParams: parameters } = new URL(url)
    const code = encodeBase64url(crypto.getRandomValues(new Uint8Array(12)))
    grants.set(code, { subject, parameters, issuer: ISSUERS[hostname] ?? '' })
    const back = new URL(parameters.get('redirect_uri') ?? '')
    back.searchParams.set('code', code)
    back.searchParams.set('state', parameters.get('state') ?? '')
    if (hostname === 'id.acme.example') back.searchParams.set('iss', ACME)
    return back
  }

  async function send(text: string, init: RequestInit): Promise<Response> {
    const url = new URL(text)
    const body = String(init.body ?? '')
    standInProvider.requests.push({ url: text, headers: new Headers(init.headers), body })
    const interfered = standInProvider.interfere?.(url, init) ?? null
    if (interfered) return interfered
    if (url.pathname === '/.well-known/openid-configuration') return Response.json(metadata(ACME))
    if (/(?:jwks|certs|keys)$/.test(url.pathname)) {
      const { keyIssuer } = standInProvider
      const key = { ...(await publicKey()), ...(keyIssuer === null ? {} : { issuer: keyIssuer }) }
      return Response.json({ keys: [key] })
    }
    if (/token$/.test(url.pathname)) return redeem(new URLSearchParams(body), new Headers(init.headers))
    return ofApi(url, new Headers(init.headers))
  }

  async function redeem(form: URLSearchParams, headers: Headers): Promise<Response> {
    const grant = grants.get(form.get('code') ?? '')
    grants.delete(form.get('code') ?? '')
    const challenge = await sha256(form.get('code_verifier') ?? '')
    const isValid =
      grant?.parameters.get('redirect_uri') === form.get('redirect_uri') &&
      grant?.parameters.get('code_challenge') === challenge &&
      grant?.parameters.get('code_challenge_method') === 'S256' &&
      (headers.has('Authorization') || form.has('client_secret'))
    if (!grant || !isValid) {
      // GitHub's refusals have status 200.
      const status = grant?.issuer === 'https://github.com' || !grant ? 200 : 400
      return Response.json(
        { error: 'invalid_grant', error_description: 'bent' },
        { status: grant ? status : 400 },
      )
    }
    return issue(grant)
  }

  async function issue({ subject, parameters, issuer }: Grant): Promise<Response> {
    const { sub, ...others } = subject
    const accessToken = `access ${JSON.stringify(subject)}`
    const now = Math.floor(Date.now() / 1000)
    const iss = issuer === 'https://login.microsoftonline.com' ? `${issuer}/${others.tid}/v2.0` : issuer
    const issued: Issued = {
      claims: {
        iss,
        sub,
        aud: parameters.get('client_id'),
        nonce: parameters.get('nonce'),
        iat: now,
        exp: now + 300,
        ...others,
      },
      header: { alg: 'RS256', kid: 'one' },
      body: {
        access_token: accessToken.replaceAll(/[^\w-]/g, '.'),
        token_type: 'Bearer',
        refresh_token: REFRESH_TOKEN,
      },
    }
    standInProvider.bend?.(issued)
    const { claims, header, body, foreignKey = false } = issued
    if (issuer === 'https://github.com') {
      tokens.set(String(body.access_token), subject)
      return Response.json({ ...body, scope: 'read:user,user:email' })
    }
    tokens.set(String(body.access_token), subject)
    const [own, foreign] = await keys
    const { privateKey } = foreignKey ? foreign : own
    const idToken =
      header.alg === 'RS256'
        ? await new SignJWT(claims)
            .setProtectedHeader({ alg: 'RS256', ...header })
            .sign(privateKey, { crit: { x: true } })
        : unsigned(header, claims)
    return Response.json({ ...body, id_token: idToken })
  }

  const tokens = new Map<string, Subject>()

  function ofApi(url: URL, headers: Headers): Response {
    const subject = tokens.get(headers.get('Authorization')?.replace(/^Bearer /i, '') ?? '')
    if (!subject) return new Response(null, { status: 401, headers: { 'WWW-Authenticate': 'Bearer' } })
    if (url.pathname === '/userinfo')
      return Response.json({ sub: subject.sub, ...(subject.userinfo as object) })
    if (url.pathname === '/user') return Response.json(subject.user)
    if (url.pathname === '/user/emails') return Response.json(subject.emails)
    return new Response(null, { status: 404 })
  }

  return standInProvider
}

/** Holds a token of a provider that Janus must not store. */
export const REFRESH_TOKEN = 'refresh.token.of.the.provider'

export function metadata(issuer: string): Record<string, unknown> {
  return {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/jwks`,
    userinfo_endpoint: `${issuer}/userinfo`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256', 'none', 'HS256'],
    authorization_response_iss_parameter_supported: true,
  }
}

async function publicKey() {
  const [{ publicKey: key }] = await keys
  return { ...(await exportJWK(key)), kid: 'one', use: 'sig', alg: 'RS256' }
}

function unsigned(header: object, claims: object): string {
  const [one, two] = [header, claims].map((part) =>
    encodeBase64url(new TextEncoder().encode(JSON.stringify(part))),
  )
  return `${one}.${two}.`
}

async function sha256(text: string): Promise<string> {
  return encodeBase64url(
    new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))),
  )
}

/** Settings of five lines, and those of the presets. */
export const SOCIAL_SETTINGS = {
  SOCIAL_PROVIDERS: 'acme, google, github, microsoft, apple',
  SOCIAL_ACME_ISSUER: ACME,
  SOCIAL_ACME_CLIENT_ID: 'janus-at-acme',
  SOCIAL_ACME_CLIENT_SECRET: 'secret-at-acme',
  SOCIAL_ACME_DOMAINS: 'acme.example',
  SOCIAL_GOOGLE_CLIENT_ID: 'janus-at-google',
  SOCIAL_GOOGLE_CLIENT_SECRET: 'secret-at-google',
  SOCIAL_GITHUB_CLIENT_ID: 'janus-at-github',
  SOCIAL_GITHUB_CLIENT_SECRET: 'secret-at-github',
  SOCIAL_MICROSOFT_CLIENT_ID: 'janus-at-microsoft',
  SOCIAL_MICROSOFT_CLIENT_SECRET: 'secret-at-microsoft',
  SOCIAL_APPLE_CLIENT_ID: 'com.example.janus',
  SOCIAL_APPLE_TEAM_ID: 'TEAM123456',
  SOCIAL_APPLE_KEY_ID: 'KEY1234567',
  // As Apple hands one out. It opens nothing.
  SOCIAL_APPLE_PRIVATE_KEY: `-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgoMXdnApO+QjrOuij5vOq28P/lZgTUMOiczmceP9ObYyhRANCAARhHm5NeRjRkc614lXSD15OyEn9il8fBUry8FQP7QzB2dNvOV0rS2Iy7wm76a8Vg329ph1ohqFX2u7RGWIlBjEF\n-----END PRIVATE KEY-----`,
  ALLOWED_ORIGINS: 'https://app.example.com',
} as const

/** A service with every provider, all played by one stand-in, which mails. */
export interface SocialService extends MailingService, Played {}

interface Played {
  readonly provider: StandIn
}

export function socialService(settings: Partial<Record<string, unknown>> = {}): SocialService {
  const provider = standIn()
  return Object.assign(mailingService({ ...SOCIAL_SETTINGS, ...settings }, playedBy(provider)), { provider })
}

/** Returns the parts of a service whose providers a stand-in plays. */
export function playedBy({ send }: StandIn) {
  return {
    ...ALL_PARTS,
    createSocialLogin: (env: object) => createSocialLoginBy(env, { send, timeLimitMs: 200 }),
  }
}

/** A browser: it keeps cookies, and follows no redirect by itself. */
export interface Browser {
  readonly cookies: Map<string, string>
  request(
    method: string,
    path: string,
    options?: { body?: unknown; headers?: Record<string, string> },
  ): Promise<Answer>
}

export function newBrowser(service: Service): Browser {
  const cookies = new Map<string, string>()
  const address = newAddress()
  return {
    cookies,
    async request(method, path, { body, headers = {} } = {}) {
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
      const answer = await sendTo(service, method, path, {
        body,
        headers: { 'CF-Connecting-IP': address, ...(cookie === '' ? {} : { Cookie: cookie }), ...headers },
      })
      for (const [name, value] of Object.entries(answer.cookies)) {
        if (value === '') cookies.delete(name)
        else cookies.set(name, value)
      }
      return answer
    },
  }
}

/** Returns where an answer leads, below the issuer. */
export function pathOf(service: Service, url: URL | string): string {
  const { pathname, search } = new URL(url, service.issuer)
  return `${pathname}${search}`
}

/** Begins in a browser, and lets a person agree. Returns the path that the browser is sent back to. */
export async function goToProvider(
  service: Service & Played,
  browser: Browser,
  { provider = 'acme', subject, returnTo }: { provider?: string; subject: Subject; returnTo?: string },
): Promise<string> {
  const body = { mode: 'session', ...(returnTo === undefined ? {} : { return_to: returnTo }) }
  const begun = await browser.request('POST', `/login/social/${provider}`, { body })
  if (begun.status !== 200) throw new Error(`Not begun: ${begun.status} ${begun.text}`)
  return pathOf(service, await service.provider.authorize(begun.body.authorization_url, subject))
}

/** Signs in at a provider, in a browser. Returns the answer to the callback. */
export async function signInAt(
  service: Service & Played,
  browser: Browser,
  input: { provider?: string; subject: Subject; returnTo?: string },
): Promise<Answer> {
  return browser.request('GET', await goToProvider(service, browser, input))
}

/** Lets a person agree at Apple, whose site then posts the answer: no cookie comes along. Returns the answer to that. */
export async function postedByApple(
  service: SocialService,
  browser: Browser,
  { subject, user }: { subject: Subject; user?: string },
): Promise<Answer> {
  const back = new URL(await goToProvider(service, browser, { provider: 'apple', subject }), service.issuer)
  const fields = { ...Object.fromEntries(back.searchParams), ...(user === undefined ? {} : { user }) }
  const request = new Request(`${service.issuer}/login/social/apple/callback`, {
    method: 'POST',
    headers: {
      'CF-Connecting-IP': newAddress(),
      'Content-Type': 'application/x-www-form-urlencoded',
      Origin: 'https://appleid.apple.com',
      'Sec-Fetch-Site': 'cross-site',
    },
    redirect: 'manual',
    body: new URLSearchParams(fields),
  })
  return read(await service.fetch(request))
}

/** Returns an app in token mode, and what it keeps of a sign-in that it began. */
export async function tokenSignIn(
  service: Service & Played,
  { provider = 'acme', subject }: { provider?: string; subject: Subject },
): Promise<{ readonly forwarded: URL; readonly binding: string; confirm(body?: object): Promise<Answer> }> {
  const body = { mode: 'token', return_to: 'https://app.example.com/signed-in' }
  const begun = await sendTo(service, 'POST', `/login/social/${provider}`, { body })
  if (begun.status !== 200) throw new Error(`Not begun: ${begun.status} ${begun.text}`)
  const back = await service.provider.authorize(begun.body.authorization_url, subject)
  const callback = await sendTo(service, 'GET', pathOf(service, back))
  const forwarded = new URL(callback.headers.get('Location') ?? '')
  const { binding } = begun.body
  return {
    forwarded,
    binding,
    confirm: (others = {}) =>
      sendTo(service, 'POST', '/login/social/confirm', {
        body: { ...Object.fromEntries(forwarded.searchParams), binding, ...others },
      }),
  }
}

/** Connects a provider to the account of somebody who is signed in, in their mode. Returns the answer to the last step. */
export async function linkIn(
  service: Service & Played,
  person: Person,
  { provider = 'acme', subject = newSubject() }: { provider?: string; subject?: Subject } = {},
): Promise<Answer> {
  if (person.mode === 'token') {
    return person.post('/identities/confirm', await linkAnswer(service, person, { provider, subject }))
  }
  const begun = await beginLink(person, provider)
  const back = await service.provider.authorize(begun.body.authorization_url, subject)
  const [binding] = Object.entries(begun.cookies).map((cookie) => cookie.join('='))
  const cookie = `${person.headers.Cookie}; ${binding}`
  return sendTo(service, 'GET', pathOf(service, back), { headers: { Cookie: cookie } })
}

/** Connects a provider as an app does after its person has agreed there. */
export async function linkAnswer(
  { provider: standsIn }: Played,
  person: Person,
  { provider = 'acme', subject = newSubject() }: { provider?: string; subject?: Subject } = {},
): Promise<object> {
  const { body } = await beginLink(person, provider)
  const back = await standsIn.authorize(body.authorization_url, subject)
  return { ...Object.fromEntries(back.searchParams), binding: body.binding ?? 'x' }
}

async function beginLink(person: Person, provider: string): Promise<Answer> {
  const body = { return_to: 'https://app.example.com/settings' }
  const begun = await person.post(`/identities/${provider}/link`, body)
  if (begun.status !== 200) throw new Error(`Not begun: ${begun.status} ${begun.text}`)
  return begun
}

/** Connects a provider, and returns the id of the identity. */
export async function addIdentity(service: Service & Played, person: Person): Promise<string> {
  const linked = await linkIn(service, person)
  if (linked.status >= 400) throw new Error(`Not linked: ${linked.status} ${linked.text}`)
  return (await person.get('/identities')).body.identities.at(-1).id
}

/** Returns whoever has this address at GitHub, proven there. */
export function atGitHub(email: string) {
  const id = crypto.getRandomValues(new Uint32Array(1))[0] ?? 1
  const emails = [{ email, primary: true, verified: true }]
  return { provider: 'github', subject: { sub: String(id), user: { id, name: null }, emails } }
}

/** Returns the offer that an app gets when its person came from a provider with the address of an account. */
export async function offerFor(service: Service & Played, email: string): Promise<string> {
  const { body } = await (await tokenSignIn(service, atGitHub(email))).confirm()
  return body.offer
}

/** Returns somebody whom the issuer of the operator's own is authoritative for. */
export function newSubject(others: object = {}) {
  const sub = crypto.randomUUID()
  return { sub, email: `${sub}@acme.example`, email_verified: true, name: 'Ada Lovelace', ...others }
}
