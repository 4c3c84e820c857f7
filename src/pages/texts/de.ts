import { problems } from './de-problems'
import type { Texts } from './en'

export const de = {
  layout: { signOut: 'Abmelden', terms: 'Nutzungsbedingungen', privacy: 'Datenschutz' },

  form: {
    humanNeedsScript: 'Dieses Formular braucht JavaScript: Eine kurze Prüfung hält Programme fern.',
    check: 'Bitte sehen Sie sich das noch einmal an:',
    working: 'Einen Moment bitte …',
    wrongPassword: { title: 'Das Passwort stimmt nicht', action: 'Bitte versuchen Sie es noch einmal.' },
    optional: 'freiwillig',
    retry: (wait) => `Bitte versuchen Sie es in ${wait} noch einmal.`,
    seconds: (count) => (count === 1 ? '1 Sekunde' : `${count} Sekunden`),
    minutes: (count) => (count === 1 ? '1 Minute' : `${count} Minuten`),
    hours: (count) => (count === 1 ? '1 Stunde' : `${count} Stunden`),
    days: (count) => (count === 1 ? '1 Tag' : `${count} Tage`),
  },

  fields: {
    email: 'E-Mail-Adresse',
    emailFormat: 'Zum Beispiel ada@example.com',
    name: 'Name',
    password: 'Passwort',
    code: 'Code aus der E-Mail',
    appCode: 'Code aus Ihrer Authenticator-App',
    recoveryCode: 'Wiederherstellungscode',
    currentPassword: 'Aktuelles Passwort',
    newPassword: 'Neues Passwort',
    passwordHint: (minLength) =>
      `Mindestens ${minLength} Zeichen. Gut sind ein paar Wörter, die nichts miteinander zu tun haben.`,
    moreCharacters: { one: 'Noch 1 Zeichen', other: 'Noch {n} Zeichen' },
    longEnough: 'Lang genug',
    show: 'Passwort anzeigen',
    hide: 'Passwort verbergen',
  },

  errors: {
    fields: {
      email: {
        missing: 'Geben Sie Ihre E-Mail-Adresse ein.',
        invalid: 'Geben Sie eine E-Mail-Adresse ein, zum Beispiel ada@example.com.',
      },
      name: {
        invalid: 'Höchstens 100 Zeichen, ohne Zeilenumbruch.',
        'control-character': 'Höchstens 100 Zeichen, ohne Zeilenumbruch.',
        'direction-control': 'Bitte ohne unsichtbare Zeichen, die die Schreibrichtung ändern.',
        'invisible-character': 'Bitte ohne unsichtbare Zeichen, und mit mindestens einem sichtbaren.',
      },
      password: { missing: 'Geben Sie ein Passwort ein.' },
      current_password: { missing: 'Geben Sie Ihr aktuelles Passwort ein.' },
      new_password: { missing: 'Wählen Sie ein neues Passwort.' },
      code: {
        missing: 'Geben Sie die sechs Ziffern ein.',
        invalid: 'Geben Sie die sechs Ziffern ein.',
      },
      recovery_code: {
        missing: 'Geben Sie einen Wiederherstellungscode ein, so wie er angezeigt wurde.',
        invalid: 'Geben Sie einen Wiederherstellungscode ein, so wie er angezeigt wurde.',
      },
    },
    anyField: {
      missing: 'Diese Angabe wird gebraucht.',
      type: 'Das muss Text sein.',
      invalid: 'Das ist nicht gültig.',
      unknown: 'Das Formular hat ein Feld gesendet, das hier nicht bekannt ist.',
      duplicate: 'Das Formular hat dieses Feld doppelt gesendet.',
    },
    newPassword: (minLength, maxLength) => ({
      'too-short': `Nehmen Sie mindestens ${minLength} Zeichen.`,
      'too-long': `Nehmen Sie höchstens ${maxLength} Zeichen.`,
      breached:
        'Dieses Passwort wurde bei einem Datenleck bekannt. Bitte wählen Sie eines, das Sie sonst nirgends verwenden.',
      common: 'Dieses Passwort steht auf Listen bekannt gewordener Passwörter. Bitte wählen Sie ein anderes.',
      guessable:
        'Das besteht fast nur aus Ihrer Adresse, Ihrem Namen oder dem Namen dieses Dienstes. Bitte wählen Sie ein anderes.',
    }),
    other: 'Hier stimmt etwas nicht.',
  },

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
    remove: 'Entfernen',
    signIn: 'Mit einem Passkey anmelden',
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
      `Sie kommen von ${label}. Verbinden Sie den Dienst, dann meldet er Sie von jetzt an hier an.`,
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
      `Wenn Sie Ihre Authenticator-App, Ihre Wiederherstellungscodes und Ihre Passkeys verloren haben, können wir sie aus Ihrem Konto entfernen. Das dauert ${hours} Stunden. Wir schreiben Ihnen jetzt und noch einmal davor, und Sie können es aufhalten.`,
    byMail:
      'Melden Sie sich dazu zuerst mit einem zugesandten Link an, und kommen Sie von dort auf diese Seite zurück.',
    submit: 'Meinen zweiten Schritt entfernen',
    started: 'Das Entfernen hat begonnen',
    startedText:
      'Wir haben Ihnen geschrieben, wann es geschieht, mit einem Link, der es aufhält. Auch eine Anmeldung mit dem zweiten Schritt hält es auf.',
    cancelTitle: 'Entfernen aufhalten',
    cancelIntro:
      'Jemand hat verlangt, Ihren zweiten Schritt zu entfernen. Wenn Sie das aufhalten, bleibt er, wie er ist.',
    cancel: 'Entfernen aufhalten',
    cancelled: 'Das Entfernen ist aufgehalten',
    cancelledText:
      'Ihr zweiter Schritt bleibt, wie er ist. Wenn Sie das Entfernen nicht verlangt haben, kann jemand anders Ihre E-Mails lesen: Sichern Sie Ihr Postfach, und setzen Sie dann hier ein neues Passwort.',
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
    setUp: 'Einrichten',
    signInAgain: 'Stattdessen neu anmelden',
    recent: 'Um das zu ändern, bestätigen Sie, dass Sie es sind.',
    go: 'Bestätigen, dass ich es bin',
  },

  twoSteps: {
    title: 'Bestätigung in zwei Schritten',
    intro:
      'Zur Anmeldung gehört dann auch ein Code aus einer App auf Ihrem Telefon. Ein Passwort allein öffnet Ihr Konto nicht mehr.',
    off: 'Aus',
    on: 'Ein',
    since: 'Seit',
    codesLeft: 'Übrige Wiederherstellungscodes:',
    needsAddress: 'Bestätigen Sie zuerst Ihre E-Mail-Adresse, damit wir Ihnen Änderungen mitteilen können.',
    setUp: 'Einrichten',
    replace: 'Eine andere App verwenden',
    newCodes: 'Neue Wiederherstellungscodes',
    remove: 'Ausschalten',
    confirmRemove: 'Die Bestätigung in zwei Schritten ausschalten?',
  },

  totp: {
    title: 'Authenticator-App einrichten',
    scan: 'Scannen Sie diesen Code mit einer Authenticator-App, zum Beispiel auf Ihrem Telefon.',
    qrCode: 'QR-Code für Ihre Authenticator-App',
    type: 'Scannen geht nicht? Tippen Sie diesen Schlüssel in die App:',
    effect:
      'Ihre anderen Geräte werden abgemeldet. Eine App, die Sie früher eingerichtet haben, funktioniert dann nicht mehr.',
    submit: 'Einschalten',
    cancel: 'Zurück zu Ihrem Konto',
  },

  recoveryCodes: {
    title: 'Ihre Codes zur Wiederherstellung',
    intro:
      'Ohne Ihr Telefon melden Sie sich mit einem dieser Codes an statt mit dem Code aus der App. Jeder funktioniert einmal.',
    once: 'Drucken Sie die Codes aus, oder speichern Sie sie jetzt an einem sicheren Ort. Sie werden nur dieses eine Mal angezeigt, und frühere funktionieren nicht mehr.',
    kept: 'Ich habe sie gespeichert',
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

  home: {
    title: 'Willkommen',
    signedInAs: (who) => `Angemeldet als ${who}.`,
    signedOut: 'Sie sind nicht angemeldet.',
    account: 'Ihr Konto',
    signIn: 'Anmelden',
    register: 'Konto anlegen',
  },

  account: {
    title: 'Ihr Konto',
    profile: 'Profil',
    profileIntro: 'Wie Sie heißen und wo wir Sie erreichen.',
    saveName: 'Namen speichern',
    verified: 'Bestätigt',
    unverified: 'Noch nicht bestätigt',
    resend: 'Link zur Bestätigung senden',
    changeEmail: 'Adresse ändern',
    changeEmailIntro: 'Wir senden einen Link an die neue Adresse. Bis Sie ihm folgen, ändert sich nichts.',
    newEmail: 'Neue E-Mail-Adresse',
    submitEmail: 'Link senden',
    password: 'Passwort',
    passwordIntro: 'Ein neues Passwort meldet Sie auf allen anderen Geräten ab.',
    changePassword: 'Passwort ändern',
    submitPassword: 'Passwort ändern',
    noPassword: 'Ihr Konto hat noch kein Passwort.',
    setPassword: 'Passwort festlegen',
    sessions: 'Geräte',
    sessionsIntro: 'Hier sind Sie angemeldet. Melden Sie ab, was Sie nicht kennen.',
    devices: 'Bekannte Geräte',
    devicesIntro:
      'Hier haben Sie sich schon angemeldet. Fehlversuche anderer können Sie hier nicht aussperren. Vergessen Sie Geräte, die Sie nicht mehr nutzen.',
    lastSignIn: 'Letzte Anmeldung',
    forget: 'Vergessen',
    thisDevice: 'Dieses Gerät',
    unknownDevice: 'Unbekanntes Gerät',
    unknownPlace: 'Unbekannter Ort',
    lastSeen: 'Zuletzt aktiv',
    end: 'Abmelden',
    app: 'Verbundene App',
    at: (resource) => `bei ${resource}`,
    since: 'Seit',
    endAccess: 'Zugriff beenden',
    endOthers: 'Alle anderen Geräte abmelden',
    endAll: 'Überall abmelden, auch hier',
    confirmEndAll: 'Auf allen Geräten abmelden, auch auf diesem?',
    allSessions: 'Alle Geräte',
    activity: 'Letzte Aktivitäten',
    activityIntro:
      'Was mit Ihrem Konto geschehen ist. Wenn etwas nicht von Ihnen kam, ändern Sie Ihr Passwort.',
    noActivity: 'Noch nichts.',
    sessionsEnded: (count) => `Auf ${count} Geräten abgemeldet`,
    allActivity: 'Alle Aktivitäten',
    refused: 'Abgelehnt',
    otherEvent: { success: 'Aktivität im Konto', refused: 'Versuch' },
    delete: 'Konto löschen',
    export: 'Ihre Daten',
    exportIntro:
      'Alles, was zu Ihrem Konto gespeichert ist, außer Passwörtern und Schlüsseln, als eine JSON-Datei.',
    submitExport: 'Herunterladen',
    deleteIntro:
      'Damit werden Ihr Konto, Ihr Name, Ihre E-Mail-Adresse und Ihr Passwort gelöscht, und Sie werden überall abgemeldet. Das lässt sich nicht rückgängig machen.',
    deleteKeeps: (days) =>
      `Was mit dem Konto geschehen ist, bleibt noch so lange in einem Sicherheitsprotokoll, damit sich Missbrauch aufklären lässt: ${days}. Darin steht, was wann geschah und aus welchem Land. IP-Adressen und Browser werden binnen Minuten daraus entfernt. Ihr Name und Ihre E-Mail-Adresse stehen nicht darin. Danach wird auch das gelöscht.`,
    continueDelete: 'Weiter mit Ihrem Passwort',
    deletePassword: 'Ihr Passwort, damit wir sicher sind',
    submitDelete: 'Mein Konto löschen',
    confirmDelete: 'Ihr Konto endgültig löschen?',
    notices: {
      'name-saved': 'Ihr Name ist gespeichert.',
      'password-changed': 'Ihr Passwort ist geändert. Andere Geräte sind abgemeldet.',
      'change-mail-sent': 'Eine Nachricht an Ihre neue Adresse ist unterwegs.',
      'verification-sent': 'Eine Nachricht an Ihre Adresse ist unterwegs.',
      'session-ended': 'Das Gerät ist abgemeldet.',
      'access-ended': 'Die App hat keinen Zugriff mehr.',
      'device-forgotten': 'Das Gerät ist vergessen.',
      'passkey-added': 'Ihr Passkey ist hinzugefügt.',
      'passkey-removed': 'Der Passkey ist entfernt. Er öffnet Ihr Konto nicht mehr.',
      'identity-linked': 'Der Dienst ist verbunden. Er meldet Sie von jetzt an hier an.',
      'identity-removed': 'Der Dienst ist getrennt. Er öffnet Ihr Konto nicht mehr.',
      'second-factor-removed': 'Die Bestätigung in zwei Schritten ist aus. Andere Geräte sind abgemeldet.',
      'set-up-expired':
        'Das Einrichten hat zu lange gedauert, und nichts wurde geändert. Bitte beginnen Sie noch einmal.',
      'others-ended': 'Alle anderen Geräte sind abgemeldet.',
    },
  },

  events: {
    'account-registered': { success: 'Konto angelegt', refused: 'Versuch, ein Konto anzulegen' },
    'account-invited': { success: 'Einladung verschickt', refused: 'Versuch einer Einladung' },
    'signed-in': { success: 'Angemeldet', refused: 'Anmeldeversuch' },
    'first-factor-proven': { success: 'Erster Schritt einer Anmeldung', refused: 'Anmeldeversuch' },
    reauthenticated: {
      success: 'Bestätigt, dass Sie es sind',
      refused: 'Versuch, sich auszuweisen',
    },
    'second-factor-set': {
      success: 'Authenticator-App eingerichtet',
      refused: 'Versuch, eine Authenticator-App einzurichten',
    },
    'second-factor-recovery-requested': {
      success: 'Zweiter Schritt verloren: Entfernen verlangt',
      refused: 'Versuch, das Entfernen des zweiten Schritts zu verlangen',
    },
    'second-factor-recovery-cancelled': {
      success: 'Entfernen des zweiten Schritts aufgehalten',
      refused: 'Versuch, das Entfernen des zweiten Schritts aufzuhalten',
    },
    'second-factor-recovered': {
      success: 'Zweiter Schritt nach der Wartezeit entfernt',
      refused: 'Versuch, den zweiten Schritt zu entfernen',
    },
    'second-factor-removed': {
      success: 'Authenticator-App entfernt',
      refused: 'Versuch, die Authenticator-App zu entfernen',
    },
    'recovery-codes-renewed': {
      success: 'Neue Wiederherstellungscodes',
      refused: 'Versuch, Wiederherstellungscodes zu erhalten',
    },
    'session-ended': { success: 'Abgemeldet', refused: 'Versuch, sich abzumelden' },
    'password-changed': { success: 'Passwort geändert', refused: 'Versuch, das Passwort zu ändern' },
    'account-deleted': { success: 'Konto gelöscht', refused: 'Versuch, das Konto zu löschen' },
    'email-verified': { success: 'Adresse bestätigt', refused: 'Versuch, die Adresse zu bestätigen' },
    'password-reset-requested': {
      success: 'Neues Passwort angefordert',
      refused: 'Versuch, ein neues Passwort anzufordern',
    },
    'password-reset': { success: 'Passwort ersetzt', refused: 'Versuch, das Passwort zu ersetzen' },
    'sign-in-link-requested': {
      success: 'Anmelde-Link angefordert',
      refused: 'Versuch, einen Anmelde-Link anzufordern',
    },
    'email-change-requested': {
      success: 'Adressänderung angefordert',
      refused: 'Versuch, die Adresse zu ändern',
    },
    'email-changed': { success: 'Adresse geändert', refused: 'Versuch, die Adresse zu ändern' },
    'device-forgotten': { success: 'Gerät vergessen', refused: 'Versuch, ein Gerät zu vergessen' },
    'passkey-added': { success: 'Passkey hinzugefügt', refused: 'Versuch, einen Passkey hinzuzufügen' },
    'passkey-removed': { success: 'Passkey entfernt', refused: 'Versuch, einen Passkey zu entfernen' },
    'app-connected': {
      success: 'Eine App wurde verbunden',
      refused: 'Das Verbinden einer App wurde abgelehnt',
    },
    'app-disconnected': {
      success: 'Eine App wurde getrennt',
      refused: 'Das Trennen einer App wurde abgelehnt',
    },
    'identity-linked': {
      success: 'Anmeldedienst verbunden',
      refused: 'Versuch, einen Anmeldedienst zu verbinden',
    },
    'identity-unlinked': {
      success: 'Anmeldedienst getrennt',
      refused: 'Versuch, einen Anmeldedienst zu trennen',
    },
    'roles-changed': { success: 'Rechte geändert', refused: 'Versuch, die Rechte zu ändern' },
    'account-disabled': { success: 'Konto gesperrt', refused: 'Versuch, das Konto zu sperren' },
    'account-enabled': { success: 'Konto wieder freigegeben', refused: 'Versuch, das Konto freizugeben' },
    'account-exported': {
      success: 'Daten des Kontos exportiert',
      refused: 'Versuch, die Daten zu exportieren',
    },
    'profile-changed': { success: 'Profil geändert', refused: 'Versuch, das Profil zu ändern' },
    'event-given-up': { success: 'Ereignis zugestellt', refused: 'Ereignis konnte nicht zugestellt werden' },
    'mail-failed': {
      success: 'Nachricht zugestellt',
      refused: 'Nachricht, die nicht zugestellt werden konnte',
    },
  },

  reasons: {
    'signed-out': 'dort abgemeldet',
    'signed-out-everywhere': 'überall abgemeldet',
    'ended-by-owner': 'von einem anderen Gerät aus beendet',
    'ended-by-service': 'von einem anderen Dienst beendet',
    'ended-by-operator': 'von einer Verwalterin oder einem Verwalter beendet',
    'replaced-by-sign-in': 'durch eine neue Anmeldung ersetzt',
    'too-many-sessions': 'damit es nicht zu viele Sitzungen werden',
    'password-changed': 'weil das Passwort geändert wurde',
    'account-deleted': 'weil das Konto gelöscht wurde',
    'password-reset': 'weil das Passwort ersetzt wurde',
    'address-proven': 'weil die Adresse bestätigt wurde',
    link: 'mit einem Link angemeldet',
    'account-disabled': 'weil das Konto gesperrt wurde',
    'roles-changed': 'weil sich Berechtigungen geändert haben',
    'second-factor-changed': 'weil der zweite Schritt geändert wurde',
    'second-factor': 'mit der Authenticator-App',
    'recovery-code': 'mit einem Wiederherstellungscode',
    'wrong-second-factor': 'falscher Code im zweiten Schritt',
    'code-reused': 'zur Sicherheit: ein Code einer App wurde doppelt verwendet',
    'revoked-by-app': 'von der App selbst',
    'refresh-token-reused': 'zur Sicherheit: ein Zugangsschlüssel wurde doppelt verwendet',
    'wrong-password': 'falsches Passwort',
    throttled: 'zu viele Versuche',
    'too-many-attempts': 'zu viele Versuche',
  },

  problems,

  reference: {
    title: 'API-Referenz',
    intro: 'Wie Programme mit diesem Dienst sprechen, auf Englisch.',
    forPrograms: 'OpenAPI 3.1 als JSON',
  },

  problem: {
    reference: 'Kennung',
    home: 'Zur Startseite',
    askAgain: 'Neuen Link anfordern',
    signIn: 'Anmelden',
  },
} satisfies Texts
