import type { ProblemCode } from '../../http/problem'

/** What a problem is called, what it means, and what the reader can do. */
export interface ProblemText {
  readonly title: string
  readonly explanation: string
  readonly action: string
}

export const problems = {
  'invalid-json': {
    title: 'The request could not be read',
    explanation: 'An app sent something that is not valid JSON.',
    action: 'If you did not write the app, please tell the people who did.',
  },
  'invalid-credentials': {
    title: 'Email or password is incorrect',
    explanation: 'We found no account with this address and this password together.',
    action: 'Check both and try again.',
  },
  'authentication-required': {
    title: 'Please sign in',
    explanation: 'This page is for people who are signed in.',
    action: 'Sign in and try again.',
  },
  'invalid-token': {
    title: 'This sign-in is not valid here',
    explanation: 'An app presented a token that was not issued for this service.',
    action: 'Sign in again.',
  },
  'token-expired': {
    title: 'This sign-in has expired',
    explanation: 'Tokens last a short time, for your safety.',
    action: 'Refresh the token, or sign in again.',
  },
  'session-ended': {
    title: 'You have been signed out',
    explanation: 'Your session has expired, or it was ended from another device.',
    action: 'Sign in again.',
  },
  'refresh-token-reused': {
    title: 'You have been signed out',
    explanation: 'A refresh token was used twice. As it may have been copied, we ended the session.',
    action: 'Sign in again. If this repeats, change your password.',
  },
  'cross-site-request': {
    title: 'This request came from another site',
    explanation: 'To protect your account, we accept forms from our own pages only.',
    action: 'Open the page here and try again.',
  },
  forbidden: {
    title: 'This is not allowed',
    explanation: 'Your account does not have the permission that this needs.',
    action: 'If you think it should, ask whoever runs this service.',
  },
  'registration-closed': {
    title: 'Registration is closed',
    explanation: 'New accounts cannot be created here at the moment.',
    action: 'If you have an account, sign in.',
  },
  'not-found': {
    title: 'There is nothing here',
    explanation: 'The address may be mistyped, or the page may be gone.',
    action: 'Check the address, or go to the home page.',
  },
  'method-not-allowed': {
    title: 'This does not work here',
    explanation: 'The page exists, but not for this kind of request.',
    action: 'Go back and try another way.',
  },
  'account-mismatch': {
    title: "You're signed in to a different account",
    explanation:
      'The form you sent was for another account than the one you are signed in to now. Nothing was changed.',
    action: "Open your account to see which one you're in. To change the other one, sign in to it first.",
  },
  'password-not-set': {
    title: 'Your account has no password yet',
    explanation: "This needs your password, so that nobody else can do it from a device you're signed in on.",
    action: 'Set a password by email from your account page, then try again.',
  },
  'account-exists': {
    title: 'There is already an account with this address',
    explanation: 'Each address has one account.',
    action: 'Sign in, or choose a new password if you have forgotten it.',
  },
  'body-too-large': {
    title: 'That was too much',
    explanation: 'The request is larger than anything this service needs.',
    action: 'Shorten what you sent and try again.',
  },
  'unsupported-media-type': {
    title: 'The request could not be read',
    explanation: 'An app sent a kind of content that is not supported here.',
    action: 'If you did not write the app, please tell the people who did.',
  },
  'invalid-input': {
    title: 'Some fields need another look',
    explanation: 'Something is missing, or not in the form that is expected.',
    action: 'Check the form and try again.',
  },
  'password-refused': {
    title: 'Please choose another password',
    explanation: 'This one is too short, too long, or too easy to guess.',
    action: 'A few unrelated words make a good password.',
  },
  'mode-not-offered': {
    title: 'This way of signing in is not offered',
    explanation: 'An app asked for a kind of session that this service does not give.',
    action: 'If you did not write the app, please tell the people who did.',
  },
  'too-many-attempts': {
    title: 'Too many attempts',
    explanation: 'To protect accounts from guessing, we pause after several attempts.',
    action: 'Please wait a while and try again.',
  },
  'invalid-code': {
    title: 'The code is not valid',
    explanation: 'It was mistyped, has expired, was used before, or was tried too often.',
    action: 'Look at the newest message, or send it again. The link in it works as well.',
  },
  'invalid-link': {
    title: 'The link is not valid any more',
    explanation: 'It was used before, has expired, or was not copied whole.',
    action: 'Ask for a new one.',
  },
  'internal-error': {
    title: 'Something went wrong',
    explanation: 'The fault is on our side, and it has been noted.',
    action: 'Please try again in a moment.',
  },
  'store-unavailable': {
    title: 'We cannot do this right now',
    explanation: 'A part of this service does not answer at the moment.',
    action: 'Please try again in a moment.',
  },
} satisfies Record<ProblemCode | 'invalid-link', ProblemText>
