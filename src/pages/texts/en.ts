import type { PasswordRefusal } from '../../passwords/password-policy'
import { accountTexts } from './en-account'
import { problems } from './en-problems'
import { signInTexts } from './en-sign-in'

/** Every text of the pages. The other languages have the same shape. */
export type Texts = typeof en

export const en = {
  layout: { signOut: 'Sign out', terms: 'Terms', privacy: 'Privacy' },

  form: {
    humanNeedsScript: 'This form needs JavaScript: a short check keeps programs out.',
    humanUnavailable:
      "The check that keeps programs out couldn't be loaded. Allow challenges.cloudflare.com in this browser, then reload the page.",
    check: 'Please look at this again:',
    working: 'Working on it…',
    wrongPassword: { title: 'The password is incorrect', action: 'Please try again.' },
    optional: 'optional',
    retry: (wait: string) => `Please try again in ${wait}.`,
    seconds: (count: number) => (count === 1 ? '1 second' : `${count} seconds`),
    minutes: (count: number) => (count === 1 ? '1 minute' : `${count} minutes`),
    hours: (count: number) => (count === 1 ? '1 hour' : `${count} hours`),
    days: (count: number) => (count === 1 ? '1 day' : `${count} days`),
  },

  fields: {
    email: 'Email address',
    emailFormat: 'For example ada@example.com',
    name: 'Name',
    password: 'Password',
    code: 'Code from the email',
    appCode: 'Code from your authenticator app',
    recoveryCode: 'Recovery code',
    currentPassword: 'Current password',
    newPassword: 'New password',
    passwordHint: (minLength: number) => `At least ${minLength} characters. A few unrelated words work well.`,
    /** The script puts the number in. */
    moreCharacters: { one: '1 more character', other: '{n} more characters' },
    longEnough: 'Long enough',
    show: 'Show password',
    hide: 'Hide password',
  },

  errors: {
    fields: {
      email: {
        missing: 'Enter your email address.',
        invalid: 'Enter an email address, for example ada@example.com.',
      },
      name: {
        invalid: 'Use at most 100 characters, and no line breaks.',
        'control-character': 'Use at most 100 characters, and no line breaks.',
        'direction-control': 'Use no hidden characters that change the direction of text.',
        'invisible-character': 'Use no invisible characters, and at least one that can be seen.',
      },
      password: { missing: 'Enter a password.' },
      current_password: { missing: 'Enter your current password.' },
      new_password: { missing: 'Choose a new password.' },
      code: {
        missing: 'Enter the six digits.',
        invalid: 'Enter the six digits.',
      },
      recovery_code: {
        missing: 'Enter a recovery code, as it was shown.',
        invalid: 'Enter a recovery code, as it was shown.',
      },
    },
    anyField: {
      missing: 'This field is required.',
      type: 'Enter text.',
      invalid: 'This is invalid.',
      unknown: 'The form sent an unknown field.',
      duplicate: 'The form sent this field twice.',
    },
    newPassword: (minLength: number, maxLength: number) =>
      ({
        'too-short': `Use at least ${minLength} characters.`,
        'too-long': `Use at most ${maxLength} characters.`,
        breached: 'This password was found in a data breach. Please choose one that you use nowhere else.',
        common: 'This password is on lists of leaked passwords. Please choose another.',
        guessable:
          'This is mostly your address, your name or the name of this service. Please choose another.',
      }) satisfies Record<PasswordRefusal['code'], string>,
    other: 'Something here is invalid.',
  },

  ...signInTexts,

  home: {
    title: 'Welcome',
    signedInAs: (who: string) => `Signed in as ${who}.`,
    signedOut: "You're not signed in.",
    account: 'Your account',
    signIn: 'Sign in',
    register: 'Create an account',
  },

  ...accountTexts,

  problems,

  reference: {
    title: 'API reference',
    intro: 'How programs talk to this service.',
    forPrograms: 'OpenAPI 3.1 as JSON',
  },

  problem: {
    reference: 'Reference',
    home: 'Go to home page',
    askAgain: 'Get a new link',
    signIn: 'Sign in',
  },
}
