import type { AuditEventName } from '../../audit/audit-event'
import type { PasswordRefusal } from '../../passwords/password-policy'
import type { EndReason } from '../../sessions/session'
import { problems } from './en-problems'

/** An event of an account, told to its owner: as done, or as tried; that it was refused is said beside it. */
export interface EventText {
  readonly success: string
  readonly refused: string
}

/** Every text of the pages. The other languages have the same shape. */
export type Texts = typeof en

export const en = {
  layout: { signOut: 'Sign out', terms: 'Terms', privacy: 'Privacy' },

  form: {
    humanNeedsScript: 'This form needs JavaScript: a short check keeps programs out.',
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

  login: {
    title: 'Sign in',
    submit: 'Sign in',
    forgot: 'Forgot your password?',
    link: 'Email me a sign-in link',
    or: 'or',
    noAccount: 'No account yet?',
    register: 'Create one',
  },

  signedIn: {
    title: "You're already signed in",
    intro: (who: string) => `This browser is signed in as ${who}.`,
    proceed: 'Continue',
    other: 'Use a different account',
    otherHint: 'Signing in to a different account signs this one out in this browser.',
  },

  onward: {
    title: 'One moment',
    intro: (host: string) => `You're being taken to ${host}.`,
  },

  noCookie: {
    title: "Your browser didn't keep the cookie",
    intro: "The form was accepted, but without its cookie the next page can't tell that it was you.",
    local: (command: string, url: string) =>
      `Safari doesn't keep secure cookies on http://localhost. Stop Janus, run “${command}”, and open ${url}`,
    settings: (host: string) =>
      `Allow cookies for ${host} in your browser's settings, or use another browser. Then sign in.`,
  },

  passkeys: {
    title: 'Passkeys',
    intro: 'Sign in with your face, finger or PIN instead of a password.',
    add: 'Add a passkey',
    added: 'Added',
    remove: 'Remove',
    signIn: 'Sign in with a passkey',
    needsScript: 'Adding a passkey needs JavaScript.',
    notAdded: 'The passkey was not added. Please try again.',
    notSignedIn: "The passkey didn't work. Please try again, or sign in another way.",
  },

  providers: {
    title: 'Sign-in providers',
    intro: 'Sign in with an account that you have elsewhere.',
    proceed: (label: string) => `Continue with ${label}`,
    connect: (label: string) => `Connect ${label}`,
    connected: 'Connected',
    remove: 'Disconnect',
    offer: (label: string) => `You came from ${label}. Connect it, and it signs you in here from now on.`,
    existsTitle: 'You already have an account',
    exists: (label: string, email: string) =>
      `There is an account with the address ${email}. Sign in to it once, then connect ${label} to it.`,
    signIn: 'Sign in',
    mailLink: 'Email me a link to sign in',
  },

  signInLink: {
    title: 'Sign in by email',
    intro: "We'll email you a link that signs you in without a password.",
    submit: 'Send the link',
    withPassword: 'Sign in with a password',
  },

  secondFactor: {
    title: 'One more step',
    intro: 'Enter the code that your authenticator app shows now.',
    submit: 'Sign in',
    recovery: "Don't have your phone? Use a recovery code",
    back: 'Back to sign-in',
  },

  setUpFactor: {
    title: 'Set up a second step',
    intro:
      'Your account needs a second step to sign in. Set it up once; from then on, you use it whenever you sign in.',
    byMail:
      'Your account needs a second step to sign in. First sign in with a link that we email you, so that knowing your password is not enough to set it up.',
    mail: 'Sign in with a link',
    app: 'Set up an authenticator app',
    passkey: 'Create a passkey',
  },

  factorRecovery: {
    title: 'Lost your second step?',
    intro: (hours: number) =>
      `If you've lost your authenticator app, your recovery codes and your passkeys, we can remove them from your account. That takes ${hours} hours. We'll email you now and again before it happens, and you can stop it.`,
    byMail: 'For this, sign in with an emailed link first, and come back to this page from there.',
    submit: 'Remove my second step',
    started: 'The removal has begun',
    startedText:
      'We emailed you when it will happen, with a link to stop it. Signing in with your second step stops it, too.',
    cancelTitle: 'Stop the removal',
    cancelIntro:
      'Someone requested the removal of your second step. If you stop it, your second step stays as it is.',
    cancel: 'Stop the removal',
    cancelled: 'The removal was stopped',
    cancelledText:
      "Your second step stays as it is. If you didn't request the removal, someone else can read your mail: secure your mailbox, then set a new password here.",
    running: 'Your second step will be removed on',
    lost: 'Lost everything?',
  },

  reauthenticate: {
    title: "Confirm that it's you",
    intro: (email: string) => `You're signed in as ${email}. We ask again before a sensitive change.`,
    submit: 'Confirm',
    passkey: 'Use a passkey',
    needsSecondFactor: "This needs two-step verification, and your account doesn't have it yet.",
    setUp: 'Set it up',
    signInAgain: 'Sign in again instead',
    recent: "To change this, confirm that it's you.",
    go: "Confirm that it's you",
  },

  twoSteps: {
    title: 'Two-step verification',
    intro:
      'When you sign in, we also ask for a code from an app on your phone. A password alone then no longer opens your account.',
    off: 'Off',
    on: 'On',
    since: 'Since',
    codesLeft: 'Recovery codes left:',
    needsAddress: 'Confirm your email address first, so that we can tell you about changes.',
    setUp: 'Set up',
    replace: 'Use another app',
    newCodes: 'Get new recovery codes',
    remove: 'Turn off',
    confirmRemove: 'Turn off two-step verification?',
  },

  totp: {
    title: 'Set up your authenticator app',
    scan: 'Scan this code with an authenticator app, for example on your phone.',
    qrCode: 'QR code for your authenticator app',
    type: "Can't scan it? Type this key into the app:",
    effect: 'Your other devices will be signed out. An app that you set up before stops working.',
    submit: 'Turn on',
    cancel: 'Back to your account',
  },

  recoveryCodes: {
    title: 'Your recovery codes',
    intro:
      "If you don't have your phone, sign in with one of these codes in place of the code from the app. Each works once.",
    once: 'Print them or save them in a safe place now. They are shown only this once, and earlier ones no longer work.',
    kept: 'I have saved them',
  },

  confirmSignIn: {
    title: 'Almost there',
    intro: 'You requested a sign-in link. Select the button to sign in.',
    removesPassword:
      'Nobody has confirmed this address yet. Signing in confirms it, removes the password that was set before, and signs out every other device.',
    submit: 'Sign in',
    notYou: "If you didn't request this, close this page. Nothing will happen.",
  },

  otherBrowser: {
    title: 'This link works in another browser',
    signIn:
      'It was requested in a different browser or on a different device, and works only there. Open it there, or get a link for this browser. It goes to the same address.',
    changeEmail:
      'It was requested in a different browser or on a different device, and works only there. Open it there, or request the change again from your account.',
    again: 'Send a link for this browser',
  },

  register: {
    title: 'Create your account',
    submit: 'Create account',
    haveAccount: 'Already have an account?',
    signIn: 'Sign in',
  },

  checkMail: {
    title: 'Check your email',
    register: "We've sent you an email. Use the link in it to confirm your address.",
    forgot:
      "If there's an account with this address, an email is on its way. Use the link in it to choose a new password.",
    link: "If there's an account with this address, an email is on its way. Use the link in it to sign in.",
    resend: 'If this address still needs to be confirmed, a new email is on its way.',
    change: "We've sent an email to your new address. The change takes effect when you use the link in it.",
    to: (email: string) => `To: ${email}`,
    code: 'If your email is on another device, enter the six digits from it here.',
    submitCode: 'Sign in',
    nothing: 'Nothing after a few minutes? Check your spam folder.',
    again: 'Send it again',
    back: 'Back to sign-in',
    backToAccount: 'Back to your account',
  },

  forgotPassword: {
    title: 'Forgot your password?',
    intro: "Enter your email address. We'll email you a link to choose a new password.",
    submit: 'Send the link',
    back: 'Back to sign-in',
  },

  resetPassword: {
    title: 'Choose a new password',
    intro: "You'll be signed out everywhere, so only the new password works.",
    submit: 'Save password',
    doneTitle: 'Your password is changed',
    done: 'You can sign in with it now.',
    signIn: 'Sign in',
  },

  verifyEmail: {
    title: 'Confirm your email address',
    intro: 'Select the button to confirm that this address is yours.',
    introWithPassword: 'Choose a password to finish setting up your account.',
    inviteTitle: 'Set up your account',
    invite: (email: string) => `Choose a password. You'll sign in with ${email}.`,
    submitInvite: 'Set up account',
    submit: 'Confirm address',
    doneTitle: 'Your address is confirmed',
    done: 'Thank you. Everything is ready.',
    doneElsewhere: "You registered in another browser, so you aren't signed in here.",
    continue: 'Continue',
  },

  confirmEmailChange: {
    title: 'Confirm your new address',
    intro: "After this, you'll sign in with this address and get our emails there.",
    submit: 'Use this address',
    doneTitle: 'Your address is changed',
    done: 'From now on, sign in with your new address.',
    continue: 'Continue',
  },

  home: {
    title: 'Welcome',
    signedInAs: (who: string) => `Signed in as ${who}.`,
    signedOut: "You're not signed in.",
    account: 'Your account',
    signIn: 'Sign in',
    register: 'Create an account',
  },

  account: {
    title: 'Your account',
    profile: 'Profile',
    profileIntro: 'Your name and how we reach you.',
    saveName: 'Save name',
    verified: 'Confirmed',
    unverified: 'Not confirmed yet',
    resend: 'Send a link to confirm it',
    changeEmail: 'Change address',
    changeEmailIntro: "We'll email a link to the new address. Nothing changes until you use it.",
    newEmail: 'New email address',
    submitEmail: 'Send the link',
    password: 'Password',
    passwordIntro: 'A new password signs you out on every other device.',
    changePassword: 'Change password',
    submitPassword: 'Change password',
    noPassword: "Your account doesn't have a password yet.",
    setPassword: 'Set a password',
    sessions: 'Devices',
    sessionsIntro: "Where you're signed in. Sign out of any device you don't recognize.",
    devices: 'Known devices',
    devicesIntro:
      "Where you signed in before. Other people's failed attempts can't keep you out there. Forget the ones you don't use anymore.",
    lastSignIn: 'Last sign-in',
    forget: 'Forget',
    thisDevice: 'This device',
    unknownDevice: 'Unknown device',
    unknownPlace: 'Unknown place',
    lastSeen: 'Last seen',
    end: 'Sign out',
    app: 'Connected app',
    at: (resource: string) => `at ${resource}`,
    since: 'Since',
    endAccess: 'End access',
    endOthers: 'Sign out all other devices',
    endAll: 'Sign out everywhere, including here',
    confirmEndAll: 'Sign out on every device, this one included?',
    allSessions: 'All devices',
    activity: 'Recent activity',
    activityIntro: "What happened in your account. If something wasn't you, change your password.",
    noActivity: 'Nothing yet.',
    sessionsEnded: (count: string) => `Signed out on ${count} devices`,
    allActivity: 'All activity',
    refused: 'Refused',
    otherEvent: { success: 'Account activity', refused: 'Attempt' } satisfies EventText,
    delete: 'Delete account',
    export: 'Your data',
    exportIntro: 'Everything kept about your account, except passwords and keys, as one JSON file.',
    submitExport: 'Download',
    deleteIntro:
      "This deletes your account with your name, your email address and your password, and signs you out everywhere. It can't be undone.",
    deleteKeeps: (days: string) =>
      `What happened to the account stays in a security log for ${days}, so that misuse can be investigated: what happened and when, and from which country. IP addresses and browsers are removed within minutes. Your name and email address aren't in it. After that, it's deleted too.`,
    continueDelete: 'Continue with your password',
    deletePassword: "Your password, to be sure it's you",
    submitDelete: 'Delete my account',
    confirmDelete: 'Delete your account for good?',
    notices: {
      'name-saved': 'Your name is saved.',
      'password-changed': 'Your password is changed. Other devices are signed out.',
      'change-mail-sent': 'An email is on its way to your new address.',
      'verification-sent': 'An email is on its way to your address.',
      'session-ended': 'That device is signed out.',
      'access-ended': 'The app no longer has access.',
      'device-forgotten': 'That device is forgotten.',
      'passkey-added': 'Your passkey is added.',
      'passkey-removed': 'That passkey is removed. It no longer opens your account.',
      'identity-linked': 'It is connected. It signs you in here from now on.',
      'identity-removed': 'It is disconnected. It no longer opens your account.',
      'second-factor-removed': 'Two-step verification is off. Other devices are signed out.',
      'set-up-expired': 'The set-up took too long, and nothing was changed. Please start again.',
      'others-ended': 'All other devices are signed out.',
    },
  },

  events: {
    'account-registered': { success: 'Account created', refused: 'Attempt to create an account' },
    'account-invited': { success: 'Invitation sent', refused: 'Attempt to invite' },
    'signed-in': { success: 'Signed in', refused: 'Attempt to sign in' },
    'first-factor-proven': { success: 'First step of a sign-in', refused: 'Attempt to sign in' },
    reauthenticated: { success: 'Confirmed it was you', refused: 'Attempt to confirm it was you' },
    'second-factor-set': {
      success: 'Authenticator app set up',
      refused: 'Attempt to set up an authenticator app',
    },
    'second-factor-recovery-requested': {
      success: 'Second step lost: removal requested',
      refused: 'Attempt to request the removal of the second step',
    },
    'second-factor-recovery-cancelled': {
      success: 'Removal of the second step stopped',
      refused: 'Attempt to stop the removal of the second step',
    },
    'second-factor-recovered': {
      success: 'Second step removed after the delay',
      refused: 'Attempt to remove the second step',
    },
    'second-factor-removed': {
      success: 'Authenticator app removed',
      refused: 'Attempt to remove the authenticator app',
    },
    'recovery-codes-renewed': { success: 'New recovery codes', refused: 'Attempt to get recovery codes' },
    'session-ended': { success: 'Signed out', refused: 'Attempt to sign out' },
    'password-changed': { success: 'Password changed', refused: 'Attempt to change the password' },
    'account-deleted': { success: 'Account deleted', refused: 'Attempt to delete the account' },
    'email-verified': { success: 'Address confirmed', refused: 'Attempt to confirm the address' },
    'password-reset-requested': {
      success: 'Password reset requested',
      refused: 'Attempt to request a password reset',
    },
    'password-reset': { success: 'Password reset', refused: 'Attempt to reset the password' },
    'sign-in-link-requested': {
      success: 'Sign-in link requested',
      refused: 'Attempt to request a sign-in link',
    },
    'email-change-requested': {
      success: 'Address change requested',
      refused: 'Attempt to change the address',
    },
    'email-changed': { success: 'Address changed', refused: 'Attempt to change the address' },
    'device-forgotten': { success: 'Device forgotten', refused: 'Attempt to forget a device' },
    'passkey-added': { success: 'Passkey added', refused: 'Attempt to add a passkey' },
    'passkey-removed': { success: 'Passkey removed', refused: 'Attempt to remove a passkey' },
    'app-connected': { success: 'An app was connected', refused: 'Connecting an app was rejected' },
    'app-disconnected': { success: 'An app was disconnected', refused: 'Disconnecting an app was rejected' },
    'identity-linked': {
      success: 'Sign-in provider connected',
      refused: 'Attempt to connect a sign-in provider',
    },
    'identity-unlinked': {
      success: 'Sign-in provider disconnected',
      refused: 'Attempt to disconnect a sign-in provider',
    },
    'roles-changed': { success: 'Permissions changed', refused: 'Attempt to change permissions' },
    'account-disabled': { success: 'Account disabled', refused: 'Attempt to disable the account' },
    'account-enabled': { success: 'Account enabled again', refused: 'Attempt to enable the account' },
    'account-exported': { success: 'Data of the account exported', refused: 'Attempt to export the data' },
    'profile-changed': { success: 'Profile changed', refused: 'Attempt to change the profile' },
    'event-given-up': { success: 'Event delivered', refused: 'Event could not be delivered' },
    'mail-failed': { success: 'Email delivered', refused: 'Email could not be delivered' },
  } satisfies Record<AuditEventName | 'session-ended', EventText>,

  /** Says why a session ended or an attempt was refused, after the name of the event. A reason that is not here is left out. */
  reasons: {
    'signed-out': 'signed out there',
    'signed-out-everywhere': 'signed out everywhere',
    'ended-by-owner': 'ended from another device',
    'ended-by-service': 'ended by another service',
    'ended-by-operator': 'ended by an administrator',
    'replaced-by-sign-in': 'replaced by a new sign-in',
    'too-many-sessions': 'because there were too many sessions',
    'password-changed': 'because the password changed',
    'account-deleted': 'because the account was deleted',
    'password-reset': 'because the password was reset',
    'address-proven': 'because the address was confirmed',
    link: 'signed in with a link',
    'account-disabled': 'because the account was disabled',
    'roles-changed': 'because permissions changed',
    'second-factor-changed': 'because the second step changed',
    'second-factor': 'with the authenticator app',
    'recovery-code': 'with a recovery code',
    'wrong-second-factor': 'wrong code in the second step',
    'code-reused': 'for safety: a code of an app was used twice',
    'revoked-by-app': 'by the app itself',
    'refresh-token-reused': 'for safety: a credential was used twice',
    'wrong-password': 'wrong password',
    throttled: 'too many attempts',
    'too-many-attempts': 'too many attempts',
  } satisfies Record<EndReason, string> & Record<string, string>,

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
