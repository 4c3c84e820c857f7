import { countryName } from '../../country'
import type { MailDetails, MailKind } from '../mail'

/** The words of one mail: paragraphs, and the label of its link if it has one. */
export interface MailText {
  readonly subject: string
  readonly before: readonly string[]
  /** `null`: there is no link. */
  readonly link: string | null
  readonly after: readonly string[]
}

/** What a text may speak of. Nothing in it was written by whoever caused the mail. */
export interface MailFacts {
  readonly brand: string
  /** As in `Firefox, Linux, Germany`. */
  readonly from: string
  /** As in `November 23, 2026 at 4:29 PM UTC`. */
  readonly at: string
}

/** Everything a language needs to say. */
export interface MailTexts {
  readonly language: string
  readonly unknownDevice: string
  readonly texts: Readonly<Record<MailKind, (facts: MailFacts) => MailText>>
}

const NOT_YOU = 'If this was you, there is nothing to do.'
const SECURE =
  'If it was not you, somebody else may know your password: set a new one with "Forgot your password?" on the sign-in page. That also signs out every device.'

export const en: MailTexts = {
  language: 'en',
  unknownDevice: 'an unknown device',
  texts: {
    'verify-email': ({ brand }) => ({
      subject: `Confirm your address for ${brand}`,
      before: [
        `Somebody, probably you, gave this address to ${brand}. Open the link to confirm that it is yours. The link is good for 24 hours.`,
      ],
      link: 'Confirm this address',
      after: ['If it was not you, do nothing: without the link nobody can use your address.'],
    }),
    'reset-password': ({ brand }) => ({
      subject: `Set a new password for ${brand}`,
      before: [
        `Somebody, probably you, asked for a new password at ${brand}. Open the link to choose one. The link is good for an hour and works once.`,
      ],
      link: 'Choose a new password',
      after: ['If it was not you, do nothing: your password stays as it is.'],
    }),
    'sign-in-link': ({ brand }) => ({
      subject: `Sign in to ${brand}`,
      before: [
        `Open the link in the browser in which you asked for it. It is good for 15 minutes and works once.`,
      ],
      link: 'Sign in',
      after: ['If you did not ask for it, do nothing. Never pass the link on: nobody needs it but you.'],
    }),
    'change-email': ({ brand }) => ({
      subject: `Confirm your new address for ${brand}`,
      before: [
        `Open the link to use this address for your account at ${brand}, in the browser in which you asked for it. The link is good for 24 hours. Until then your old address stays in use.`,
      ],
      link: 'Use this address',
      after: ['If you did not ask for it, do nothing: nothing will change.'],
    }),
    'account-exists': ({ brand }) => ({
      subject: `You already have an account at ${brand}`,
      before: [
        `Somebody, probably you, gave this address to ${brand}, where it belongs to an account already. Nothing has changed.`,
        'If it was you, sign in as usual. If you do not remember your password, use "Forgot your password?" on the sign-in page.',
      ],
      link: null,
      after: ['If it was not you, there is nothing to do.'],
    }),
    'new-sign-in': ({ brand, from, at }) => ({
      subject: `New sign-in to ${brand}`,
      before: [
        `Your account at ${brand} was signed in to from a device that it did not know: ${from}, on ${at}.`,
        NOT_YOU,
      ],
      link: null,
      after: [SECURE],
    }),
    'password-changed': ({ brand, from, at }) => ({
      subject: `Your password for ${brand} was changed`,
      before: [
        `The password of your account at ${brand} was changed from ${from}, on ${at}. Other devices were signed out.`,
        NOT_YOU,
      ],
      link: null,
      after: [SECURE],
    }),
    'password-removed': ({ brand, from, at }) => ({
      subject: `Your password for ${brand} was removed`,
      before: [
        `You signed in to ${brand} with a link from ${from}, on ${at}. That was the first proof that this address is yours, so the password that was set before was removed, and every other device was signed out: somebody else could have set it.`,
        'To have a password again, use "Forgot your password?" on the sign-in page.',
      ],
      link: null,
      after: ['If it was not you, somebody else can read your mail: secure your mailbox first.'],
    }),
    'email-change-requested': ({ brand, from, at }) => ({
      subject: `Your address at ${brand} is about to change`,
      before: [
        `Somebody with your password asked for another address for your account at ${brand}, from ${from}, on ${at}. This address stays in use until the new one is confirmed.`,
        NOT_YOU,
      ],
      link: null,
      after: [
        `If it was not you, set a new password at once with "Forgot your password?" on the sign-in page. That stops the change.`,
      ],
    }),
    'email-changed': ({ brand, from, at }) => ({
      subject: `Your address at ${brand} was changed`,
      before: [
        `Your account at ${brand} now has another address. It was confirmed from ${from}, on ${at}. This is the last message to this one.`,
        NOT_YOU,
      ],
      link: null,
      after: [
        `If it was not you, somebody else has your password. Tell the people who run ${brand} at once.`,
      ],
    }),
    'refresh-token-reused': ({ brand, from, at }) => ({
      subject: `A session of yours at ${brand} was ended`,
      before: [
        `A credential of yours was used a second time, from ${from}, on ${at}. That happens when somebody has copied it, so the session it belongs to was ended. Sign in again to go on.`,
        'It can also happen when an app restores an old backup of itself.',
      ],
      link: null,
      after: [
        'If you have no explanation for it, look through the list of your sessions, end those you do not know, and change your password.',
      ],
    }),
  },
}

/** What is known of where something came from, in the words of a language. */
export function placeText({ device, country }: MailDetails, { language, unknownDevice }: MailTexts): string {
  return [device ?? unknownDevice, countryName(country, language)].filter(Boolean).join(', ')
}
