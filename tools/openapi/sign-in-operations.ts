import { EXAMPLES } from './examples'
import type { Operation } from './operation'

const WHERE_TO = 'A form gets a session cookie, and is redirected to `return_to`, or to the app (`APP_URL`).'

export const SIGN_IN_OPERATIONS: Readonly<Record<string, Operation>> = {
  'POST /register': {
    id: 'register',
    tag: 'Sign in',
    summary: 'Make an account',
    description: `Signs in at once where \`REGISTRATION=open\`. Where it is \`verified\`, mails a link, and answers alike whether the address has an account or not. A session whose cookie came along is ended. ${WHERE_TO}`,
    request: { email: 'ada@example.com', password: 'analytical engine no. 1', name: 'Ada' },
    answers: {
      201: {
        description: 'The account was made, and its owner is signed in.',
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
    description: `In session mode the credential is the cookie \`__Host-session\`, in token mode an access token and a refresh token. A session whose cookie came along is ended. An unknown address and a wrong password are one answer. ${WHERE_TO}`,
    request: { email: 'ada@example.com', password: 'analytical engine no. 1', mode: 'token' },
    answers: {
      200: {
        description: 'Signed in.',
        body: 'SignIn',
        example: EXAMPLES.signedInWithTokens,
        headers: ['Set-Cookie?'],
      },
    },
    problems: ['invalid-credentials', 'mode-not-offered'],
  },

  'POST /login/link': {
    id: 'requestSignInLink',
    tag: 'Sign in',
    summary: 'Ask for a link that signs in',
    description:
      'Mails it, if the address has an account, and answers alike if not. The link is good for 15 minutes, once, and only together with the cookie or the `binding` of this answer.',
    request: { email: 'ada@example.com' },
    answers: {
      202: {
        description: 'Asked for.',
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
    description: `Takes the token of the link, or the six digits of the same mail as \`code\`; and the binding from the cookie or the body. A code may be tried five times. ${WHERE_TO}`,
    request: { token: EXAMPLES.token },
    answers: {
      200: {
        description: 'Signed in.',
        body: 'SignIn',
        example: EXAMPLES.signedIn,
        headers: ['Set-Cookie?'],
      },
    },
    problems: ['invalid-link', 'invalid-code', 'mode-not-offered'],
  },

  'POST /refresh': {
    id: 'refresh',
    tag: 'Sign in',
    summary: 'Exchange a refresh token',
    description:
      'From the body, or from the cookie `__Host-refresh`; the successor goes where it came from. Each is good once. Within `REFRESH_REUSE_SECONDS` of its own rotation a used one leads to the current one, so a lost answer may be asked for again. After that it ends the session: one of two holders is a thief. With `if_present`, a request without a refresh token is answered 204 and not 401, so that a page can ask at each visit.',
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
      'Ends the other sessions of the account and renews this one: its old credential is over. Forgets the other devices, too.',
    request: { current_password: 'analytical engine no. 1', new_password: 'difference engine no. 2' },
    answers: {
      200: {
        description: 'Changed. The answer is that of a sign-in.',
        body: 'SignIn',
        example: EXAMPLES.signedIn,
        headers: ['Set-Cookie?'],
      },
    },
    problems: ['invalid-credentials', 'password-not-set', 'password-refused'],
  },

  'POST /password/forgot': {
    id: 'requestPasswordReset',
    tag: 'Passwords',
    summary: 'Ask for a link to choose a new password',
    description: 'Mails it, if the address has an account, and answers alike if not. It is good for an hour.',
    request: { email: 'ada@example.com' },
    answers: { 202: { description: 'Asked for.', body: 'MailAsked', example: {} } },
  },

  'POST /password/reset': {
    id: 'resetPassword',
    tag: 'Passwords',
    summary: 'Choose a new password with a mailed link',
    description:
      'Ends every session of the account, forgets its devices but this one, and signs nobody in. A client that keeps no cookies sends `device_token`, `null` if it has none, and is answered 200.',
    request: { token: EXAMPLES.token, new_password: 'difference engine no. 2' },
    answers: {
      200: {
        description: 'The new password is set, for a client that sent `device_token`.',
        body: 'PasswordReset',
        example: { device_token: EXAMPLES.deviceToken },
      },
      204: { description: 'The new password is set.', headers: ['Set-Cookie?'] },
    },
    problems: ['invalid-link', 'password-refused'],
  },
}
