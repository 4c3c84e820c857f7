import type { MailTexts } from './mail-texts'

/** The name of the link on the sign-in page. */
const FORGOT = '"Forgot your password?"'
const NOT_YOU = 'If this was you, there is nothing to do.'
const SECURE = `If it wasn't you, someone else may know your password. Set a new one with ${FORGOT} on the sign-in page. That also signs out every device.`

export const en: MailTexts = {
  unknownDevice: 'an unknown device',
  sentTo: (recipient) => `Sent to ${recipient}`,
  texts: {
    'verify-email': ({ brand }) => ({
      subject: `Confirm your address for ${brand}`,
      before: [
        `Someone (probably you) signed up for ${brand} with this email address. Confirm that it's yours. The link expires in 24 hours.`,
      ],
      link: 'Confirm address',
      after: ["If it wasn't you, do nothing: without the link nobody can use your address."],
    }),
    'reset-password': ({ brand }) => ({
      subject: `Set a new password for ${brand}`,
      before: [
        `Someone (probably you) asked for a new password at ${brand}. The link expires in 1 hour and works once.`,
      ],
      link: 'Choose a new password',
      after: ["If it wasn't you, do nothing: your password stays as it is."],
    }),
    'sign-in-link': ({ brand }) => ({
      subject: `Sign in to ${brand}`,
      before: [
        'Open the link in the browser in which you asked for it. The link expires in 15 minutes and works once.',
      ],
      link: 'Sign in',
      code: 'Or type this code on the page that is waiting for it',
      after: [
        "If you didn't ask for it, do nothing. Never pass the link or the code on: nobody needs them but you.",
      ],
    }),
    'change-email': ({ brand }) => ({
      subject: `Confirm your new address for ${brand}`,
      before: [
        `Open the link in the browser in which you asked for it, to use this address for your account at ${brand}. The link expires in 24 hours. Until then your old address stays in use.`,
      ],
      link: 'Use this address',
      after: ["If you didn't ask for it, do nothing: nothing will change."],
    }),
    'account-exists': ({ brand }) => ({
      subject: `You already have an account at ${brand}`,
      before: [
        `Someone (probably you) used this email address at ${brand}, and it already has an account there. Nothing has changed.`,
        `If it was you, sign in as usual. If you don't remember your password, use ${FORGOT} on the sign-in page.`,
      ],
      link: null,
      after: ["If it wasn't you, there is nothing to do."],
    }),
    'new-sign-in': ({ brand, from, at }) => ({
      subject: `New sign-in to ${brand}`,
      before: [`Someone signed in to your ${brand} account from a new device: ${from}, on ${at}.`, NOT_YOU],
      link: null,
      after: [SECURE],
    }),
    'password-changed': ({ brand, from, at }) => ({
      subject: `Your password for ${brand} was changed`,
      before: [
        `The password of your ${brand} account was changed from ${from}, on ${at}. Other devices were signed out.`,
        NOT_YOU,
      ],
      link: null,
      after: [SECURE],
    }),
    'password-removed': ({ brand, from, at }) => ({
      subject: `Your password for ${brand} was removed`,
      before: [
        `You signed in to ${brand} with a link from ${from}, on ${at}. That was the first proof that this address is yours. The password that was set before was removed, and every other device was signed out, because someone else could have set it.`,
        `To have a password again, use ${FORGOT} on the sign-in page.`,
      ],
      link: null,
      after: ["If it wasn't you, someone else can read your mail: secure your mailbox first."],
    }),
    'email-change-requested': ({ brand, from, at }) => ({
      subject: `Your address at ${brand} is about to change`,
      before: [
        `Someone with your password asked for another address for your ${brand} account, from ${from}, on ${at}. This address stays in use until the new one is confirmed.`,
        NOT_YOU,
      ],
      link: null,
      after: [
        `If it wasn't you, set a new password at once with ${FORGOT} on the sign-in page. That stops the change.`,
      ],
    }),
    'email-changed': ({ brand, from, at }) => ({
      subject: `Your address at ${brand} was changed`,
      before: [
        `Your ${brand} account now has another address. It was confirmed from ${from}, on ${at}. This is the last message to this one.`,
        NOT_YOU,
      ],
      link: null,
      after: [`If it wasn't you, someone else has your password. Tell the people who run ${brand} at once.`],
    }),
    'refresh-token-reused': ({ brand, from, at }) => ({
      subject: `A session of yours at ${brand} was ended`,
      before: [
        `A credential of yours was used a second time, from ${from}, on ${at}. That happens when someone has copied it, so the session it belongs to was ended. Sign in again to go on.`,
        'It can also happen when an app restores an old backup of itself.',
      ],
      link: null,
      after: [
        "If it wasn't you and you have no explanation for it, look through the list of your devices, sign out of those you don't recognize, and change your password.",
      ],
    }),
  },
}
