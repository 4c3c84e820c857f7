import { accountTexts } from './de-account'
import { problems } from './de-problems'
import { signInTexts } from './de-sign-in'
import type { Texts } from './en'

export const de = {
  layout: { signOut: 'Abmelden', terms: 'Nutzungsbedingungen', privacy: 'Datenschutz' },

  form: {
    humanNeedsScript: 'Dieses Formular braucht JavaScript: Eine kurze Prüfung hält Programme fern.',
    humanUnavailable:
      'Die Prüfung, die Programme fernhält, konnte nicht geladen werden. Erlauben Sie challenges.cloudflare.com in diesem Browser und laden Sie die Seite neu.',
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

  ...signInTexts,

  home: {
    title: 'Willkommen',
    signedInAs: (who) => `Angemeldet als ${who}.`,
    signedOut: 'Sie sind nicht angemeldet.',
    account: 'Ihr Konto',
    signIn: 'Anmelden',
    register: 'Konto anlegen',
  },

  ...accountTexts,

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
