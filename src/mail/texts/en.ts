import type { MailTexts } from './mail-texts'

/** The name of the link on the sign-in page. */
const FORGOT = '"Forgot your password?"'
const NOT_YOU = "If this was you, you don't need to do anything."
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
      after: ["If it wasn't you, ignore this email. Nobody can use your address without the link."],
    }),
    invitation: ({ brand }) => ({
      subject: `You're invited to ${brand}`,
      before: [
        `An administrator created an account for you at ${brand}. Confirm that this address is yours and choose a password. The link expires in 7 days and works once.`,
        "If you'd rather not have a password, request a sign-in link on the sign-in page instead. After that you can add a passkey to your account.",
      ],
      link: 'Confirm address',
      after: ["If you didn't expect it, ignore this email. Nobody can use the account without the link."],
    }),
    'reset-password': ({ brand }) => ({
      subject: `Set a new password for ${brand}`,
      before: [
        `Someone (probably you) requested a new password for ${brand}. The link expires in 1 hour and works once.`,
      ],
      link: 'Choose a new password',
      after: ["If it wasn't you, ignore this email. Your password stays the same."],
    }),
    'sign-in-link': ({ brand }) => ({
      subject: `Sign in to ${brand}`,
      before: [
        'Open the link in the browser where you requested it. The link expires in 15 minutes and works once.',
      ],
      link: 'Sign in',
      code: 'Or enter this code on the page where you requested it',
      after: [
        "If you didn't request it, ignore this email. Never share the link or the code: nobody but you needs them.",
      ],
    }),
    'change-email': ({ brand }) => ({
      subject: `Confirm your new address for ${brand}`,
      before: [
        `Open the link in the browser where you requested it to use this address for your ${brand} account. The link expires in 24 hours. Until you confirm, your old address stays in use.`,
      ],
      link: 'Use this address',
      after: ["If you didn't request it, ignore this email. Nothing will change."],
    }),
    'account-exists': ({ brand }) => ({
      subject: `You already have an account at ${brand}`,
      before: [
        `Someone (probably you) used this email address at ${brand}, and it already has an account there. Nothing has changed.`,
        `If it was you, sign in as usual. If you don't remember your password, use ${FORGOT} on the sign-in page.`,
      ],
      link: null,
      after: ["If it wasn't you, ignore this email."],
    }),
    'new-sign-in': ({ brand, from, at }) => ({
      subject: `New sign-in to ${brand} from ${from}`,
      before: [`Someone signed in to your ${brand} account from a new device: ${from}, on ${at}.`, NOT_YOU],
      link: null,
      after: [SECURE],
    }),
    'password-changed': ({ brand, from, at }) => ({
      subject: `Your ${brand} password was changed`,
      before: [
        `The password of your ${brand} account was changed from ${from}, on ${at}. Other devices were signed out.`,
        NOT_YOU,
      ],
      link: null,
      after: [SECURE],
    }),
    'password-removed': ({ brand, from, at }) => ({
      subject: `Your ${brand} password was removed`,
      before: [
        `You signed in to ${brand} with a link from ${from}, on ${at}. That was the first proof that this address is yours. The password that was set before was removed, and every other device was signed out, because someone else could have set it.`,
        `To have a password again, use ${FORGOT} on the sign-in page.`,
      ],
      link: null,
      after: ["If it wasn't you, someone else can read your mail: secure your mailbox first."],
    }),
    'email-change-requested': ({ brand, from, at }) => ({
      subject: `Your ${brand} email address is about to change`,
      before: [
        `Someone with your password requested a different email address for your ${brand} account, from ${from}, on ${at}. This address stays in use until the new one is confirmed.`,
        NOT_YOU,
      ],
      link: null,
      after: [
        `If it wasn't you, set a new password at once with ${FORGOT} on the sign-in page. That stops the change.`,
      ],
    }),
    'email-changed': ({ brand, from, at }) => ({
      subject: `Your ${brand} email address was changed`,
      before: [
        `Your ${brand} account now has a different email address. It was confirmed from ${from}, on ${at}. This is the last email to this address.`,
        NOT_YOU,
      ],
      link: null,
      after: [`If it wasn't you, someone else has your password. Tell the people who run ${brand} at once.`],
    }),
    'second-factor-set': ({ brand, from, at }) => ({
      subject: `Sign-in to ${brand} now takes a second step`,
      before: [
        `An authenticator app was set up for your ${brand} account from ${from}, on ${at}. From now on, signing in also takes a code from that app. Other devices were signed out.`,
        NOT_YOU,
      ],
      link: null,
      after: [SECURE],
    }),
    'passkey-added': ({ brand, from, at }) => ({
      subject: `A passkey was added to your ${brand} account`,
      before: [
        `A passkey was added to your ${brand} account from ${from}, on ${at}. It signs people in to your account without a password.`,
        NOT_YOU,
      ],
      link: null,
      after: [SECURE],
    }),
    'api-key-created': ({ brand, from, at }) => ({
      subject: `An API key was created for your ${brand} account`,
      before: [
        `An API key was created for your ${brand} account from ${from}, on ${at}. A program that has it acts for you, without your password.`,
        NOT_YOU,
      ],
      link: null,
      after: [SECURE],
    }),
    'second-factor-removed': ({ brand, from, at }) => ({
      subject: `The second step of your sign-in to ${brand} was removed`,
      before: [
        `The authenticator app of your ${brand} account was removed from ${from}, on ${at}. Signing in no longer takes a second step. Other devices were signed out.`,
        NOT_YOU,
      ],
      link: null,
      after: [SECURE],
    }),
    'second-factor-recovery': ({ brand, from, at, until }) => ({
      subject: `The second step of your ${brand} account is about to be removed`,
      before: [
        `Someone with access to this mailbox says that the second step of your ${brand} account is lost: from ${from}, on ${at}. On ${until} the authenticator app, the recovery codes and the passkeys will be removed and every device will be signed out.`,
        'If this was you, wait until then. Signing in with any of them stops the removal.',
      ],
      link: 'Stop the removal',
      after: [
        "If it wasn't you, someone else can read your mail. Stop the removal and secure your mailbox at once.",
      ],
    }),
    'second-factor-recovery-soon': ({ brand, until }) => ({
      subject: `Reminder: the second step of your ${brand} account will be removed`,
      before: [
        `On ${until} the authenticator app, the recovery codes and the passkeys of your ${brand} account will be removed, as requested earlier.`,
        'If this was you, wait until then. Signing in with any of them stops the removal.',
      ],
      link: 'Stop the removal',
      after: [
        "If it wasn't you, someone else can read your mail. Stop the removal and secure your mailbox at once.",
      ],
    }),
    'second-factor-recovered': ({ brand, at }) => ({
      subject: `The second step of your ${brand} account was removed`,
      before: [
        `The authenticator app, the recovery codes and the passkeys of your ${brand} account were removed on ${at}. Every device was signed out. Sign in and set up a second step again.`,
      ],
      link: null,
      after: [`If it wasn't you who requested this, tell the people who run ${brand} at once.`],
    }),
    'recovery-codes-renewed': ({ brand, from, at }) => ({
      subject: `New recovery codes for ${brand}`,
      before: [
        `New recovery codes for your ${brand} account were created from ${from}, on ${at}. The old ones no longer work.`,
        NOT_YOU,
      ],
      link: null,
      after: [SECURE],
    }),
    'second-factor-attempts': ({ brand, from, at }) => ({
      subject: `Wrong codes for the second step at ${brand}`,
      before: [
        `Someone got past the first step of signing in to your ${brand} account and then entered wrong codes, last from ${from}, on ${at}. Nobody was signed in.`,
        'If it was you, use the newest code from your app, or a recovery code. While codes are being refused, a passkey still works.',
      ],
      link: null,
      after: [SECURE],
    }),
    'recovery-code-used': ({ brand, from, at }) => ({
      subject: `A recovery code was used at ${brand}`,
      before: [
        `Someone signed in to your ${brand} account with a recovery code from ${from}, on ${at}. That code no longer works.`,
        NOT_YOU,
      ],
      link: null,
      after: [SECURE],
    }),
    'passkey-removed': ({ brand, from, at }) => ({
      subject: `A passkey was removed from your ${brand} account`,
      before: [
        `A passkey was removed from your ${brand} account from ${from}, on ${at}. Nobody can sign in with it anymore.`,
        NOT_YOU,
      ],
      link: null,
      after: [SECURE],
    }),
    'identity-linked': ({ brand, from, at }) => ({
      subject: `A sign-in provider was connected to your ${brand} account`,
      before: [
        `A sign-in provider was connected to your ${brand} account from ${from}, on ${at}. It can now be used to sign in to your account.`,
        NOT_YOU,
      ],
      link: null,
      after: [SECURE],
    }),
    'identity-unlinked': ({ brand, from, at }) => ({
      subject: `A sign-in provider was disconnected from your ${brand} account`,
      before: [
        `A sign-in provider was disconnected from your ${brand} account from ${from}, on ${at}. Nobody can sign in to your account with it anymore.`,
        NOT_YOU,
      ],
      link: null,
      after: [SECURE],
    }),
    'refresh-token-reused': ({ brand, from, at }) => ({
      subject: `We signed you out of ${brand} on one device`,
      before: [
        `The key that keeps you signed in was used twice, the second time from ${from}, on ${at}. Someone may have copied it, so we ended that session. Sign in again to continue.`,
        'This can also happen when an app restores an old backup.',
      ],
      link: null,
      after: [
        "If it wasn't you, check the list of your devices, sign out of any you don't recognize, and change your password.",
      ],
    }),
  },
}
