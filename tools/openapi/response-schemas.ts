import * as v from 'valibot'
import type { presentEvent } from '../../src/api/account/activity'
import type { presentSession, presentUser } from '../../src/api/present'
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
  email: text('The address, as it was given.'),
  email_verified: v.pipe(v.boolean(), v.description('Whether somebody proved that the address is theirs.')),
  name: v.nullable(v.string()),
  roles: v.pipe(v.array(v.string()), v.readonly()),
  created_at: instant('When the account was registered.'),
})

const Session = v.object({
  id: id('A handle for ending it. Not a credential.'),
  mode: Mode,
  created_at: instant('When the person signed in.'),
  authenticated_at: instant('When the person last proved who they are. A refresh does not move it.'),
  amr: v.pipe(
    v.array(v.string()),
    v.readonly(),
    v.description('How, in the words of RFC 8176, such as `pwd`, `otp`, and `mfa` for two kinds of factors.'),
  ),
  acr: v.pipe(
    v.picklist(['urn:janus:1fa', 'urn:janus:2fa']),
    v.description('`urn:janus:2fa` if the second factor of the account was proven, too.'),
  ),
  last_seen_at: instant('When it was used last; may be behind by half of the idle time.'),
  idle_expires_at: instant('When it ends unless it is used.'),
  expires_at: instant('When it ends, used or not.'),
  user_agent,
  device,
  country,
  current: v.pipe(v.boolean(), v.description('Whether it is the session behind this request.')),
})

const Device = v.object({
  id: id('A handle for forgetting it. Not a credential.'),
  created_at: instant('When the account was first proven there.'),
  last_seen_at: instant('When it was proven there last.'),
  user_agent,
  device,
  country,
  current: v.pipe(v.boolean(), v.description('Whether its cookie came with this request.')),
})

const tokens = {
  access_token: text('JWT (RFC 9068), for the Authorization header. Its `aud` is `AUDIENCE`.'),
  account_token: v.exactOptional(
    text(
      'JWT for the routes of Janus itself, with the life of the access token. Absent where the access token is for them, because `AUDIENCE` is `ISSUER`.',
    ),
  ),
  token_type: v.literal('Bearer'),
  expires_in: v.pipe(v.number(), v.integer(), v.minValue(1), v.description('Seconds.')),
  refresh_token: v.exactOptional(
    text(
      'Good once; absent where it was asked for in a cookie. Asking again within 30 seconds is answered alike.',
    ),
  ),
}

const deviceToken = v.exactOptional(
  text(
    'Tells this client from strangers: send it as `device_token` when you sign in or ask for mail. Keep the newest, also after signing out. Absent where it travels in a cookie.',
  ),
)

const returnTo = v.exactOptional(
  text(
    'Where to go: the `return_to` with which the mail was asked for. Absent if there was none that is allowed.',
  ),
)

const SessionSignIn = v.object({ user: User, session: Session, return_to: returnTo })
const TokenSignIn = v.object({
  ...tokens,
  device_token: deviceToken,
  user: User,
  session: Session,
  return_to: returnTo,
})

/** Every event there is. More may come. */
const EVENTS: Readonly<Record<AuditEventName | 'session-ended', true>> = {
  'account-registered': true,
  'signed-in': true,
  'password-changed': true,
  'account-deleted': true,
  'email-verified': true,
  'password-reset-requested': true,
  'password-reset': true,
  'sign-in-link-requested': true,
  'email-change-requested': true,
  'email-changed': true,
  'device-forgotten': true,
  'mail-failed': true,
  'session-ended': true,
}

const Event = v.object({
  id: v.pipe(v.string(), v.regex(/^[1-9][0-9]*$/)),
  at: instant('When it happened.'),
  event: text(`${Object.keys(EVENTS).join(', ')}. More may come.`),
  outcome: v.picklist(['success', 'refused']),
  reason: v.nullable(text('Why, by a short code.')),
  by_owner: v.pipe(v.boolean(), v.description('Whether whoever did it had proven to be the owner.')),
  session_id: v.nullable(v.string()),
  mode: v.nullable(Mode),
  address: v.nullable(text('The IP address it was done from.')),
  country,
  user_agent,
  device,
})

const nextCursor = v.exactOptional(text('Send it as `cursor` for the next page. Absent on the last.'))

const Check = v.object({
  name: text('A setting or a store.'),
  ok: v.boolean(),
  detail: v.exactOptional(text('What is wrong, and what to do. Names settings, never values.')),
})

const FieldError = v.object({
  field: text('Its name; empty where it is about the body as a whole.'),
  code: text('A short code: missing, type, invalid, unknown, duplicate, too-short, common and others.'),
  message: text('A sentence for developers.'),
})

const Code = v.picklist(Object.keys(PROBLEMS).filter(isProblemCode))

const PublicKey = v.object({
  kty: v.picklist(['EC', 'OKP']),
  crv: v.picklist(['P-256', 'Ed25519']),
  x: v.string(),
  y: v.exactOptional(v.string()),
  kid: text('Its thumbprint (RFC 7638).'),
  alg: v.picklist(['ES256', 'EdDSA']),
  use: v.literal('sig'),
})

const verified = {
  email_verified: v.literal(true),
  has_password: v.pipe(v.boolean(), v.description('Whether the account can sign in with a password now.')),
}

export const RESPONSE_SCHEMAS = {
  User,
  Session,
  Device,
  Event,
  Check,
  FieldError,
  ProblemCode: Code,
  PublicKey,
  SessionSignIn,
  TokenSignIn,
  SignIn: v.union([SessionSignIn, TokenSignIn]),
  Refreshed: v.object({ ...tokens, session: Session }),
  Me: v.object({ user: User, session: Session }),
  WhoAmI: v.union([
    v.object({ authenticated: v.literal(false) }),
    v.object({ authenticated: v.literal(true), user: User, session: Session }),
  ]),
  Renamed: v.object({ user: User }),
  SessionPage: v.object({ sessions: v.array(Session), next_cursor: nextCursor }),
  DeviceList: v.object({ devices: v.array(Device) }),
  EventPage: v.object({ events: v.array(Event), next_cursor: nextCursor }),
  MailAsked: v.object({}),
  MailAskedBound: v.object({
    binding: text(
      'Binds the link to who asked for it, as the cookie does; for clients that keep no cookies.',
    ),
  }),
  EmailVerified: v.union([
    v.object({ ...verified, device_token: deviceToken, return_to: returnTo }),
    v.object({ ...verified, user: User, session: Session, return_to: returnTo }),
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
  KeySet: v.object({ keys: v.array(PublicKey) }),
  ProblemType: v.object({ code: Code, status: v.pipe(v.number(), v.integer()), title: v.string() }),
  Health: v.object({ status: v.literal('ok') }),
  Readiness: v.object({ status: v.picklist(['ready', 'not-ready']), checks: v.array(Check) }),
  Problem: v.object({
    type: v.pipe(v.string(), v.url(), v.description('A URL at which this service explains the problem.')),
    title: v.string(),
    status: v.pipe(v.number(), v.integer()),
    code: Code,
    detail: v.exactOptional(text('What to do about it, this time.')),
    instance: v.pipe(
      v.string(),
      v.regex(/^urn:uuid:[0-9a-f-]{36}$/),
      v.description('The id of the request, which the log has, too.'),
    ),
    errors: v.exactOptional(v.array(FieldError)),
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
  Proof<Same<Answers<'Device'>, ReturnType<typeof presentDevice>>>,
  Proof<Same<Answers<'Event'>, ReturnType<typeof presentEvent>>>,
  // TypeScript knows of a sign-in what both modes have.
  Proof<Same<Answers<'SessionSignIn'>, ReturnType<typeof presentSignIn>>>,
  Proof<Same<Answers<'Check'>, HealthCheck>>,
  Proof<Same<Answers<'FieldError'>, ProblemFieldError>>,
  Proof<Same<Answers<'Problem'>['code'], ProblemCode>>,
]
