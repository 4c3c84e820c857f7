/** Holds the texts of the pages on which people sign in, register and follow links. The other languages have the same shape. */
export const signInTexts = {
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
    rename: 'Rename',
    name: 'Name of the passkey',
    remove: 'Remove',
    signIn: 'Sign in with a passkey',
    useNeedsScript: 'Using a passkey needs JavaScript. Turn it on, and load this page again.',
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
    offer: (label: string) => `You came from ${label}. Connect it to sign in here with it from now on.`,
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
    byPasskey: "Confirm with your passkey that it's you.",
    noPasskeys:
      "This account's second step is a passkey, and this service doesn't accept passkeys at the moment.",
    removeByMail: 'You can have your second step removed by email, with the link below.',
    askOperator: 'Ask the people who run this service for help.',
    byRecoveryCode: 'Enter one of your recovery codes.',
    orRecoveryCode: 'Or use one of your recovery codes.',
    orMail: 'Or have your second step removed by email, with the link below.',
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
    without: 'Go on without it',
    setUp: 'Set it up',
    signInAgain: 'Sign in again instead',
    recent: "To change this, confirm that it's you.",
    go: "Confirm that it's you",
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
}
