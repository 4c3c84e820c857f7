import { EXAMPLES } from './examples'
import type { Operation } from './operation'

const ENDED = { headers: ['Set-Cookie?', 'Clear-Site-Data'] } as const
const ENDED_IF_OWN = { headers: ['Set-Cookie?', 'Clear-Site-Data?'] } as const

const STEPPED_UP = {
  description: 'Proven. The answer is that of a sign-in, without a refresh token.',
  body: 'SignIn',
  example: EXAMPLES.signedIn,
  headers: ['Set-Cookie?'],
} as const

export const ACCOUNT_OPERATIONS: Readonly<Record<string, Operation>> = {
  'POST /email/verify': {
    id: 'verifyEmail',
    tag: 'Addresses',
    summary: 'Verify an address with a mailed link',
    description:
      'In the client that requested the link, which the cookie or the `binding` proves, the password of the registration stays, and the answer has the members of a sign-in. Elsewhere `new_password` sets another password, and nobody is signed in.',
    request: { token: EXAMPLES.token },
    answers: {
      200: {
        description: 'The address was verified, and the account can be used.',
        body: 'EmailVerified',
        example: { email_verified: true, has_password: true },
        headers: ['Set-Cookie?'],
      },
    },
    problems: ['invalid-link', 'password-refused', 'mode-not-offered'],
  },

  'POST /email/verify/resend': {
    id: 'resendVerification',
    tag: 'Addresses',
    summary: 'Request the verification link again',
    description: 'Returns the same answer whether there is an account to verify or not.',
    request: { email: 'ada@example.com' },
    answers: {
      202: {
        description: 'The request was accepted.',
        body: 'MailAskedBound',
        example: EXAMPLES.binding,
        headers: ['Set-Cookie?'],
      },
    },
    problems: ['account-mismatch'],
  },

  'POST /email/change': {
    id: 'requestEmailChange',
    tag: 'Addresses',
    summary: 'Request an address change',
    description:
      'Mails a link to the new address and a notice to the old one. Nothing changes until the link is used. Takes `password`. An account without a password takes a proof of the last ten minutes instead, and one with a second factor takes both.',
    request: { email: 'countess@example.com', password: 'analytical engine no. 1' },
    answers: {
      202: {
        description: 'The request was accepted.',
        body: 'MailAskedBound',
        example: EXAMPLES.binding,
        headers: ['Set-Cookie?'],
      },
    },
    problems: ['invalid-credentials', 'password-not-set', 'insufficient-user-authentication'],
  },

  'POST /email/change/confirm': {
    id: 'confirmEmailChange',
    tag: 'Addresses',
    summary: 'Change the address with a mailed link',
    description:
      'Works only in the client that requested the change, which the cookie or the `binding` proves.',
    request: { token: EXAMPLES.token },
    answers: { 204: { description: 'The address was changed.', headers: ['Set-Cookie?'] } },
    problems: ['invalid-link'],
  },

  'GET /reauthenticate': {
    id: 'listProofs',
    tag: 'Account',
    summary: 'What can be proven again',
    description:
      'Which of `POST /reauthenticate` (`password`), `POST /reauthenticate/second-factor` (`totp`, `recovery-code`), `POST /reauthenticate/passkey` (`passkey`) and a sign-in by `POST /login/link` (`link`) renew the proof of this session. A session of two factors is renewed by a second factor or a passkey. For browsers, where there are pages: a page that asks for it and leads to `return_to`.',
    answers: {
      200: {
        description: 'The proofs.',
        body: 'OwnProofs',
        example: { next: ['password', 'passkey'], authenticated_at: '2026-11-23T18:00:00Z' },
      },
      303: { description: 'For browsers without a session: the page to sign in.', headers: ['Location'] },
    },
    page: true,
  },

  'POST /reauthenticate': {
    id: 'reauthenticate',
    tag: 'Account',
    summary: 'Prove again who is signed in, by the password',
    description:
      'Renews `auth_time`, which a refresh does not. In session mode another session takes the place of this one, with a new cookie. In token mode the session stays, and the answer has a new access token and no refresh token: keep the one there is.',
    request: { password: 'analytical engine no. 1' },
    answers: { 200: STEPPED_UP },
    problems: ['invalid-credentials', 'password-not-set'],
  },

  'POST /reauthenticate/second-factor': {
    id: 'reauthenticateByFactor',
    tag: 'Account',
    summary: 'Prove again who is signed in, by the second factor',
    description:
      'As `POST /reauthenticate`, with a `code` of the authenticator app or a `recovery_code`. Tries count together with those of sign-ins.',
    request: { code: '492039' },
    answers: { 200: STEPPED_UP },
    problems: ['invalid-second-factor', 'second-factor-not-set'],
  },

  'POST /reauthenticate/passkey/options': {
    id: 'prepareReauthentication',
    tag: 'Account',
    summary: 'Ask for the options to prove again who is signed in, by a passkey',
    description:
      'For `PublicKeyCredential.parseRequestOptionsFromJSON` and `navigator.credentials.get`. The challenge works once, for five minutes, in this session.',
    request: {},
    answers: {
      200: { description: 'The options.', body: 'PasskeyOptions', example: EXAMPLES.passkeyRequest.options },
    },
    problems: ['not-found'],
  },

  'POST /reauthenticate/passkey': {
    id: 'reauthenticateByPasskey',
    tag: 'Account',
    summary: 'Prove again who is signed in, by a passkey',
    description: 'As `POST /reauthenticate`. The session has two factors afterwards.',
    request: { credential: EXAMPLES.usedCredential },
    answers: { 200: STEPPED_UP },
    problems: ['passkey-refused', 'passkey-unknown', 'not-found'],
  },

  'GET /me/second-factor': {
    id: 'secondFactor',
    tag: 'Account',
    summary: 'The second factor of the account',
    description: 'Whether there is one, and how many recovery codes are left. No secret.',
    answers: {
      200: {
        description: 'The second factor.',
        body: 'SecondFactor',
        example: {
          totp: { confirmed_at: '2026-11-23T18:00:00Z' },
          recovery_codes_left: 10,
          recovery_due_at: null,
        },
      },
    },
  },

  'POST /me/totp': {
    id: 'offerTotp',
    tag: 'Account',
    summary: 'Begin to set up an authenticator app',
    description:
      'Gives a new seed. Nothing changes until `POST /me/totp/confirm`. It takes a proof of the last ten minutes. A form from a browser gets a page with the QR code.',
    request: {},
    answers: {
      200: {
        description: 'A seed.',
        body: 'TotpOffer',
        example: EXAMPLES.totpOffer,
      },
    },
    problems: ['email-not-verified'],
  },

  'POST /me/totp/confirm': {
    id: 'confirmTotp',
    tag: 'Account',
    summary: 'Set up an authenticator app with its first code',
    description:
      'From now on every sign-in takes a second factor. Ends the other sessions of the account and renews this one: its old credential is over. Replaces the app there was, and its recovery codes. A form from a browser gets a page with the codes.',
    request: { enrolment: 'c2VjcmV0.c2VhbGVk.c2VlZA', code: '492039' },
    answers: {
      200: {
        description: 'Set up. The answer is that of a sign-in, with recovery codes.',
        body: 'TotpSet',
        example: {
          ...EXAMPLES.signedIn,
          session: EXAMPLES.sessionOfTwoFactors,
          recovery_codes: ['mfzw-2zlt-orsx-g5a2-ojsw-g33w'],
        },
        headers: ['Set-Cookie?'],
      },
    },
    problems: ['invalid-second-factor', 'email-not-verified', 'second-factor-not-set'],
  },

  'POST /me/second-factor/recovery/cancel': {
    id: 'cancelOwnRecovery',
    tag: 'Account',
    summary: 'Stop the removal of second factors',
    description: 'That somebody who reads the mail has requested. Nothing happens if nobody has.',
    request: {},
    answers: { 204: { description: 'Every factor stays.' } },
  },

  'POST /me/second-factor/remove': {
    id: 'removeSecondFactor',
    tag: 'Account',
    summary: 'Remove the second factor',
    description:
      'And its recovery codes. Ends the other sessions of the account and renews this one. It takes a proof of the second factor of the last ten minutes.',
    request: {},
    answers: {
      200: {
        description: 'Removed. The answer is that of a sign-in.',
        body: 'SignIn',
        example: EXAMPLES.signedIn,
        headers: ['Set-Cookie?'],
      },
    },
    problems: ['second-factor-not-set', 'second-factor-required'],
  },

  'POST /me/recovery-codes': {
    id: 'renewRecoveryCodes',
    tag: 'Account',
    summary: 'Get new recovery codes',
    description:
      'In place of those there are. It takes a proof of the second factor of the last ten minutes. A form from a browser gets a page with the codes.',
    request: {},
    answers: {
      200: {
        description: 'New codes.',
        body: 'RecoveryCodes',
        example: { recovery_codes: ['mfzw-2zlt-orsx-g5a2-ojsw-g33w'] },
      },
    },
    problems: ['second-factor-not-set'],
  },

  'GET /': {
    id: 'whoAmI',
    tag: 'Account',
    summary: 'Who is calling',
    description:
      'Returns a page to browsers. An invalid bearer token is rejected; an invalid or expired cookie counts as none.',
    takes: 'any',
    answers: {
      200: {
        description: 'The caller, or `authenticated: false`.',
        body: 'WhoAmI',
        example: { authenticated: true, ...EXAMPLES.me },
      },
    },
    problems: ['invalid-token', 'token-expired', 'session-ended'],
    page: true,
  },

  'GET /me': {
    id: 'readMe',
    tag: 'Account',
    summary: 'The account and the session behind this request',
    answers: {
      200: { description: 'The account and the session.', body: 'Me', example: EXAMPLES.me },
      303: { description: 'For browsers, where there are pages: the account page.', headers: ['Location'] },
    },
  },

  'PATCH /me': {
    id: 'rename',
    tag: 'Account',
    summary: 'Change the name and the metadata',
    description:
      'What is left out stays. `user_metadata` is replaced whole, where the app has a schema for it; `null` empties it.',
    request: { name: 'Ada' },
    answers: {
      200: { description: 'The account as it is now.', body: 'Renamed', example: { user: EXAMPLES.profile } },
    },
  },

  'POST /me': {
    id: 'renameByForm',
    tag: 'Account',
    summary: 'Change the name, from a form',
    description: 'The same as `PATCH /me`, because forms can only POST.',
    request: { name: 'Ada' },
    answers: {
      200: { description: 'The account as it is now.', body: 'Renamed', example: { user: EXAMPLES.profile } },
    },
  },

  'POST /me/delete': {
    id: 'deleteAccount',
    tag: 'Account',
    summary: 'Delete the account',
    description:
      'Deletes the account and ends its sessions. This cannot be undone. The audit trail keeps what happened, when and from which country, without name and email address, until `AUDIT_RETENTION_DAYS` have passed; IP addresses and user agents are removed within minutes. Takes `password`. An account without a password takes a proof of the last ten minutes instead, and one with a second factor takes both. The last administrator (`ADMIN_ROLE`) stays.',
    request: { password: 'analytical engine no. 1' },
    answers: { 204: { description: 'Deleted.', ...ENDED } },
    problems: [
      'invalid-credentials',
      'password-not-set',
      'insufficient-user-authentication',
      'last-administrator',
    ],
  },

  'GET /me/activity': {
    id: 'listActivity',
    tag: 'Account',
    summary: 'What happened to the account',
    description: 'Newest first, 50 per page.',
    parameters: ['cursor'],
    answers: {
      200: {
        description: 'A page of events.',
        body: 'EventPage',
        example: { events: [EXAMPLES.event], next_cursor: EXAMPLES.event.id },
      },
    },
    problems: ['invalid-input'],
  },

  'GET /me/export': {
    id: 'exportAccount',
    tag: 'Account',
    summary: 'Everything that is kept of the account',
    description:
      'The account, sessions, devices, passkeys, second factor, links and events, without secrets, as one JSON file. It takes a proof of the last ten minutes, and is recorded.',
    answers: {
      200: {
        description: 'The file.',
        body: 'AccountExport',
        example: EXAMPLES.accountExport,
        headers: ['Content-Disposition'],
      },
    },
    problems: [],
  },

  'GET /sessions': {
    id: 'listSessions',
    tag: 'Sessions',
    summary: 'List your sessions',
    description: 'Newest first, 100 per page, in both modes, with the sessions of apps that you allowed.',
    parameters: ['cursor'],
    answers: {
      200: {
        description: 'A page of sessions.',
        body: 'SessionPage',
        example: { sessions: [{ ...EXAMPLES.session, app: null }, EXAMPLES.sessionOfApp] },
      },
    },
    problems: ['invalid-input'],
  },

  'DELETE /sessions/:id': {
    id: 'endSession',
    tag: 'Sessions',
    summary: 'End one session',
    description:
      'Ends one of your own sessions, or that of an app that you allowed: its refresh token is refused at once. Returns 404 for unknown ids and for sessions of other accounts.',
    parameters: ['id'],
    answers: { 204: { description: 'Ended.', ...ENDED_IF_OWN } },
    problems: ['not-found'],
  },

  'POST /sessions/:id/end': {
    id: 'endSessionByForm',
    tag: 'Sessions',
    summary: 'End one session, from a form',
    description: 'The same as `DELETE /sessions/{id}`, because forms can only POST.',
    parameters: ['id'],
    request: {},
    answers: { 204: { description: 'Ended.', ...ENDED_IF_OWN } },
    problems: ['not-found'],
  },

  'GET /devices': {
    id: 'listDevices',
    tag: 'Devices',
    summary: 'List known devices',
    description:
      'Browsers and clients in which the owner signed in, most recently used first, 20 at most. Failed attempts of strangers do not count there. `current` is the device whose cookie is sent; a `device_token` begins with the ids of its devices.',
    answers: {
      200: { description: 'The devices.', body: 'DeviceList', example: { devices: [EXAMPLES.device] } },
    },
  },

  'DELETE /devices/:id': {
    id: 'forgetDevice',
    tag: 'Devices',
    summary: 'Forget one device',
    description:
      'Failed attempts there count as those of a stranger afterwards. Its sessions stay active. Returns 404 for unknown ids and for devices of other accounts.',
    parameters: ['id'],
    answers: { 204: { description: 'Forgotten.' } },
    problems: ['not-found'],
  },

  'POST /devices/:id/forget': {
    id: 'forgetDeviceByForm',
    tag: 'Devices',
    summary: 'Forget one device, from a form',
    description: 'The same as `DELETE /devices/{id}`, because forms can only POST.',
    parameters: ['id'],
    request: {},
    answers: { 204: { description: 'Forgotten.' } },
    problems: ['not-found'],
  },

  'GET /passkeys': {
    id: 'listPasskeys',
    tag: 'Passkeys',
    summary: 'The passkeys of the account',
    description: 'The oldest first, 20 at most.',
    answers: {
      200: {
        description: 'The passkeys.',
        body: 'PasskeyList',
        example: {
          passkeys: [EXAMPLES.passkey],
          rp_id: 'example.com',
          user_handle: 'q1Xo7vVd0mYtN3cKz5bR8sWuEaJ2hLfGp6DiQnTyOxM',
        },
      },
    },
    problems: ['not-found'],
  },

  'POST /passkeys/options': {
    id: 'preparePasskey',
    tag: 'Passkeys',
    summary: 'Ask for the options of a new passkey',
    description:
      'For `PublicKeyCredential.parseCreationOptionsFromJSON` and `navigator.credentials.create`. The challenge works once, for five minutes, in this session.',
    request: {},
    answers: {
      200: {
        description: 'The options.',
        body: 'PasskeyCreationOptions',
        example: EXAMPLES.passkeyCreation,
      },
    },
    problems: ['not-found', 'session-ended'],
  },

  'POST /passkeys': {
    id: 'addPasskey',
    tag: 'Passkeys',
    summary: 'Add a passkey',
    description:
      'Takes what `toJSON()` of the new credential gives. Without a name, the passkey is called after the device. The owner gets a mail.',
    request: { credential: EXAMPLES.newCredential },
    answers: {
      201: { description: 'Added.', body: 'PasskeyAdded', example: { passkey: EXAMPLES.passkey } },
    },
    problems: ['passkey-refused', 'not-found'],
  },

  'POST /passkeys/:id/rename': {
    id: 'renamePasskey',
    tag: 'Passkeys',
    summary: 'Rename a passkey',
    parameters: ['id'],
    request: { name: 'Phone' },
    answers: {
      200: { description: 'Renamed.', body: 'PasskeyAdded', example: { passkey: EXAMPLES.passkey } },
    },
    problems: ['not-found'],
  },

  'POST /passkeys/:id/remove': {
    id: 'removePasskey',
    tag: 'Passkeys',
    summary: 'Remove a passkey',
    description:
      'It opens the account no longer. The owner gets a mail. Then call `PublicKeyCredential.signalAllAcceptedCredentials`, so that the device stops offering it.',
    parameters: ['id'],
    request: {},
    answers: { 204: { description: 'Removed.' } },
    problems: ['not-found', 'last-way-in', 'second-factor-required'],
  },

  'GET /identities': {
    id: 'listIdentities',
    tag: 'Sign-in providers',
    summary: 'The identities of the account at other providers',
    description: 'The oldest first, 20 at most.',
    answers: {
      200: {
        description: 'The identities.',
        body: 'IdentityList',
        example: { identities: [EXAMPLES.identity] },
      },
    },
  },

  'POST /identities/:provider/link': {
    id: 'beginLinking',
    tag: 'Sign-in providers',
    summary: 'Begin to connect a provider',
    description:
      'As `POST /login/social/{provider}`. What comes back is connected to the account of this session. In token mode send it to `POST /identities/confirm`.',
    parameters: ['provider'],
    request: { return_to: 'https://app.example.com/settings' },
    answers: {
      200: {
        description: 'The URL.',
        body: 'AuthorizationBegun',
        example: EXAMPLES.authorization,
        headers: ['Set-Cookie?'],
      },
    },
    problems: ['not-found', 'provider-unavailable'],
  },

  'POST /identities/confirm': {
    id: 'confirmLinking',
    tag: 'Sign-in providers',
    summary: 'Connect a provider, in token mode',
    description: 'Takes the parameters with which the browser came back to the app. The owner gets a mail.',
    request: EXAMPLES.answerOfProvider,
    answers: { 204: { description: 'Connected.' } },
    problems: [
      'social-refused',
      'social-cancelled',
      'sign-in-expired',
      'identity-refused',
      'not-found',
      'provider-unavailable',
    ],
  },

  'POST /identities/connect': {
    id: 'connectOffered',
    tag: 'Sign-in providers',
    summary: 'Connect the identity of a sign-in that found an account',
    description:
      'Takes `offer` from the body or the cookie. The account must have the address that the provider named. The owner gets a mail.',
    request: { offer: 'sealed' },
    answers: { 204: { description: 'Connected.', headers: ['Set-Cookie?'] } },
    problems: ['social-refused', 'sign-in-expired', 'account-mismatch', 'identity-refused', 'session-ended'],
  },

  'POST /identities/:id/remove': {
    id: 'removeIdentity',
    tag: 'Sign-in providers',
    summary: 'Disconnect a provider',
    description: 'The identity opens the account no longer. The owner gets a mail.',
    parameters: ['id'],
    request: {},
    answers: { 204: { description: 'Disconnected.' } },
    problems: ['not-found', 'last-way-in'],
  },

  'POST /logout': {
    id: 'signOut',
    tag: 'Sessions',
    summary: 'Sign out',
    description:
      'Ends the session of the credential that is sent: its cookie, an access token (an expired one too), or a refresh token in the cookie or the body. An ended session returns 204, too, and the cookies are cleared. If a cached copy cannot be deleted, the answer is 503: the session has ended, and the deletion will be retried.',
    takes: 'any-or-refresh-token',
    request: {},
    answers: { 204: { description: 'Signed out.', ...ENDED } },
    problems: ['authentication-required', 'invalid-token'],
  },

  'POST /logout/all': {
    id: 'signOutEverywhere',
    tag: 'Sessions',
    summary: 'Sign out everywhere',
    description: 'Ends all sessions of the account, in both modes. `keep_current` keeps this one.',
    request: { keep_current: true },
    answers: { 204: { description: 'Signed out.', ...ENDED_IF_OWN } },
  },
}
