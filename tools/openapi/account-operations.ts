import { EXAMPLES } from './examples'
import type { Operation } from './operation'

const ENDED = { headers: ['Set-Cookie?', 'Clear-Site-Data'] } as const
const ENDED_IF_OWN = { headers: ['Set-Cookie?', 'Clear-Site-Data?'] } as const

export const ACCOUNT_OPERATIONS: Readonly<Record<string, Operation>> = {
  'POST /email/verify': {
    id: 'verifyEmail',
    tag: 'Addresses',
    summary: 'Prove an address with a mailed link',
    description:
      'The password of the registration stays only where the link was asked for, which the cookie or the `binding` proves; there it also signs in, and the answer has the members of a sign-in in the mode asked for. Elsewhere `new_password` sets another, and nobody is signed in.',
    request: { token: EXAMPLES.token },
    answers: {
      200: {
        description: 'The address is proven, and the account can be used.',
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
    summary: 'Ask for the link again',
    description: 'Answers alike, whether there is an account to prove or not.',
    request: { email: 'ada@example.com' },
    answers: {
      202: {
        description: 'Asked for.',
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
    summary: 'Ask for another address',
    description:
      'Mails a link to the new address, and tells the old one. Nothing changes until the link is used.',
    request: { email: 'countess@example.com', password: 'analytical engine no. 1' },
    answers: {
      202: {
        description: 'Asked for.',
        body: 'MailAskedBound',
        example: EXAMPLES.binding,
        headers: ['Set-Cookie?'],
      },
    },
    problems: ['invalid-credentials', 'password-not-set'],
  },

  'POST /email/change/confirm': {
    id: 'confirmEmailChange',
    tag: 'Addresses',
    summary: 'Change the address with a mailed link',
    description: 'Where the change was asked for, which the cookie or the `binding` proves.',
    request: { token: EXAMPLES.token },
    answers: { 204: { description: 'The address is changed.', headers: ['Set-Cookie?'] } },
    problems: ['invalid-link'],
  },

  'GET /': {
    id: 'whoAmI',
    tag: 'Account',
    summary: 'Who is asking',
    description:
      'A page for a browser. A bad bearer token is refused; a cookie that is no good any more counts as none.',
    takes: 'any',
    answers: {
      200: {
        description: 'Who it is, or that nobody is signed in.',
        body: 'WhoAmI',
        example: { authenticated: true, ...EXAMPLES.signedIn },
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
      200: { description: 'Both.', body: 'Me', example: EXAMPLES.signedIn },
      303: { description: 'To a browser, where there are pages: the account page.', headers: ['Location'] },
    },
  },

  'PATCH /me': {
    id: 'rename',
    tag: 'Account',
    summary: 'Change the name',
    request: { name: 'Ada' },
    answers: { 200: { description: 'As it is now.', body: 'Renamed', example: { user: EXAMPLES.user } } },
  },

  'POST /me': {
    id: 'renameByForm',
    tag: 'Account',
    summary: 'Change the name, from a form',
    description: 'The twin of `PATCH /me`, for forms know only POST.',
    request: { name: 'Ada' },
    answers: { 200: { description: 'As it is now.', body: 'Renamed', example: { user: EXAMPLES.user } } },
  },

  'POST /me/delete': {
    id: 'deleteAccount',
    tag: 'Account',
    summary: 'Delete the account',
    description: 'And end everything of it. It cannot be undone.',
    request: { password: 'analytical engine no. 1' },
    answers: { 204: { description: 'Deleted.', ...ENDED } },
    problems: ['invalid-credentials', 'password-not-set'],
  },

  'GET /me/activity': {
    id: 'listActivity',
    tag: 'Account',
    summary: 'What happened to the account',
    description: 'Newest first, 50 a page.',
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

  'GET /sessions': {
    id: 'listSessions',
    tag: 'Sessions',
    summary: 'Where one is signed in',
    description: 'Newest first, 100 a page, both modes.',
    parameters: ['cursor'],
    answers: {
      200: {
        description: 'A page of sessions.',
        body: 'SessionPage',
        example: { sessions: [EXAMPLES.session] },
      },
    },
    problems: ['invalid-input'],
  },

  'DELETE /sessions/:id': {
    id: 'endSession',
    tag: 'Sessions',
    summary: 'End one session',
    description: 'One of the account. Another account’s is as unknown as none.',
    parameters: ['id'],
    answers: { 204: { description: 'Ended.', ...ENDED_IF_OWN } },
    problems: ['not-found'],
  },

  'POST /sessions/:id/end': {
    id: 'endSessionByForm',
    tag: 'Sessions',
    summary: 'End one session, from a form',
    description: 'The twin of `DELETE /sessions/{id}`, for forms know only POST.',
    parameters: ['id'],
    request: {},
    answers: { 204: { description: 'Ended.', ...ENDED_IF_OWN } },
    problems: ['not-found'],
  },

  'GET /devices': {
    id: 'listDevices',
    tag: 'Devices',
    summary: 'Which browsers and clients the account knows',
    description:
      'Where somebody has proven the account: the one used last first, 20 at most. What strangers fail does not keep them from signing in. `current` is the one whose cookie came along; a `device_token` begins with the ids of its devices.',
    answers: {
      200: { description: 'The devices.', body: 'DeviceList', example: { devices: [EXAMPLES.device] } },
    },
  },

  'DELETE /devices/:id': {
    id: 'forgetDevice',
    tag: 'Devices',
    summary: 'Forget one device',
    description:
      'From then on it is a stranger. Its sessions go on. Another account’s is as unknown as none.',
    parameters: ['id'],
    answers: { 204: { description: 'Forgotten.' } },
    problems: ['not-found'],
  },

  'POST /devices/:id/forget': {
    id: 'forgetDeviceByForm',
    tag: 'Devices',
    summary: 'Forget one device, from a form',
    description: 'The twin of `DELETE /devices/{id}`, for forms know only POST.',
    parameters: ['id'],
    request: {},
    answers: { 204: { description: 'Forgotten.' } },
    problems: ['not-found'],
  },

  'POST /logout': {
    id: 'signOut',
    tag: 'Sessions',
    summary: 'Sign out',
    description:
      'Ends the session of whatever credential is sent: its cookie, an access token, also one that has expired, or a refresh token in the cookie or in the body. A session that is over is signed out all the same, and the cookies are cleared. If a copy cannot be deleted, the answer is 503: the session has ended, and the copy goes soon.',
    takes: 'any-or-refresh-token',
    request: {},
    answers: { 204: { description: 'Signed out.', ...ENDED } },
    problems: ['authentication-required', 'invalid-token'],
  },

  'POST /logout/all': {
    id: 'signOutEverywhere',
    tag: 'Sessions',
    summary: 'Sign out everywhere',
    description: 'Ends all sessions of the account, in both modes, but for this one if it is to be kept.',
    request: { keep_current: true },
    answers: { 204: { description: 'Signed out.', ...ENDED_IF_OWN } },
  },
}
