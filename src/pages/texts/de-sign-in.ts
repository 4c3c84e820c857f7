import type { signInTexts as English } from './en-sign-in'

export const signInTexts = {
  login: {
    title: 'Anmelden',
    submit: 'Anmelden',
    forgot: 'Passwort vergessen?',
    link: 'Anmeldelink per E-Mail',
    or: 'oder',
    noAccount: 'Noch kein Konto?',
    register: 'Konto anlegen',
  },

  signedIn: {
    title: 'Sie sind schon angemeldet',
    intro: (who) => `In diesem Browser sind Sie als ${who} angemeldet.`,
    proceed: 'Weiter',
    other: 'Anderes Konto verwenden',
    otherHint: 'Wenn Sie sich mit einem anderen Konto anmelden, wird dieses in diesem Browser abgemeldet.',
  },

  onward: {
    title: 'Gleich geht es weiter',
    intro: (host) => `Sie werden zu ${host} weitergeleitet.`,
  },

  noCookie: {
    title: 'Ihr Browser hat das Cookie nicht behalten',
    intro:
      'Das Formular wurde angenommen, aber ohne sein Cookie kann die nächste Seite nicht erkennen, dass Sie es waren.',
    local: (command, url) =>
      `Safari behält auf http://localhost keine sicheren Cookies. Beenden Sie Janus, starten Sie „${command}“ und öffnen Sie ${url}`,
    settings: (host) =>
      `Erlauben Sie Cookies für ${host} in den Einstellungen Ihres Browsers, oder nehmen Sie einen anderen Browser. Melden Sie sich dann an.`,
  },

  passkeys: {
    title: 'Ihre Passkeys',
    intro: 'Melden Sie sich mit Gesicht, Finger oder PIN an statt mit einem Passwort.',
    add: 'Passkey hinzufügen',
    added: 'Hinzugefügt',
    rename: 'Umbenennen',
    name: 'Name des Passkeys',
    remove: 'Entfernen',
    signIn: 'Mit einem Passkey anmelden',
    useNeedsScript:
      'Um einen Passkey zu verwenden, braucht es JavaScript. Schalten Sie es ein, und laden Sie diese Seite neu.',
    needsScript: 'Um einen Passkey hinzuzufügen, braucht es JavaScript.',
    notAdded: 'Der Passkey wurde nicht hinzugefügt. Bitte versuchen Sie es noch einmal.',
    notSignedIn:
      'Der Passkey hat nicht funktioniert. Versuchen Sie es noch einmal, oder melden Sie sich anders an.',
  },

  providers: {
    title: 'Andere Anmeldedienste',
    intro: 'Melden Sie sich mit einem Konto an, das Sie anderswo haben.',
    proceed: (label: string) => `Weiter mit ${label}`,
    connect: (label: string) => `${label} verbinden`,
    connected: 'Verbunden',
    remove: 'Trennen',
    offer: (label: string) =>
      `Sie kommen von ${label}. Verbinden Sie den Dienst, dann können Sie sich von jetzt an hier damit anmelden.`,
    existsTitle: 'Sie haben schon ein Konto',
    exists: (label: string, email: string) =>
      `Es gibt ein Konto mit der Adresse ${email}. Melden Sie sich dort einmal an, und verbinden Sie dann ${label}.`,
    signIn: 'Anmelden',
    mailLink: 'Anmeldelink per E-Mail senden',
  },

  signInLink: {
    title: 'Per E-Mail anmelden',
    intro: 'Wir senden Ihnen einen Link. Er meldet Sie an, ganz ohne Passwort.',
    submit: 'Link senden',
    withPassword: 'Mit Passwort anmelden',
  },

  secondFactor: {
    title: 'Noch ein Schritt',
    intro: 'Geben Sie den Code ein, den Ihre Authenticator-App jetzt anzeigt.',
    byPasskey: 'Bestätigen Sie mit Ihrem Passkey, dass Sie es sind.',
    noPasskeys:
      'Der zweite Schritt dieses Kontos ist ein Passkey, und dieser Dienst nimmt zurzeit keine Passkeys an.',
    removeByMail: 'Sie können Ihren zweiten Schritt per E-Mail entfernen lassen, über den Link unten.',
    askOperator: 'Bitten Sie die Betreiber dieses Dienstes um Hilfe.',
    byRecoveryCode: 'Geben Sie einen Ihrer Wiederherstellungscodes ein.',
    orRecoveryCode: 'Oder nehmen Sie einen Ihrer Wiederherstellungscodes.',
    orMail: 'Oder lassen Sie Ihren zweiten Schritt per E-Mail entfernen, mit dem Link weiter unten.',
    submit: 'Anmelden',
    recovery: 'Kein Telefon zur Hand? Nehmen Sie einen Wiederherstellungscode',
    back: 'Zurück zur Anmeldung',
  },

  setUpFactor: {
    title: 'Zweiten Schritt einrichten',
    intro:
      'Ihr Konto braucht bei der Anmeldung einen zweiten Schritt. Richten Sie ihn einmal ein; danach werden Sie bei jeder Anmeldung danach gefragt.',
    byMail:
      'Ihr Konto braucht bei der Anmeldung einen zweiten Schritt. Melden Sie sich zuerst mit einem Link an, den wir Ihnen schicken, damit Ihr Passwort allein nicht genügt, um ihn einzurichten.',
    mail: 'Mit einem Link anmelden',
    app: 'Authenticator-App einrichten',
    passkey: 'Passkey erstellen',
  },

  factorRecovery: {
    title: 'Zweiten Schritt verloren?',
    intro: (hours: number) =>
      `Wenn Sie Ihre Authenticator-App, Ihre Wiederherstellungscodes und Ihre Passkeys verloren haben, können wir sie aus Ihrem Konto entfernen. Das dauert ${hours} Stunden. Wir schreiben Ihnen jetzt und noch einmal davor, und Sie können es stoppen.`,
    byMail:
      'Melden Sie sich dazu zuerst mit einem zugesandten Link an, und kommen Sie von dort auf diese Seite zurück.',
    submit: 'Meinen zweiten Schritt entfernen',
    started: 'Das Entfernen hat begonnen',
    startedText:
      'Wir haben Ihnen geschrieben, wann es geschieht, mit einem Link, der es stoppt. Auch eine Anmeldung mit dem zweiten Schritt stoppt es.',
    cancelTitle: 'Entfernen stoppen',
    cancelIntro:
      'Jemand möchte Ihren zweiten Schritt entfernen lassen. Wenn Sie das stoppen, bleibt er, wie er ist.',
    cancel: 'Entfernen stoppen',
    cancelled: 'Das Entfernen ist gestoppt',
    cancelledText:
      'Ihr zweiter Schritt bleibt, wie er ist. Wenn Sie das Entfernen nicht angefordert haben, kann jemand anders Ihre E-Mails lesen: Sichern Sie Ihr Postfach, und setzen Sie dann hier ein neues Passwort.',
    running: 'Ihr zweiter Schritt wird entfernt am',
    lost: 'Alles verloren?',
  },

  reauthenticate: {
    title: 'Bestätigen Sie, dass Sie es sind',
    intro: (email: string) =>
      `Sie sind als ${email} angemeldet. Vor wichtigen Änderungen fragen wir noch einmal nach.`,
    submit: 'Bestätigen',
    passkey: 'Passkey verwenden',
    needsSecondFactor: 'Dafür ist die Bestätigung in zwei Schritten nötig, und die hat Ihr Konto noch nicht.',
    without: 'Ohne sie fortfahren',
    setUp: 'Einrichten',
    signInAgain: 'Stattdessen neu anmelden',
    recent: 'Um das zu ändern, bestätigen Sie, dass Sie es sind.',
    go: 'Bestätigen, dass ich es bin',
  },

  confirmSignIn: {
    title: 'Fast geschafft',
    intro: 'Sie wollten sich mit einem Link anmelden. Ein Klick, und Sie sind da.',
    removesPassword:
      'Diese Adresse hat noch niemand bestätigt. Mit der Anmeldung ist sie bestätigt. Das Passwort von vorher wird entfernt, und alle anderen Geräte werden abgemeldet.',
    submit: 'Anmelden',
    notYou: 'Wenn das nicht von Ihnen kam, schließen Sie diese Seite. Dann passiert nichts.',
  },

  otherBrowser: {
    title: 'Dieser Link gilt in einem anderen Browser',
    signIn:
      'Er wurde in einem anderen Browser oder auf einem anderen Gerät angefordert und gilt nur dort. Öffnen Sie ihn dort, oder fordern Sie einen Link für diesen Browser an. Er geht an dieselbe Adresse.',
    changeEmail:
      'Er wurde in einem anderen Browser oder auf einem anderen Gerät angefordert und gilt nur dort. Öffnen Sie ihn dort, oder ändern Sie die Adresse noch einmal in Ihrem Konto.',
    again: 'Link für diesen Browser senden',
  },

  register: {
    title: 'Konto anlegen',
    submit: 'Konto anlegen',
    haveAccount: 'Sie haben schon ein Konto?',
    signIn: 'Anmelden',
  },

  checkMail: {
    title: 'Sehen Sie in Ihr Postfach',
    register: 'Wir haben Ihnen eine Nachricht gesendet. Mit dem Link darin bestätigen Sie Ihre Adresse.',
    forgot:
      'Wenn es zu dieser Adresse ein Konto gibt, ist eine Nachricht unterwegs. Mit dem Link darin wählen Sie ein neues Passwort.',
    link: 'Wenn es zu dieser Adresse ein Konto gibt, ist eine Nachricht unterwegs. Mit dem Link darin melden Sie sich an.',
    resend: 'Wenn diese Adresse noch nicht bestätigt ist, ist eine neue Nachricht unterwegs.',
    change:
      'Wir haben eine Nachricht an Ihre neue Adresse gesendet. Die Änderung gilt, sobald Sie dem Link darin folgen.',
    to: (email) => `An: ${email}`,
    code: 'Wenn Sie Ihre E-Mails auf einem anderen Gerät lesen, geben Sie hier die sechs Ziffern aus der Nachricht ein.',
    submitCode: 'Anmelden',
    nothing: 'Nach ein paar Minuten noch nichts da? Sehen Sie auch im Spam-Ordner nach.',
    again: 'Noch einmal senden',
    back: 'Zurück zur Anmeldung',
    backToAccount: 'Zurück zu Ihrem Konto',
  },

  forgotPassword: {
    title: 'Passwort vergessen?',
    intro:
      'Nennen Sie uns Ihre E-Mail-Adresse. Wir senden Ihnen einen Link, mit dem Sie ein neues Passwort wählen.',
    submit: 'Link senden',
    back: 'Zurück zur Anmeldung',
  },

  resetPassword: {
    title: 'Neues Passwort wählen',
    intro: 'Sie werden überall abgemeldet, damit nur noch das neue Passwort Ihr Konto öffnet.',
    submit: 'Passwort speichern',
    doneTitle: 'Ihr Passwort ist geändert',
    done: 'Sie können sich jetzt damit anmelden.',
    signIn: 'Anmelden',
  },

  verifyEmail: {
    title: 'E-Mail-Adresse bestätigen',
    intro: 'Ein Klick, und wir wissen, dass diese Adresse Ihnen gehört.',
    introWithPassword: 'Wählen Sie noch ein Passwort, dann ist Ihr Konto fertig.',
    inviteTitle: 'Konto einrichten',
    invite: (email) => `Wählen Sie ein Passwort. Sie melden sich mit ${email} an.`,
    submitInvite: 'Konto einrichten',
    submit: 'Adresse bestätigen',
    doneTitle: 'Ihre Adresse ist bestätigt',
    done: 'Vielen Dank. Alles ist bereit.',
    doneElsewhere:
      'Sie haben sich in einem anderen Browser registriert und sind deshalb hier nicht angemeldet.',
    continue: 'Weiter',
  },

  confirmEmailChange: {
    title: 'Neue Adresse bestätigen',
    intro: 'Von da an melden Sie sich mit dieser Adresse an, und unsere Nachrichten gehen dorthin.',
    submit: 'Diese Adresse verwenden',
    doneTitle: 'Ihre Adresse ist geändert',
    done: 'Melden Sie sich von jetzt an mit der neuen Adresse an.',
    continue: 'Weiter',
  },
} satisfies typeof English
