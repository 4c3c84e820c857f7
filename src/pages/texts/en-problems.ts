import type { ProblemCode } from '../../http/problem'

/** Names a problem, explains it, and says what the reader can do. */
export interface ProblemText {
  readonly title: string
  readonly explanation: string
  readonly action: string
}

export const problems = {
  'invalid-json': {
    title: "The request couldn't be read",
    explanation: 'An app sent invalid JSON.',
    action: "If you didn't write the app, please tell the people who did.",
  },
  'invalid-credentials': {
    title: 'Email or password is incorrect',
    explanation: "We couldn't find an account with this address and password.",
    action: 'Check both and try again.',
  },
  'authentication-required': {
    title: 'Please sign in',
    explanation: 'This page is for people who are signed in.',
    action: 'Sign in and try again.',
  },
  'invalid-token': {
    title: "This sign-in doesn't work here",
    explanation: "An app sent a token that wasn't issued for this service.",
    action: 'Sign in again.',
  },
  'token-expired': {
    title: 'This sign-in has expired',
    explanation: 'Tokens expire quickly to protect you.',
    action: 'Refresh the token, or sign in again.',
  },
  'session-ended': {
    title: "You've been signed out",
    explanation: 'Your session has expired, or it was ended from another device.',
    action: 'Sign in again.',
  },
  'invalid-second-factor': {
    title: "That code isn't right",
    explanation: 'It was mistyped, has expired, or was used before. Each code works once.',
    action: 'Wait for the next code in your app, and type that one.',
  },
  'sign-in-expired': {
    title: 'Sign in again',
    explanation: 'Your sign-in took too long, or it was completed already.',
    action: 'Start again on the sign-in page.',
  },
  'insufficient-user-authentication': {
    title: "Confirm that it's you",
    explanation: "You can make this change within a few minutes of confirming that it's you.",
    action: "Confirm that it's you, then repeat the change.",
  },
  'email-not-verified': {
    title: 'Confirm your email address first',
    explanation: 'You can set up a second step once you have shown that the address is yours.',
    action: 'Send the link from your account page, open it, and try again.',
  },
  'second-factor-not-set': {
    title: 'There is no second step',
    explanation: 'This account has no second step, or it was changed a moment ago.',
    action: 'Go back to your account.',
  },
  'mailbox-not-proven': {
    title: 'Sign in with a link first',
    explanation:
      'You can do this only after signing in with an emailed link, so that we know the mailbox is yours.',
    action: 'Sign in with a link, and then come back to this step.',
  },
  'second-factor-required': {
    title: 'Your account needs a second step',
    explanation: 'It must keep at least one: an authenticator app or a passkey.',
    action: 'Add another one first, and sign in with it. You can replace your app at any time.',
  },
  'refresh-token-reused': {
    title: "You've been signed out",
    explanation: 'A refresh token was used twice. Someone may have copied it, so we ended the session.',
    action: 'Sign in again. If this repeats, change your password.',
  },
  'cross-site-request': {
    title: 'This request came from another site',
    explanation: 'To protect your account, we accept forms from our own pages only.',
    action: 'Open the page here and try again.',
  },
  forbidden: {
    title: "You don't have permission",
    explanation: "Your account doesn't have the role that this requires.",
    action: 'If you think it should, ask the people who run this service.',
  },
  'registration-closed': {
    title: 'Registration is closed',
    explanation: "New accounts can't be created here at the moment.",
    action: 'If you have an account, sign in.',
  },
  'not-found': {
    title: "This page doesn't exist",
    explanation: 'The address may be mistyped, or the page may be gone.',
    action: 'Check the address, or go to the home page.',
  },
  'method-not-allowed': {
    title: "This doesn't work here",
    explanation: "This page doesn't support this kind of request.",
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
    explanation: 'You sent a password, and there is none to compare it with.',
    action: "Confirm that it's you in another way, or set a password, on your account page.",
  },
  'account-exists': {
    title: "There's already an account with this address",
    explanation: 'Each address has one account.',
    action: 'Sign in, or choose a new password if you have forgotten it.',
  },
  'body-too-large': {
    title: 'Request too large',
    explanation: 'The request is larger than this service accepts.',
    action: 'Shorten what you sent and try again.',
  },
  'unsupported-media-type': {
    title: "The request couldn't be read",
    explanation: "An app sent content of a type that isn't supported here.",
    action: "If you didn't write the app, please tell the people who did.",
  },
  'invalid-input': {
    title: 'Check the form',
    explanation: 'A field is missing or invalid.',
    action: 'Correct it and try again.',
  },
  'password-refused': {
    title: 'Please choose another password',
    explanation: 'This one is too short, too long, or too easy to guess.',
    action: 'A few unrelated words make a good password.',
  },
  'mode-not-offered': {
    title: "This way of signing in isn't available",
    explanation: "An app requested a kind of session that this service doesn't offer.",
    action: "If you didn't write the app, please tell the people who did.",
  },
  'human-check-failed': {
    title: "We couldn't tell that you're a person",
    explanation: 'Programs that sign up or guess passwords are kept out by a short check.',
    action: 'Complete the check above the button and try again. It needs JavaScript.',
  },
  'too-many-attempts': {
    title: 'Too many attempts',
    explanation: 'We limit attempts to protect accounts.',
    action: 'Please wait a while and try again.',
  },
  'invalid-code': {
    title: "This code doesn't work",
    explanation: 'It may be mistyped, expired, used already, or tried too often.',
    action: 'Use the code from the newest email, or send another. The link in it works, too.',
  },
  'passkey-refused': {
    title: "The passkey didn't work",
    explanation: 'It took too long, or was meant for another page.',
    action: 'Please try again, or sign in another way.',
  },
  'passkey-unknown': {
    title: "This passkey isn't known here",
    explanation: 'It was removed from your account.',
    action: 'Sign in another way.',
  },
  'authorization-refused': {
    title: "The app can't connect",
    explanation: "The request of the app isn't complete, or the app isn't registered here.",
    action: 'Go back to the app and start again. If it happens again, tell its operator.',
  },
  'social-refused': {
    title: "Signing in there didn't work",
    explanation: "The other service's answer was meant for another browser, or was used already.",
    action: 'Start again from the sign-in page.',
  },
  'social-cancelled': {
    title: 'The sign-in was canceled',
    explanation: 'The other service says that you declined. Nothing was changed.',
    action: 'Try again, or sign in another way.',
  },
  'social-no-address': {
    title: "We didn't get your email address",
    explanation: "The other service didn't tell us a confirmed email address of yours.",
    action: 'Confirm your address there, or register here with your email.',
  },
  'identity-refused': {
    title: "It couldn't be connected",
    explanation: 'It is connected to an account already, or your account has too many connections.',
    action: 'Disconnect one first, or use another.',
  },
  'provider-unavailable': {
    title: "The other service isn't responding",
    explanation: 'The service you wanted to sign in with is down or too slow. Nothing was changed.',
    action: 'Wait a moment and try again, or sign in another way.',
  },
  'last-way-in': {
    title: 'This is your only way in',
    explanation: "Without it, you couldn't sign in to your account.",
    action: 'Add another passkey or set a password first.',
  },
  'last-administrator': {
    title: 'You are the last administrator',
    explanation: 'Without your account, nobody could administer the others. Nothing was changed.',
    action: 'Make somebody else an administrator first.',
  },
  'invalid-link': {
    title: 'This link no longer works',
    explanation: 'It may have expired, been used already, or been cut off.',
    action: 'Get a new link.',
  },
  'internal-error': {
    title: 'Something went wrong',
    explanation: 'The problem is on our side, and it was logged.',
    action: 'Please try again in a moment.',
  },
  'store-unavailable': {
    title: "We can't do this right now",
    explanation: "A part of this service isn't responding.",
    action: 'Please try again in a moment.',
  },
} satisfies Record<ProblemCode | 'invalid-link', ProblemText>
