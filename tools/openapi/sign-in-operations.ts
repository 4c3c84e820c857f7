import { EXAMPLES } from './examples'
import type { Operation } from './operation'

const WHERE_TO = 'A form gets a session cookie and is redirected to `return_to`, or to the app (`APP_URL`).'

export const SIGN_IN_OPERATIONS: Readonly<Record<string, Operation>> = {
  'POST /register': {
    id: 'register',
    tag: 'Sign in',
    summary: 'Create an account',
    description: `With \`REGISTRATION=open\`, signs in at once. With \`verified\`, mails a link and returns the same answer whether the address has an account or not. Ends the session whose cookie is sent. ${WHERE_TO}`,
    request: { email: 'ada@example.com', password: 'analytical engine no. 1', name: 'Ada' },
    answers: {
      200: {
        description: 'The account was created, and its sign-in waits until a second factor is set up.',
        body: 'Pending',
        example: EXAMPLES.enrolmentDue,
        headers: ['Set-Cookie?'],
      },
      201: {
        description: 'The account was created, and its owner is signed in.',
        body: 'SignIn',
        example: { ...EXAMPLES.signedIn, user: { ...EXAMPLES.user, email_verified: false } },
        headers: ['Set-Cookie?'],
      },
      202: {
        description: 'A link was mailed (`REGISTRATION=verified`).',
        body: 'MailAskedBound',
        example: EXAMPLES.binding,
        headers: ['Set-Cookie?'],
      },
    },
    problems: ['registration-closed', 'account-exists', 'password-refused', 'mode-not-offered'],
  },

  'POST /login': {
    id: 'signIn',
    tag: 'Sign in',
    summary: 'Sign in with a password',
    description: `In session mode the credential is the cookie \`__Host-session\`, in token mode an access token and a refresh token. Ends the session whose cookie is sent. An unknown address and a wrong password return the same answer. ${WHERE_TO}`,
    request: { email: 'ada@example.com', password: 'analytical engine no. 1', mode: 'token' },
    answers: {
      200: {
        description: 'Signed in, or the first step of a sign-in to an account with a second factor.',
        body: 'SignInOrPending',
        example: EXAMPLES.signedInWithTokens,
        headers: ['Set-Cookie?'],
      },
    },
    problems: ['invalid-credentials', 'mode-not-offered'],
  },

  'POST /login/second-factor': {
    id: 'completeSignIn',
    tag: 'Sign in',
    summary: 'Complete a sign-in with the second factor',
    description: `Takes a code of the authenticator app as \`code\`, or a \`recovery_code\`; and the pending sign-in from the cookie (session mode) or as \`pending\` (token mode). A pending sign-in lasts ten minutes and is taken once. Wrong codes count against the account, however often the sign-in is begun anew. ${WHERE_TO}`,
    request: { code: '492039' },
    answers: {
      200: {
        description: 'Signed in.',
        body: 'SignIn',
        example: { ...EXAMPLES.signedIn, session: EXAMPLES.sessionOfTwoFactors },
        headers: ['Set-Cookie?'],
      },
    },
    problems: ['invalid-second-factor', 'sign-in-expired', 'mode-not-offered'],
  },

  'POST /login/second-factor/passkey/options': {
    id: 'preparePasskeyStep',
    tag: 'Sign in',
    summary: 'Ask for the options to complete a sign-in with a passkey',
    description:
      'Where `next` has `passkey`. For `PublicKeyCredential.parseRequestOptionsFromJSON` and `navigator.credentials.get`; names the passkeys of the account. The challenge works once, for five minutes, with this pending sign-in.',
    request: {},
    answers: {
      200: { description: 'The options.', body: 'PasskeyOptions', example: EXAMPLES.passkeyRequest.options },
    },
    problems: ['sign-in-expired', 'mode-not-offered', 'not-found'],
  },

  'POST /login/second-factor/passkey': {
    id: 'completeSignInWithPasskey',
    tag: 'Sign in',
    summary: 'Complete a sign-in with a passkey',
    description: `In place of a code. The pending sign-in comes as with \`POST /login/second-factor\`. Guesses at codes do not keep it waiting. ${WHERE_TO}`,
    request: { credential: EXAMPLES.usedCredential },
    answers: {
      200: {
        description: 'Signed in.',
        body: 'SignIn',
        example: { ...EXAMPLES.signedIn, session: EXAMPLES.sessionOfTwoFactors },
        headers: ['Set-Cookie?'],
      },
    },
    problems: ['passkey-refused', 'passkey-unknown', 'sign-in-expired', 'mode-not-offered', 'not-found'],
  },

  'POST /login/second-factor/recovery': {
    id: 'startRecovery',
    tag: 'Sign in',
    summary: 'Ask for the removal of every second factor',
    description:
      'For somebody who has lost all of them, in a sign-in that was begun by a mailed link. They are removed after `SECOND_FACTOR_RECOVERY_HOURS`; mail at the start and at half of it says how to stop that, and a sign-in with any of them stops it.',
    request: {},
    answers: {
      202: {
        description: 'It will be done then. One that was requested before goes on.',
        body: 'RecoveryStarted',
        example: { recovery_due_at: '2026-11-26T18:00:00Z' },
      },
    },
    problems: ['mailbox-not-proven', 'sign-in-expired', 'mode-not-offered', 'not-found'],
  },

  'POST /login/second-factor/recovery/cancel': {
    id: 'cancelRecovery',
    tag: 'Sign in',
    summary: 'Stop the removal of second factors with a mailed link',
    description: 'Takes the token of the mail about it. Nobody is signed in.',
    request: { token: EXAMPLES.token },
    answers: { 204: { description: 'Every factor stays.' } },
    problems: ['invalid-link', 'not-found'],
  },

  'POST /login/second-factor/set-up/totp': {
    id: 'prepareTotpInSignIn',
    tag: 'Sign in',
    summary: 'Ask for the seed of an authenticator app in a sign-in',
    description:
      'Where `next` has `enrol-totp`: the account must have a second factor and has none. The pending sign-in comes as with `POST /login/second-factor`. Nothing is stored before the first code. A form from a browser gets a page with a QR code.',
    request: {},
    answers: {
      200: { description: 'The seed, for this sign-in.', body: 'TotpOffer', example: EXAMPLES.totpOffer },
    },
    problems: ['sign-in-expired', 'mode-not-offered'],
  },

  'POST /login/second-factor/set-up/totp/confirm': {
    id: 'setUpTotpInSignIn',
    tag: 'Sign in',
    summary: 'Complete a sign-in by setting up an authenticator app',
    description:
      'Takes the first code of the app. Begins the session, ends every other of the account, and mails its owner. A form from a browser gets a page with the recovery codes.',
    request: { enrolment: 'c2VjcmV0.c2VhbGVk.c2VlZA', code: '492039' },
    answers: {
      200: {
        description: 'Set up, and signed in.',
        body: 'TotpSet',
        example: {
          ...EXAMPLES.signedIn,
          session: EXAMPLES.sessionOfTwoFactors,
          recovery_codes: ['mfzw-2zlt-orsx-g5a2-ojsw-g33w'],
        },
        headers: ['Set-Cookie?'],
      },
    },
    problems: ['invalid-second-factor', 'sign-in-expired', 'mode-not-offered'],
  },

  'POST /login/second-factor/set-up/passkey/options': {
    id: 'preparePasskeyInSignIn',
    tag: 'Sign in',
    summary: 'Ask for the options of a new passkey in a sign-in',
    description:
      'Where `next` has `enrol-passkey`. For `PublicKeyCredential.parseCreationOptionsFromJSON` and `navigator.credentials.create`. The challenge works for five minutes, with this pending sign-in.',
    request: {},
    answers: {
      200: {
        description: 'The options.',
        body: 'PasskeyCreationOptions',
        example: EXAMPLES.passkeyCreation,
      },
    },
    problems: ['sign-in-expired', 'mode-not-offered', 'not-found'],
  },

  'POST /login/second-factor/set-up/passkey': {
    id: 'setUpPasskeyInSignIn',
    tag: 'Sign in',
    summary: 'Complete a sign-in by setting up a passkey',
    description:
      'Takes what `toJSON()` of the new credential gives. Begins the session, ends every other of the account, and mails its owner.',
    request: { credential: EXAMPLES.newCredential },
    answers: {
      200: {
        description: 'Set up, and signed in.',
        body: 'SignIn',
        example: { ...EXAMPLES.signedIn, session: EXAMPLES.sessionOfTwoFactors },
        headers: ['Set-Cookie?'],
      },
    },
    problems: ['passkey-refused', 'sign-in-expired', 'mode-not-offered', 'not-found'],
  },

  'POST /login/link': {
    id: 'requestSignInLink',
    tag: 'Sign in',
    summary: 'Request a sign-in link',
    description:
      'Mails the link if the address has an account, and returns the same answer if not. The link expires in 15 minutes, works once, and needs the cookie or the `binding` of this answer.',
    request: { email: 'ada@example.com' },
    answers: {
      202: {
        description: 'The request was accepted.',
        body: 'MailAskedBound',
        example: EXAMPLES.binding,
        headers: ['Set-Cookie?'],
      },
    },
  },

  'POST /login/link/confirm': {
    id: 'signInWithLink',
    tag: 'Sign in',
    summary: 'Sign in with a mailed link or code',
    description: `Takes the token of the link, or the six digits of the same mail as \`code\`, and the binding from the cookie or the body. A code allows five attempts. ${WHERE_TO}`,
    request: { token: EXAMPLES.token },
    answers: {
      200: {
        description: 'Signed in, or the first step of a sign-in to an account with a second factor.',
        body: 'SignInOrPending',
        example: EXAMPLES.signedIn,
        headers: ['Set-Cookie?'],
      },
    },
    problems: ['invalid-link', 'invalid-code', 'mode-not-offered'],
  },

  'POST /login/passkey/options': {
    id: 'preparePasskeySignIn',
    tag: 'Sign in',
    summary: 'Ask for the options of a sign-in with a passkey',
    description:
      'For `PublicKeyCredential.parseRequestOptionsFromJSON` and `navigator.credentials.get`. The same for everybody. The challenge works once, for five minutes, together with the binding.',
    request: {},
    answers: {
      200: {
        description: 'The options and their binding.',
        body: 'PasskeyRequestOptions',
        example: EXAMPLES.passkeyRequest,
      },
    },
    problems: ['not-found'],
  },

  'POST /login/passkey': {
    id: 'signInWithPasskey',
    tag: 'Sign in',
    summary: 'Sign in with a passkey',
    description:
      'Takes what `toJSON()` of the credential gives, and the binding that came with the options. The person was verified by the authenticator, so the session has both factors.',
    request: { credential: EXAMPLES.usedCredential, binding: EXAMPLES.binding.binding },
    answers: {
      200: {
        description: 'Signed in.',
        body: 'SignIn',
        example: EXAMPLES.signedIn,
        headers: ['Set-Cookie?'],
      },
    },
    problems: ['passkey-refused', 'passkey-unknown', 'mode-not-offered', 'not-found'],
  },

  'GET /login/social': {
    id: 'listProviders',
    tag: 'Sign in',
    summary: 'The sign-in providers',
    description: 'Those of `SOCIAL_PROVIDERS`, in its order: one button each.',
    answers: {
      200: {
        description: 'The providers.',
        body: 'ProviderList',
        example: { providers: [{ name: 'google', label: 'Google' }] },
      },
    },
    storage: false,
  },

  'POST /login/social/:provider': {
    id: 'beginSocialSignIn',
    tag: 'Sign in',
    summary: 'Begin a sign-in at a provider',
    description:
      'Returns the URL to open in the browser. In session mode the browser gets a cookie that binds the sign-in to it, and comes back signed in. In token mode it comes back to `return_to`, a URL of the app, with `state` and `code`: send them to `POST /login/social/confirm` with the `binding` of this answer.',
    parameters: ['provider'],
    request: { return_to: 'https://app.example.com/signed-in' },
    answers: {
      200: {
        description: 'The URL.',
        body: 'AuthorizationBegun',
        example: EXAMPLES.authorization,
        headers: ['Set-Cookie?'],
      },
    },
    problems: ['not-found', 'mode-not-offered', 'provider-unavailable'],
    storage: false,
  },

  'GET /login/social/:provider/callback': {
    id: 'returnFromProvider',
    tag: 'Sign in',
    summary: 'Where a provider sends the browser back',
    description:
      'Signs in, connects, or hands on to the app, and redirects. A browser that comes from another site is asked to come once more, so that its cookies are sent.',
    parameters: ['provider'],
    answers: {
      200: { description: 'Come once more (`Refresh`).' },
      303: { description: 'Where to go next.', headers: ['Location', 'Set-Cookie?'] },
    },
    problems: [
      'social-refused',
      'social-cancelled',
      'social-no-address',
      'sign-in-expired',
      'registration-closed',
      'account-exists',
      'identity-refused',
      'mode-not-offered',
      'not-found',
      'provider-unavailable',
    ],
  },

  'POST /login/social/:provider/callback': {
    id: 'returnFromProviderByForm',
    tag: 'Sign in',
    summary: 'Where Apple posts its answer',
    description: 'Changes nothing, and redirects to `GET` of the same path.',
    parameters: ['provider'],
    request: { state: 'sealed', code: 'code' },
    answers: { 303: { description: 'The same by `GET`.', headers: ['Location'] } },
    problems: ['sign-in-expired', 'not-found'],
    storage: false,
  },

  'POST /login/social/confirm': {
    id: 'confirmSocialSignIn',
    tag: 'Sign in',
    summary: 'Complete a sign-in at a provider, in token mode',
    description:
      'Takes the parameters with which the browser came back to the app, and the `binding` of the client that began. `next: ["sign-in"]`: an account has the address; let the person sign in to it, then send `offer` to `POST /identities/connect`. `next: ["mail"]`: the address is not proven, and a link was mailed; then the same.',
    request: EXAMPLES.answerOfProvider,
    answers: {
      200: {
        description: 'Signed in, or what comes next.',
        body: 'SocialSignIn',
        example: EXAMPLES.signedIn,
        headers: ['Set-Cookie?'],
      },
      201: {
        description: 'Signed in to a new account.',
        body: 'SignIn',
        example: EXAMPLES.signedIn,
        headers: ['Set-Cookie?'],
      },
    },
    problems: [
      'social-refused',
      'social-cancelled',
      'social-no-address',
      'sign-in-expired',
      'registration-closed',
      'mode-not-offered',
      'not-found',
      'provider-unavailable',
    ],
  },

  'POST /refresh': {
    id: 'refresh',
    tag: 'Sign in',
    summary: 'Exchange a refresh token',
    description:
      'Takes the refresh token from the body or from the cookie `__Host-refresh`, and returns its successor the same way. Each works once. Within `REFRESH_REUSE_SECONDS` of its rotation a used one returns the current one, so a lost answer can be requested again. Later it ends the session, because one of its two holders is a thief. With `if_present`, a request without a refresh token returns 204 instead of 401, so a page can refresh at each visit.',
    takes: 'refresh-token',
    request: { refresh_token: EXAMPLES.refreshed.refresh_token },
    answers: {
      200: {
        description: 'New tokens for the same session.',
        body: 'Refreshed',
        example: EXAMPLES.refreshed,
        headers: ['Set-Cookie?'],
      },
      204: { description: 'There is no refresh token, and `if_present` was sent.' },
    },
    problems: [
      'authentication-required',
      'invalid-token',
      'session-ended',
      'refresh-token-reused',
      'mode-not-offered',
    ],
  },

  'POST /password': {
    id: 'changePassword',
    tag: 'Passwords',
    summary: 'Change the password',
    description:
      'Ends the other sessions of the account and renews this one, which revokes its old credential. Forgets the other devices, too. An account without a password gets its first one by a proof of the last ten minutes, without `current_password`; one with a second factor needs both.',
    request: { current_password: 'analytical engine no. 1', new_password: 'difference engine no. 2' },
    answers: {
      200: {
        description: 'The password was changed. The answer is that of a sign-in.',
        body: 'SignIn',
        example: EXAMPLES.signedIn,
        headers: ['Set-Cookie?'],
      },
    },
    problems: [
      'invalid-credentials',
      'password-not-set',
      'password-refused',
      'insufficient-user-authentication',
    ],
  },

  'POST /password/forgot': {
    id: 'requestPasswordReset',
    tag: 'Passwords',
    summary: 'Request a password reset',
    description:
      'Mails a link if the address has an account, and returns the same answer if not. The link expires in an hour.',
    request: { email: 'ada@example.com' },
    answers: { 202: { description: 'The request was accepted.', body: 'MailAsked', example: {} } },
  },

  'POST /password/reset': {
    id: 'resetPassword',
    tag: 'Passwords',
    summary: 'Reset the password with a mailed link',
    description:
      'Ends every session of the account, forgets all devices except this one, and signs nobody in. A client without cookies sends `device_token` (`null` if it has none) and gets 200.',
    request: { token: EXAMPLES.token, new_password: 'difference engine no. 2' },
    answers: {
      200: {
        description: 'The new password was set, for a client that sent `device_token`.',
        body: 'PasswordReset',
        example: { device_token: EXAMPLES.deviceToken },
      },
      204: { description: 'The new password was set.', headers: ['Set-Cookie?'] },
    },
    problems: ['invalid-link', 'password-refused'],
  },
}
