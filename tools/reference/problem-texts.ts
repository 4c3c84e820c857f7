import type { ProblemCode } from '../../src/http/problem'

interface ProblemText {
  /** Says when Janus answers with it. */
  readonly cause: string
  /** Says what the client, its developer or the operator does about it. */
  readonly action: string
}

/** The words for each problem, for developers. A problem without words is a compile error. */
export const PROBLEM_TEXTS: Readonly<Record<ProblemCode, ProblemText>> = {
  'invalid-json': {
    cause: 'The body is not valid JSON, is not UTF-8, or names a member twice.',
    action: 'Send one JSON object. `detail` says what is wrong.',
  },
  'invalid-link': {
    cause:
      'The token of a mailed link is unknown, expired, used already, incomplete, or was sent without the binding of the client that requested it.',
    action: 'Request a new link, and confirm it in the browser or client that requests it.',
  },
  'invalid-code': {
    cause:
      'The six digits are wrong, expired or used already, were tried five times, or were sent without the binding.',
    action: 'Use the newest mail, or request another.',
  },
  'passkey-refused': {
    cause:
      'The response of the browser or authenticator is malformed, answers another challenge, comes from an origin that is not listed, or has a signature that does not verify. The log says which (`passkey-refused`).',
    action:
      'Ask for new options and try again. Compare the origin of the page with `PASSKEY_RP_ID` and `PASSKEY_ORIGINS`.',
  },
  'authorization-refused': {
    cause:
      'The `client_id` of an authorization request is not registered, its `redirect_uri` is not one of the client, or it waited for ten minutes or in another browser. Nobody is redirected, because nothing proves where to.',
    action: 'Look at the client with `janus clients show`, and compare `redirect_uri` byte for byte.',
  },
  'social-refused': {
    cause:
      'The answer of a sign-in provider is not valid, was used already, or came to another browser or client than the one that began. The log says which (`social-refused`).',
    action: 'Begin again with `POST /login/social/{provider}`, and keep the cookie or the `binding`.',
  },
  'social-cancelled': {
    cause: 'The person declined at the sign-in provider, or it refused in their name.',
    action: 'Offer to try again, or another way to sign in.',
  },
  'social-no-address': {
    cause:
      'The provider named no email address, or one that it is not authoritative for while Janus sends no mail. No account can be made.',
    action:
      'Let the person verify the address at the provider, or register with it. The operator can set `MAILER`, or list `DOMAINS` of an own issuer.',
  },
  'passkey-unknown': {
    cause: 'No account has a passkey of this id. It was removed, or the database was restored.',
    action: 'Call `PublicKeyCredential.signalUnknownCredential`, and sign in another way.',
  },
  'invalid-credentials': {
    cause:
      'The address is unknown, the password is wrong, or the account is disabled or not verified. The answer is the same for each, so nobody learns which.',
    action: 'Ask the person to check both. Offer a reset.',
  },
  'authentication-required': {
    cause: 'The route needs a caller, and the request carries no credential.',
    action: 'Sign in, and send the cookie or the access token.',
  },
  'invalid-token': {
    cause: 'The bearer token is malformed, has another issuer or audience, or is signed with another key.',
    action: 'Compare `ISSUER` and `AUDIENCE` with the claims. Sign in again.',
  },
  'token-expired': {
    cause: 'The access token has expired.',
    action: 'Refresh it. `janus/client` does so by itself.',
  },
  'session-ended': {
    cause: 'The session was ended, has expired, or is unknown.',
    action: 'Sign in again.',
  },
  'invalid-second-factor': {
    cause:
      'The code of the authenticator app or the recovery code is wrong, expired or used already. Each works once.',
    action: 'Ask for the code that the app shows next, or for another recovery code.',
  },
  'sign-in-expired': {
    cause:
      'The sign-in that waits for a second factor is unknown, took more than ten minutes, was completed, or too many codes were tried.',
    action: 'Sign in again, from the first step.',
  },
  'insufficient-user-authentication': {
    cause: 'The route takes a proof of the last minutes, and the last one is older. A refresh is no proof.',
    action:
      'Ask the person for a proof, with `POST /reauthenticate` or on that page, and repeat the request with the new credential. `max_age` and `acr_values` say what is needed, in the challenge (RFC 9470) and in the body.',
  },
  'email-not-verified': {
    cause:
      'An authenticator app is set up only by somebody whose address is verified, where mail is sent: it would keep the real owner of the address out, who would not hear of it.',
    action: 'Verify the address first: `POST /email/verify/resend` mails a link.',
  },
  'second-factor-not-set': {
    cause: 'The account has no second factor, or it changed while the request was handled.',
    action: 'Read `GET /me/second-factor`.',
  },
  'mailbox-not-proven': {
    cause: 'The pending sign-in was begun by a password or a provider, or nobody has verified the address.',
    action: 'Sign in with `POST /login/link`, and send the handle of that sign-in.',
  },
  'second-factor-required': {
    cause: 'The account must have a second factor (`SECOND_FACTOR`), and this is the last that it has.',
    action:
      'Replace the app with `POST /me/totp`, or add a passkey and sign in with it: then the other factor can go.',
  },
  'refresh-token-reused': {
    cause:
      'The refresh token was used before, more than `REFRESH_REUSE_SECONDS` ago. One of its two holders may be a thief, so Janus ended the session.',
    action: 'Sign in again. Store each new refresh token before the old one is deleted.',
  },
  'cross-site-request': {
    cause: 'A browser says that the request comes from another origin.',
    action: 'List the origin in `ALLOWED_ORIGINS` if it is yours.',
  },
  forbidden: {
    cause: 'The caller is known and lacks a role.',
    action: '`detail` names the role. Give it to the account, and sign in again.',
  },
  'registration-closed': {
    cause: '`REGISTRATION` is `closed`.',
    action: 'Offer sign-in only.',
  },
  'not-found': {
    cause:
      'No such route, or no such session or device of this account. With `MAILER=none`, routes that send mail return it too, and so do routes of parts that `createJanus` was not given.',
    action: 'Check the path and the id. Where there is no route, `detail` says so.',
  },
  'method-not-allowed': {
    cause: 'The path exists, and this method does not.',
    action: '`Allow` and `detail` list the methods.',
  },
  'account-mismatch': {
    cause: '`account_id` names another account than the one signed in. Nothing was changed.',
    action: 'Reload, and show which account is signed in.',
  },
  'password-not-set': {
    cause: 'A password was sent, and the account has none.',
    action:
      'Leave the password out. A proof of the last ten minutes is enough: `POST /reauthenticate` and its neighbors take one.',
  },
  'last-way-in': {
    cause: 'What was to be removed is the only way into the account.',
    action: 'Add another passkey or set a password first.',
  },
  'last-administrator': {
    cause: 'The account is the only one with the role of `ADMIN_ROLE`, and its owner asked to delete it.',
    action:
      'Give another account the role first, or have an operator delete this one by `janus users delete`.',
  },
  'identity-refused': {
    cause: 'The identity is connected to an account already, or the account has 20 identities.',
    action: 'Sign in to the other account and disconnect it there, or remove an identity.',
  },
  'account-exists': {
    cause: 'An account with this address exists. Only `REGISTRATION=open` says so.',
    action: 'Offer sign-in and a reset.',
  },
  'body-too-large': {
    cause: 'The body is larger than 64 KiB.',
    action: 'Send only the fields of the route.',
  },
  'unsupported-media-type': {
    cause:
      'The content type is neither `application/json` in UTF-8 nor, where the route takes forms, `application/x-www-form-urlencoded`.',
    action: 'Set `Content-Type`.',
  },
  'invalid-input': {
    cause: 'Fields are missing, unknown or invalid. `errors` lists every one.',
    action: 'Show `errors` beside the fields.',
  },
  'password-refused': {
    cause:
      'The new password is too short, too long, too common, or mostly the address, the name or the name of the service.',
    action: '`errors` says which. Ask for another.',
  },
  'mode-not-offered': {
    cause:
      '`AUTH_MODE` does not offer the requested mode, or the credential is of a mode that is no longer offered.',
    action: 'Use the other mode.',
  },
  'human-check-failed': {
    cause:
      '`TURNSTILE_SITE_KEY` is set, and the request has no valid `turnstile_token`. At registration also when Cloudflare cannot be asked.',
    action: 'Render the [widget](../guides/bots.md) with the right action, and send its token once.',
  },
  'too-many-attempts': {
    cause: 'The account, the source or the client reached a limit.',
    action: 'Wait for the seconds in `Retry-After`. [Limits](../operate/limits.md) has the numbers.',
  },
  'internal-error': {
    cause: 'A fault in Janus. The log has `unexpected-error` with the same request id.',
    action: 'Report it with the `instance`.',
  },
  'provider-unavailable': {
    cause:
      'The sign-in provider did not answer within 5 s, answered with a redirect, a failure or more than 64 KiB, or named a host that is not configured. The log says which (`provider-unavailable`).',
    action: 'Try again. If it lasts, compare the settings of the provider with its documentation.',
  },
  'store-unavailable': {
    cause: 'D1 or KV did not answer in time.',
    action:
      'Retry after the seconds in `Retry-After`. If the outcome is unknown, `detail` says whether the request may be sent again.',
  },
}
