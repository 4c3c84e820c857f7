import * as v from 'valibot'
import type { presentEvent } from '../../src/api/account/activity'
import type { presentPasskey } from '../../src/api/account/passkeys'
import type { presentApiKey } from '../../src/api/oauth/api-keys'
import type { presentConnectedApp } from '../../src/api/oauth/connected-apps'
import type { presentListedSession, presentSession, presentUser } from '../../src/api/present'
import type { Check as HealthCheck } from '../../src/api/service/health'
import type { presentDevice } from '../../src/api/sessions/devices'
import type { presentSignIn } from '../../src/api/sign-in/answer-sign-in'
import type { AuditEventName } from '../../src/audit/audit-event'
import {
  isProblemCode,
  PROBLEMS,
  type ProblemCode,
  type FieldError as ProblemFieldError,
} from '../../src/http/problem'
import type { ExportedPlace } from '../../src/identity/account-export'

// What Janus answers, by the names the document has for it. Nothing validates with these at run time: the types below hold
// them to the functions that make the answers, and the test suite holds them to the answers (test/support/contract.ts).

const id = (description: string) =>
  v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{22}$/), v.description(description))
const instant = (description: string) => v.pipe(v.string(), v.isoTimestamp(), v.description(description))
const text = (description: string) => v.pipe(v.string(), v.description(description))
const country = v.nullable(
  v.pipe(v.string(), v.regex(/^[A-Z0-9]{2}$/), v.description('ISO 3166-1 alpha-2, as Cloudflare placed it.')),
)
const user_agent = v.nullable(text('The User-Agent that the client sent, at most 256 bytes.'))
const device = v.nullable(
  text('The device in words, such as `Firefox, Linux`. `null` if the user agent is unknown.'),
)

const Mode = v.picklist(['session', 'token'])

const User = v.object({
  id: id('Never used again, not even after the account is deleted.'),
  email: text('The address as its owner wrote it.'),
  email_verified: v.pipe(v.boolean(), v.description('Whether the owner has verified the address.')),
  name: v.nullable(v.string()),
  roles: v.pipe(v.array(v.string()), v.readonly()),
  created_at: instant('When the account was registered.'),
})

const metadata = (said: string) =>
  v.pipe(v.record(v.string(), v.unknown()), v.readonly(), v.description(said))

const Profile = v.object({
  ...User.entries,
  user_metadata: metadata('What the owner of the account wrote, at most 4 KiB.'),
  app_metadata: metadata('What the app wrote, at most 4 KiB.'),
})

const Session = v.object({
  id: id('The handle for ending the session. Not a credential.'),
  mode: Mode,
  created_at: instant('When the person signed in.'),
  authenticated_at: instant(
    'When the person last signed in or confirmed who they are. A refresh does not change it.',
  ),
  amr: v.pipe(
    v.array(v.string()),
    v.readonly(),
    v.description(
      'The methods of the sign-in (RFC 8176), such as `pwd`, `otp`, and `mfa` for two kinds of factors.',
    ),
  ),
  acr: v.pipe(
    v.picklist(['urn:janus:1fa', 'urn:janus:2fa']),
    v.description('`urn:janus:2fa` if a second factor was used.'),
  ),
  last_seen_at: instant('When the session was used last; may be behind by half of the idle time.'),
  idle_expires_at: instant('When the session expires unless it is used.'),
  expires_at: instant('When the session expires, used or not.'),
  user_agent,
  device,
  country,
  current: v.pipe(v.boolean(), v.description('Whether this is the session behind the request.')),
})

const ListedSession = v.object({
  ...Session.entries,
  app: v.pipe(
    v.nullable(
      v.object({
        id: text('Its `client_id`.'),
        name: text('What the operator calls it, or what it calls itself.'),
        host: v.nullable(
          text('The host that it is known by, where no operator registered it. Show that, and not its name.'),
        ),
        scope: text('What it may do: scopes, separated by spaces.'),
        resource: v.nullable(text('The service at which it may do that.')),
      }),
    ),
    v.description('The app that you allowed, whose session this is. `null`: your own.'),
  ),
})

const Device = v.object({
  id: id('The handle for forgetting the device. Not a credential.'),
  created_at: instant('When the owner first signed in there.'),
  last_seen_at: instant('When the owner last signed in there.'),
  user_agent,
  device,
  country,
  current: v.pipe(v.boolean(), v.description('Whether the request carried its cookie.')),
})

const Passkey = v.object({
  id: id('A handle for renaming and removing it.'),
  credential_id: text('Its id in WebAuthn, base64url.'),
  name: text('What its owner calls it.'),
  synced: v.pipe(v.boolean(), v.description('Whether it is kept on more devices than one.')),
  created_at: instant('When it was added.'),
  last_used_at: v.nullable(instant('When somebody last signed in with it.')),
})

const ApiKey = v.object({
  id: id('A handle for revoking it. Not the key.'),
  name: text('What its owner calls it.'),
  scope: text('What it may do: scopes, separated by spaces.'),
  resource: text('The service at which it may do that.'),
  created_at: instant('When it was made.'),
  expires_at: instant('When it ends.'),
  last_used_on: v.nullable(
    v.pipe(
      v.string(),
      v.isoDate(),
      v.description('The day, in UTC, on which it was last exchanged for a token.'),
    ),
  ),
})

const ConnectedApp = v.object({
  id: id('A handle for disconnecting it.'),
  client_id: v.string(),
  name: text('As the operator registered it, or as it calls itself.'),
  host: v.nullable(text('The host that it is known by. `null`: the operator registered it.')),
  scope: text('What it may do: scopes, separated by spaces.'),
  resource: v.nullable(text('The service at which it may do that. `null`: it is told who the person is.')),
  created_at: instant('When it was connected.'),
  last_seen_at: instant('When it last renewed its tokens.'),
  expires_at: instant('When its access ends.'),
})

const Identity = v.object({
  id: id('A handle for disconnecting it.'),
  provider: text('As settings name it.'),
  label: text('As on buttons.'),
  email: v.nullable(text('The address that the provider named when it was connected.')),
  created_at: instant('When it was connected.'),
  last_used_at: v.nullable(instant('When somebody last signed in with it.')),
})

const credentials = v.array(
  v.object({
    type: v.literal('public-key'),
    id: text('Base64url.'),
    transports: v.array(v.string()),
  }),
)

const challenge = text('Base64url. Works once, for five minutes, where it was requested.')

const PasskeyCreationOptions = v.object({
  rp: v.object({ id: v.string(), name: v.string() }),
  user: v.object({
    id: text('How authenticators know the account: random, base64url.'),
    name: v.string(),
    displayName: v.string(),
  }),
  challenge,
  pubKeyCredParams: v.array(v.object({ type: v.literal('public-key'), alg: v.number() })),
  timeout: v.number(),
  excludeCredentials: credentials,
  authenticatorSelection: v.object({
    residentKey: v.literal('required'),
    requireResidentKey: v.boolean(),
    userVerification: v.literal('required'),
  }),
  attestation: v.literal('none'),
})

const PasskeyOptions = v.object({
  challenge,
  rpId: v.string(),
  timeout: v.number(),
  allowCredentials: credentials,
  userVerification: v.literal('required'),
})

const tokens = {
  access_token: text('JWT (RFC 9068), for the Authorization header. Its `aud` is `AUDIENCE`.'),
  account_token: v.exactOptional(
    text(
      'JWT for the routes of Janus itself, with the lifetime of the access token. Absent if `AUDIENCE` is `ISSUER`, because the access token is for them, too.',
    ),
  ),
  token_type: v.literal('Bearer'),
  expires_in: v.pipe(v.number(), v.integer(), v.minValue(1), v.description('Seconds.')),
  refresh_token: v.exactOptional(
    text(
      'Works once. Absent with `refresh_in: cookie`. A retry within 30 seconds returns the current token.',
    ),
  ),
}

const deviceToken = v.exactOptional(
  text(
    'Identifies this client as a known device: send it as `device_token` with sign-ins and requests for mail. Store the newest, also after signing out. Absent for clients that get it in a cookie.',
  ),
)

const returnTo = v.exactOptional(
  text('The `return_to` of the request for the mail. Absent if there was none that is allowed.'),
)

const SessionSignIn = v.object({ user: User, session: Session, return_to: returnTo })
const TokenSignIn = v.object({
  ...tokens,
  device_token: deviceToken,
  user: User,
  session: Session,
  return_to: returnTo,
})

const next = v.pipe(
  v.array(v.picklist(['totp', 'recovery-code', 'passkey', 'enrol-totp', 'enrol-passkey', 'link'])),
  v.readonly(),
  v.description(
    'What may be proven next: a code of the authenticator app (`totp`), a recovery code, or a passkey. Where the account must have a second factor and has none, what may be set up: `enrol-totp`, `enrol-passkey`; or `link`: sign in by mail first. Empty: the account has only passkeys, and the service accepts none.',
  ),
)
const expiresIn = v.pipe(v.number(), v.integer(), v.minValue(1), v.description('Seconds.'))

/** Session mode: the handle is in the cookie. */
const SessionPending = v.object({ next, expires_in: expiresIn })
const TokenPending = v.object({
  next,
  expires_in: expiresIn,
  pending: text('The handle of the pending sign-in. It opens nothing: send it with the second factor.'),
})

const recoveryCodes = v.pipe(
  v.array(v.string()),
  v.readonly(),
  v.description('Ten codes. Each works once. Only this answer has them.'),
)

/** Every event there is. More may come. */
const EVENTS: Readonly<Record<AuditEventName | 'session-ended', true>> = {
  'account-registered': true,
  'account-invited': true,
  'signed-in': true,
  'first-factor-proven': true,
  reauthenticated: true,
  'second-factor-set': true,
  'second-factor-removed': true,
  'second-factor-recovery-requested': true,
  'second-factor-recovery-cancelled': true,
  'second-factor-recovered': true,
  'recovery-codes-renewed': true,
  'password-changed': true,
  'account-deleted': true,
  'email-verified': true,
  'password-reset-requested': true,
  'password-reset': true,
  'sign-in-link-requested': true,
  'email-change-requested': true,
  'email-changed': true,
  'device-forgotten': true,
  'passkey-added': true,
  'passkey-removed': true,
  'identity-linked': true,
  'api-key-created': true,
  'app-connected': true,
  'app-disconnected': true,
  'identity-unlinked': true,
  'roles-changed': true,
  'account-disabled': true,
  'account-enabled': true,
  'account-exported': true,
  'profile-changed': true,
  'event-given-up': true,
  'mail-failed': true,
  'session-ended': true,
}

const Event = v.object({
  id: v.pipe(v.string(), v.regex(/^[1-9][0-9]*$/)),
  at: instant('When it happened.'),
  event: text(`${Object.keys(EVENTS).join(', ')}. More may come.`),
  outcome: v.picklist(['success', 'refused']),
  reason: v.nullable(text('The reason, as a short code.')),
  by_owner: v.pipe(v.boolean(), v.description('Whether the owner did it, as far as that was proven.')),
  session_id: v.nullable(v.string()),
  mode: v.nullable(Mode),
  address: v.nullable(text('The IP address of the client.')),
  country,
  user_agent,
  device,
})

const StoredRow = v.record(v.string(), v.unknown())

/** Everywhere that something of an account is kept. */
const EXPORTED_PLACES = [
  'sessions',
  'authenticator_app',
  'recovery_codes',
  'passkeys',
  'identities',
  'consents',
  'authorization_codes',
  'pending_sign_ins',
  'second_factor_recovery',
  'devices',
  'known_devices',
  'links',
  'events',
] as const satisfies readonly ExportedPlace[]

const nextCursor = v.exactOptional(text('Send it as `cursor` for the next page. Absent on the last.'))

const Check = v.object({
  name: text('A setting or a store.'),
  ok: v.boolean(),
  detail: v.exactOptional(text('What is wrong, and what to do. Names settings, never values.')),
})

const FieldError = v.object({
  field: text('The name of the field; empty for the body as a whole.'),
  code: text('A short code: missing, type, invalid, unknown, duplicate, too-short, common and others.'),
  message: text('A sentence for developers.'),
})

const Code = v.picklist(Object.keys(PROBLEMS).filter(isProblemCode))

const PublicKey = v.object({
  kty: v.picklist(['EC', 'OKP', 'RSA']),
  crv: v.exactOptional(v.picklist(['P-256', 'Ed25519'])),
  x: v.exactOptional(v.string()),
  y: v.exactOptional(v.string()),
  n: v.exactOptional(v.string()),
  e: v.exactOptional(v.string()),
  kid: text('The thumbprint of the key (RFC 7638).'),
  alg: v.picklist(['ES256', 'EdDSA', 'RS256']),
  use: v.literal('sig'),
})

const verified = {
  email_verified: v.literal(true),
  has_password: v.pipe(v.boolean(), v.description('Whether the account can sign in with a password.')),
}

export const RESPONSE_SCHEMAS = {
  User,
  Profile,
  Session,
  Device,
  Passkey,
  ApiKey,
  ApiKeyList: v.object({
    api_keys: v.array(ApiKey),
    resources: v.pipe(
      v.array(v.object({ resource: v.string(), scopes: v.pipe(v.array(v.string()), v.readonly()) })),
      v.description('What a key can be made for.'),
    ),
  }),
  ApiKeyCreated: v.object({ api_key: ApiKey, secret: text('The key. Shown in this answer alone.') }),
  ConnectedApp,
  ConnectedAppList: v.object({ apps: v.array(ConnectedApp) }),
  Event,
  Check,
  FieldError,
  ProblemCode: Code,
  PublicKey,
  SessionSignIn,
  TokenSignIn,
  SignIn: v.union([SessionSignIn, TokenSignIn]),
  RecoveryStarted: v.object({ recovery_due_at: instant('When every second factor is removed.') }),
  Pending: v.union([SessionPending, TokenPending]),
  SignInOrPending: v.union([SessionSignIn, TokenSignIn, SessionPending, TokenPending]),
  SecondFactor: v.object({
    totp: v.nullable(v.object({ confirmed_at: instant('When the authenticator app was set up.') })),
    recovery_codes_left: v.pipe(v.number(), v.integer(), v.minValue(0)),
    recovery_due_at: v.nullable(
      instant('When every factor is removed, because somebody who reads the mail says that all are lost.'),
    ),
  }),
  TotpOffer: v.object({
    enrolment: text('Send it back with the first code. It holds the seed, encrypted.'),
    seed: text('The seed in base32, for typing it in. Shown in this answer alone.'),
    otpauth_uri: text('What a QR code for the app says.'),
  }),
  TotpSet: v.union([
    v.object({ ...SessionSignIn.entries, recovery_codes: recoveryCodes }),
    v.object({ ...TokenSignIn.entries, recovery_codes: recoveryCodes }),
  ]),
  RecoveryCodes: v.object({ recovery_codes: recoveryCodes }),
  Refreshed: v.object({ ...tokens, session: Session }),
  Me: v.object({ user: Profile, session: Session }),
  WhoAmI: v.union([
    v.object({ authenticated: v.literal(false) }),
    v.object({ authenticated: v.literal(true), user: Profile, session: Session }),
  ]),
  Renamed: v.object({ user: Profile }),
  SessionPage: v.object({ sessions: v.array(ListedSession), next_cursor: nextCursor }),
  PasskeyList: v.object({
    passkeys: v.array(Passkey),
    rp_id: text('The domain that passkeys are made for.'),
    user_handle: v.nullable(
      text(
        'How authenticators know the account; `null` if it has had no passkey. For `signalAllAcceptedCredentials`.',
      ),
    ),
  }),
  PasskeyAdded: v.object({ passkey: Passkey }),
  PasskeyCreationOptions,
  PasskeyOptions,
  OwnProofs: v.object({
    next: v.array(v.picklist(['password', 'totp', 'recovery-code', 'passkey', 'link'])),
    authenticated_at: instant('When the person proved last who they are.'),
  }),
  PasskeyRequestOptions: v.object({
    options: PasskeyOptions,
    binding: text('Binds the challenge to the page or client that requested it: send it with the answer.'),
  }),
  ProviderList: v.object({
    providers: v.array(v.object({ name: text('As in paths.'), label: text('As on buttons.') })),
  }),
  AuthorizationBegun: v.object({
    authorization_url: text('Open it in the browser of the person.'),
    expires_in: expiresIn,
    binding: v.optional(text('In token mode: keep it, and send it with what comes back.')),
  }),
  SocialSignIn: v.union([
    SessionSignIn,
    TokenSignIn,
    TokenPending,
    v.object({
      next: v.array(v.picklist(['sign-in', 'mail'])),
      offer: text(
        'The identity, sealed. Send it to `POST /identities/connect` once the person has signed in.',
      ),
      expires_in: expiresIn,
      binding: v.optional(text('Binds the mailed link to this client.')),
    }),
  ]),
  IdentityList: v.object({ identities: v.array(Identity) }),
  DeviceList: v.object({ devices: v.array(Device) }),
  AccountExport: v.object({
    account: StoredRow,
    ...Object.fromEntries(EXPORTED_PLACES.map((place) => [place, v.array(StoredRow)])),
  }),
  EventPage: v.object({ events: v.array(Event), next_cursor: nextCursor }),
  MailAsked: v.object({}),
  MailAskedBound: v.object({
    binding: text(
      'Binds the link to the client that requested it, as the cookie does; for clients without cookies.',
    ),
  }),
  EmailVerified: v.union([
    v.object({ ...verified, device_token: deviceToken, return_to: returnTo }),
    v.object({ ...verified, user: User, session: Session, return_to: returnTo }),
    v.object({
      ...verified,
      ...SessionPending.entries,
      pending: v.optional(TokenPending.entries.pending),
      device_token: deviceToken,
      return_to: returnTo,
    }),
    v.object({
      ...verified,
      ...tokens,
      device_token: deviceToken,
      user: User,
      session: Session,
      return_to: returnTo,
    }),
  ]),
  PasswordReset: v.object({ device_token: deviceToken, return_to: returnTo }),
  OAuthTokens: v.object({
    access_token: text('A JWT (RFC 9068) whose audience is the resource, or UserInfo where none was named.'),
    token_type: v.literal('Bearer'),
    expires_in: expiresIn,
    issued_token_type: v.exactOptional(text('Of a token that was given for an API key (RFC 8693 §2.2.1).')),
    refresh_token: v.exactOptional(
      text('Works once, for this client. None for `client_credentials`, and none for an API key.'),
    ),
    scope: text('What was granted.'),
    id_token: v.exactOptional(
      text('Says who the person is (OpenID Connect Core §2), where the scope has `openid`.'),
    ),
  }),
  UserInfo: v.object({
    sub: text('Names the person to this client.'),
    name: v.exactOptional(text('With `profile`, where there is one.')),
    email: v.exactOptional(text('With `email`.')),
    email_verified: v.exactOptional(v.boolean()),
  }),
  DeviceCodes: v.object({
    device_code: text('For the device, which asks with it for the outcome.'),
    user_code: text('For the person, who enters it.'),
    verification_uri: text('Where they enter it.'),
    verification_uri_complete: text('The same with the code in it, for a QR code.'),
    expires_in: expiresIn,
    interval: v.pipe(v.number(), v.integer(), v.description('Seconds to wait between two questions.')),
  }),
  TokenStatus: v.object({
    active: v.boolean(),
    iss: v.exactOptional(v.string()),
    sub: v.exactOptional(text('The account, or the client itself.')),
    client_id: v.exactOptional(v.string()),
    scope: v.exactOptional(v.string()),
    exp: v.exactOptional(v.pipe(v.number(), v.integer())),
    iat: v.exactOptional(v.pipe(v.number(), v.integer())),
    sid: v.exactOptional(text('The grant. Absent: no person stands behind the token.')),
    token_type: v.exactOptional(text('Absent for a refresh token, as `aud` and `jti` are.')),
    aud: v.exactOptional(v.string()),
    jti: v.exactOptional(v.string()),
  }),
  OAuthError: v.object({ error: v.string(), error_description: v.string() }),
  OAuthClient: v.object({
    client_id: v.string(),
    client_id_issued_at: v.pipe(v.number(), v.integer()),
    client_name: v.exactOptional(v.string()),
    redirect_uris: v.array(v.string()),
    token_endpoint_auth_method: v.literal('none'),
    grant_types: v.array(v.string()),
    response_types: v.array(v.string()),
    scope: v.exactOptional(v.string()),
  }),
  AuthorizationServer: v.object({
    issuer: v.string(),
    authorization_endpoint: v.string(),
    token_endpoint: v.string(),
    registration_endpoint: v.exactOptional(v.string()),
    userinfo_endpoint: v.string(),
    end_session_endpoint: v.exactOptional(v.string()),
    jwks_uri: v.string(),
    token_endpoint_auth_signing_alg_values_supported: v.array(v.string()),
    device_authorization_endpoint: v.string(),
    revocation_endpoint_auth_signing_alg_values_supported: v.array(v.string()),
    introspection_endpoint_auth_signing_alg_values_supported: v.array(v.string()),
    revocation_endpoint: v.string(),
    revocation_endpoint_auth_methods_supported: v.array(v.string()),
    introspection_endpoint: v.string(),
    introspection_endpoint_auth_methods_supported: v.array(v.string()),
    scopes_supported: v.array(v.string()),
    response_types_supported: v.array(v.string()),
    response_modes_supported: v.array(v.string()),
    grant_types_supported: v.array(v.string()),
    token_endpoint_auth_methods_supported: v.array(v.string()),
    code_challenge_methods_supported: v.array(v.string()),
    authorization_response_iss_parameter_supported: v.boolean(),
    subject_types_supported: v.array(v.string()),
    id_token_signing_alg_values_supported: v.array(v.string()),
    claims_supported: v.array(v.string()),
    claim_types_supported: v.array(v.string()),
    acr_values_supported: v.array(v.string()),
    prompt_values_supported: v.array(v.string()),
    backchannel_logout_supported: v.boolean(),
    backchannel_logout_session_supported: v.boolean(),
    claims_parameter_supported: v.boolean(),
    request_parameter_supported: v.boolean(),
    request_uri_parameter_supported: v.boolean(),
    client_id_metadata_document_supported: v.boolean(),
  }),
  KeySet: v.object({ keys: v.array(PublicKey) }),
  AppleApps: v.object({ webcredentials: v.object({ apps: v.array(v.string()) }) }),
  AndroidApps: v.array(
    v.object({
      relation: v.array(v.string()),
      target: v.object({
        namespace: v.literal('android_app'),
        package_name: v.string(),
        sha256_cert_fingerprints: v.array(v.string()),
      }),
    }),
  ),
  ProblemType: v.object({ code: Code, status: v.pipe(v.number(), v.integer()), title: v.string() }),
  Health: v.object({ status: v.literal('ok') }),
  Readiness: v.object({ status: v.picklist(['ready', 'not-ready']), checks: v.array(Check) }),
  Problem: v.object({
    type: v.pipe(v.string(), v.url(), v.description('A URL at which this service explains the problem.')),
    title: v.string(),
    status: v.pipe(v.number(), v.integer()),
    code: Code,
    detail: v.exactOptional(text('What is wrong with this request, and what to do.')),
    instance: v.pipe(
      v.string(),
      v.regex(/^urn:uuid:[0-9a-f-]{36}$/),
      v.description('The id of the request, which is also in the log.'),
    ),
    errors: v.exactOptional(v.array(FieldError)),
    max_age: v.exactOptional(v.number()),
    acr_values: v.exactOptional(v.string()),
  }),
}

export type ResponseSchemaName = keyof typeof RESPONSE_SCHEMAS

type Answers<Name extends ResponseSchemaName> = v.InferOutput<(typeof RESPONSE_SCHEMAS)[Name]>

/** `true` if each is the other. */
type Same<A, B> = [A, B] extends [B, A] ? true : false

/** Fails to compile where a schema is not what the code makes. */
type Proof<T extends true> = T

export type Proofs = [
  Proof<Same<Answers<'User'>, ReturnType<typeof presentUser>>>,
  Proof<Same<Answers<'Session'>, ReturnType<typeof presentSession>>>,
  Proof<Same<v.InferOutput<typeof ListedSession>, ReturnType<typeof presentListedSession>>>,
  Proof<Same<Answers<'Device'>, ReturnType<typeof presentDevice>>>,
  Proof<Same<Answers<'Passkey'>, ReturnType<typeof presentPasskey>>>,
  Proof<Same<Answers<'ApiKey'>, ReturnType<typeof presentApiKey>>>,
  Proof<Same<Answers<'ConnectedApp'>, ReturnType<typeof presentConnectedApp>>>,
  Proof<Same<Answers<'Event'>, ReturnType<typeof presentEvent>>>,
  // TypeScript knows of a sign-in what both modes have.
  Proof<Same<Answers<'SessionSignIn'>, ReturnType<typeof presentSignIn>>>,
  Proof<Same<Answers<'Check'>, HealthCheck>>,
  Proof<Same<Answers<'FieldError'>, ProblemFieldError>>,
  Proof<Same<Answers<'Problem'>['code'], ProblemCode>>,
]
