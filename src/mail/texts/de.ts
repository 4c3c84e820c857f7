import type { MailTexts } from './mail-texts'

/** Wie der Link auf der Anmeldeseite heißt. */
const FORGOT = '„Passwort vergessen?“'
const NOT_YOU = 'Wenn Sie das waren, ist nichts zu tun.'
const SECURE = `Wenn Sie das nicht waren, kennt vielleicht jemand anders Ihr Passwort. Setzen Sie auf der Anmeldeseite mit ${FORGOT} ein neues. Das meldet auch alle Geräte ab.`

export const de: MailTexts = {
  unknownDevice: 'unbekanntes Gerät',
  sentTo: (recipient) => `Gesendet an ${recipient}`,
  texts: {
    'verify-email': ({ brand }) => ({
      subject: `Bestätigen Sie Ihre Adresse für ${brand}`,
      before: [
        `Jemand (wahrscheinlich Sie) hat sich mit dieser E-Mail-Adresse bei ${brand} registriert. Bestätigen Sie, dass sie Ihnen gehört. Der Link gilt 24 Stunden.`,
      ],
      link: 'Adresse bestätigen',
      after: ['Wenn Sie das nicht waren, tun Sie nichts: Ohne den Link kann niemand Ihre Adresse verwenden.'],
    }),
    invitation: ({ brand }) => ({
      subject: `Einladung zu ${brand}`,
      before: [
        `Für Sie wurde ein Konto bei ${brand} angelegt. Bestätigen Sie, dass diese Adresse Ihnen gehört, und wählen Sie ein Passwort. Der Link gilt 7 Tage und nur einmal.`,
        'Wenn Sie lieber kein Passwort haben möchten, fordern Sie auf der Anmeldeseite einen Anmeldelink an. Danach können Sie Ihrem Konto einen Passkey hinzufügen.',
      ],
      link: 'Adresse bestätigen',
      after: [
        'Wenn Sie das nicht erwartet haben, tun Sie nichts: Ohne den Link kann niemand das Konto verwenden.',
      ],
    }),
    'reset-password': ({ brand }) => ({
      subject: `Ein neues Passwort für ${brand}`,
      before: [
        `Jemand (wahrscheinlich Sie) möchte ein neues Passwort bei ${brand}. Der Link gilt 1 Stunde und nur einmal.`,
      ],
      link: 'Neues Passwort wählen',
      after: ['Wenn Sie das nicht waren, tun Sie nichts: Ihr Passwort bleibt, wie es ist.'],
    }),
    'sign-in-link': ({ brand }) => ({
      subject: `Anmelden bei ${brand}`,
      before: [
        'Öffnen Sie den Link in dem Browser, in dem Sie ihn angefordert haben. Der Link gilt 15 Minuten und nur einmal.',
      ],
      link: 'Anmelden',
      code: 'Oder geben Sie diesen Code auf der Seite ein, die darauf wartet',
      after: [
        'Wenn Sie ihn nicht angefordert haben, tun Sie nichts. Geben Sie Link und Code nie weiter: Niemand außer Ihnen braucht sie.',
      ],
    }),
    'change-email': ({ brand }) => ({
      subject: `Bestätigen Sie Ihre neue Adresse für ${brand}`,
      before: [
        `Öffnen Sie den Link in dem Browser, in dem Sie ihn angefordert haben, um diese Adresse für Ihr Konto bei ${brand} zu verwenden. Der Link gilt 24 Stunden. Bis dahin bleibt Ihre alte Adresse in Gebrauch.`,
      ],
      link: 'Diese Adresse verwenden',
      after: ['Wenn Sie ihn nicht angefordert haben, tun Sie nichts: Es ändert sich nichts.'],
    }),
    'account-exists': ({ brand }) => ({
      subject: `Sie haben schon ein Konto bei ${brand}`,
      before: [
        `Jemand (wahrscheinlich Sie) hat diese E-Mail-Adresse bei ${brand} angegeben, und dort hat sie schon ein Konto. Es hat sich nichts geändert.`,
        `Wenn Sie das waren, melden Sie sich an wie sonst. Wenn Sie Ihr Passwort nicht mehr wissen, hilft ${FORGOT} auf der Anmeldeseite.`,
      ],
      link: null,
      after: ['Wenn Sie das nicht waren, ist nichts zu tun.'],
    }),
    'new-sign-in': ({ brand, from, at }) => ({
      subject: `Neue Anmeldung bei ${brand}: ${from}`,
      before: [`Ihr Konto bei ${brand} wurde auf einem neuen Gerät geöffnet: ${from}, ${at}.`, NOT_YOU],
      link: null,
      after: [SECURE],
    }),
    'password-changed': ({ brand, from, at }) => ({
      subject: `Ihr Passwort für ${brand} wurde geändert`,
      before: [
        `Das Passwort Ihres Kontos bei ${brand} wurde geändert: ${from}, ${at}. Andere Geräte wurden abgemeldet.`,
        NOT_YOU,
      ],
      link: null,
      after: [SECURE],
    }),
    'password-removed': ({ brand, from, at }) => ({
      subject: `Ihr Passwort für ${brand} wurde entfernt`,
      before: [
        `Sie haben sich mit einem Link bei ${brand} angemeldet: ${from}, ${at}. Damit war zum ersten Mal bewiesen, dass diese Adresse Ihnen gehört. Das Passwort von vorher wurde entfernt, und alle anderen Geräte wurden abgemeldet, denn jemand anders könnte es gesetzt haben.`,
        `Ein neues Passwort bekommen Sie mit ${FORGOT} auf der Anmeldeseite.`,
      ],
      link: null,
      after: [
        'Wenn Sie das nicht waren, kann jemand anders Ihre E-Mails lesen: Sichern Sie zuerst Ihr Postfach.',
      ],
    }),
    'email-change-requested': ({ brand, from, at }) => ({
      subject: `Ihre Adresse bei ${brand} soll geändert werden`,
      before: [
        `Jemand mit Ihrem Passwort möchte Ihrem Konto bei ${brand} eine andere Adresse geben: ${from}, ${at}. Diese Adresse bleibt in Gebrauch, bis die neue bestätigt ist.`,
        NOT_YOU,
      ],
      link: null,
      after: [
        `Wenn Sie das nicht waren, setzen Sie sofort auf der Anmeldeseite mit ${FORGOT} ein neues Passwort. Das hält die Änderung auf.`,
      ],
    }),
    'email-changed': ({ brand, from, at }) => ({
      subject: `Ihre Adresse bei ${brand} wurde geändert`,
      before: [
        `Ihr Konto bei ${brand} hat jetzt eine andere Adresse. Bestätigt wurde sie so: ${from}, ${at}. Dies ist die letzte Nachricht an die bisherige.`,
        NOT_YOU,
      ],
      link: null,
      after: [
        `Wenn Sie das nicht waren, hat jemand anders Ihr Passwort. Sagen Sie es sofort den Leuten, die ${brand} betreiben.`,
      ],
    }),
    'second-factor-set': ({ brand, from, at }) => ({
      subject: `Die Anmeldung bei ${brand} hat jetzt einen zweiten Schritt`,
      before: [
        `Für Ihr Konto bei ${brand} wurde eine Authenticator-App eingerichtet: ${from}, ${at}. Ab jetzt verlangt die Anmeldung auch einen Code dieser App. Andere Geräte wurden abgemeldet.`,
        NOT_YOU,
      ],
      link: null,
      after: [SECURE],
    }),
    'passkey-added': ({ brand, from, at }) => ({
      subject: `Neuer Passkey für Ihr Konto bei ${brand}`,
      before: [
        `Ihrem Konto bei ${brand} wurde ein Passkey hinzugefügt: ${from}, ${at}. Er öffnet Ihr Konto ohne Passwort.`,
        NOT_YOU,
      ],
      link: null,
      after: [SECURE],
    }),
    'api-key-created': ({ brand, from, at }) => ({
      subject: `Neuer API-Schlüssel für Ihr Konto bei ${brand}`,
      before: [
        `Für Ihr Konto bei ${brand} wurde ein API-Schlüssel erstellt: ${from}, ${at}. Ein Programm, das ihn hat, handelt für Sie, ohne Ihr Passwort.`,
        NOT_YOU,
      ],
      link: null,
      after: [SECURE],
    }),
    'second-factor-removed': ({ brand, from, at }) => ({
      subject: `Der zweite Schritt Ihrer Anmeldung bei ${brand} wurde entfernt`,
      before: [
        `Die Authenticator-App Ihres Kontos bei ${brand} wurde entfernt: ${from}, ${at}. Die Anmeldung verlangt keinen zweiten Schritt mehr. Andere Geräte wurden abgemeldet.`,
        NOT_YOU,
      ],
      link: null,
      after: [SECURE],
    }),
    'second-factor-recovery': ({ brand, from, at, until }) => ({
      subject: `Der zweite Schritt Ihres Kontos bei ${brand} wird bald entfernt`,
      before: [
        `Jemand mit Zugang zu diesem Postfach gibt an, dass der zweite Schritt Ihres Kontos bei ${brand} verloren ist: ${from}, ${at}. Am ${until} werden die Authenticator-App, die Wiederherstellungscodes und die Passkeys entfernt und alle Geräte abgemeldet.`,
        'Wenn Sie das waren, warten Sie bis dahin. Eine Anmeldung mit einem davon hält das Entfernen auf.',
      ],
      link: 'Entfernen stoppen',
      after: [
        'Wenn Sie das nicht waren, kann jemand anders Ihre E-Mails lesen. Halten Sie das Entfernen auf, und sichern Sie sofort Ihr Postfach.',
      ],
    }),
    'second-factor-recovery-soon': ({ brand, until }) => ({
      subject: `Erinnerung: Der zweite Schritt bei ${brand} wird entfernt`,
      before: [
        `Am ${until} werden die Authenticator-App, die Wiederherstellungscodes und die Passkeys Ihres Kontos bei ${brand} entfernt, wie vor einiger Zeit verlangt.`,
        'Wenn Sie das waren, warten Sie bis dahin. Eine Anmeldung mit einem davon hält das Entfernen auf.',
      ],
      link: 'Entfernen stoppen',
      after: [
        'Wenn Sie das nicht waren, kann jemand anders Ihre E-Mails lesen. Halten Sie das Entfernen auf, und sichern Sie sofort Ihr Postfach.',
      ],
    }),
    'second-factor-recovered': ({ brand, at }) => ({
      subject: `Der zweite Schritt Ihres Kontos bei ${brand} wurde entfernt`,
      before: [
        `Die Authenticator-App, die Wiederherstellungscodes und die Passkeys Ihres Kontos bei ${brand} wurden entfernt: ${at}. Alle Geräte wurden abgemeldet. Melden Sie sich an, und richten Sie wieder einen zweiten Schritt ein.`,
      ],
      link: null,
      after: [`Wenn Sie das nicht waren, sagen Sie es sofort den Betreibern von ${brand}.`],
    }),
    'recovery-codes-renewed': ({ brand, from, at }) => ({
      subject: `Neue Wiederherstellungscodes für ${brand}`,
      before: [
        `Für Ihr Konto bei ${brand} wurden neue Wiederherstellungscodes erstellt: ${from}, ${at}. Die alten gelten nicht mehr.`,
        NOT_YOU,
      ],
      link: null,
      after: [SECURE],
    }),
    'second-factor-attempts': ({ brand, from, at }) => ({
      subject: `Falsche Codes für den zweiten Schritt bei ${brand}`,
      before: [
        `Jemand hat den ersten Schritt der Anmeldung bei Ihrem Konto geschafft und dann falsche Codes eingegeben, zuletzt: ${from}, ${at}. Angemeldet wurde niemand.`,
        'Wenn Sie es waren, nehmen Sie den neuesten Code Ihrer App oder einen Wiederherstellungscode. Solange Codes abgelehnt werden, geht ein Passkey trotzdem.',
      ],
      link: null,
      after: [SECURE],
    }),
    'recovery-code-used': ({ brand, from, at }) => ({
      subject: `Ein Wiederherstellungscode wurde bei ${brand} verwendet`,
      before: [
        `Jemand hat sich mit einem Wiederherstellungscode bei Ihrem Konto angemeldet: ${from}, ${at}. Dieser Code gilt nicht mehr.`,
        NOT_YOU,
      ],
      link: null,
      after: [SECURE],
    }),
    'passkey-removed': ({ brand, from, at }) => ({
      subject: `Passkey aus Ihrem Konto bei ${brand} entfernt`,
      before: [
        `Aus Ihrem Konto bei ${brand} wurde ein Passkey entfernt: ${from}, ${at}. Er öffnet Ihr Konto nicht mehr.`,
        NOT_YOU,
      ],
      link: null,
      after: [SECURE],
    }),
    'identity-linked': ({ brand, from, at }) => ({
      subject: `Anmeldedienst mit Ihrem Konto bei ${brand} verbunden`,
      before: [
        `Mit Ihrem Konto bei ${brand} wurde ein Anmeldedienst verbunden: ${from}, ${at}. Eine Anmeldung dort öffnet jetzt Ihr Konto.`,
        NOT_YOU,
      ],
      link: null,
      after: [SECURE],
    }),
    'identity-unlinked': ({ brand, from, at }) => ({
      subject: `Anmeldedienst von Ihrem Konto bei ${brand} getrennt`,
      before: [
        `Ein Anmeldedienst wurde von Ihrem Konto bei ${brand} getrennt: ${from}, ${at}. Er öffnet Ihr Konto nicht mehr.`,
        NOT_YOU,
      ],
      link: null,
      after: [SECURE],
    }),
    'refresh-token-reused': ({ brand, from, at }) => ({
      subject: `Eine Ihrer Sitzungen bei ${brand} wurde beendet`,
      before: [
        `Zugangsdaten von Ihnen wurden ein zweites Mal benutzt: ${from}, ${at}. Das kommt vor, wenn jemand sie kopiert hat. Darum wurde die Sitzung beendet, zu der sie gehören. Melden Sie sich neu an, um weiterzumachen.`,
        'Es kommt auch vor, wenn eine App eine alte Sicherung von sich wiederherstellt.',
      ],
      link: null,
      after: [
        'Wenn Sie das nicht waren und keine Erklärung dafür haben, sehen Sie die Liste Ihrer Geräte durch, melden Sie ab, was Sie nicht kennen, und ändern Sie Ihr Passwort.',
      ],
    }),
  },
}
