import type { problems as en } from './en-problems'

export const problems = {
  'invalid-json': {
    title: 'Die Anfrage war nicht lesbar',
    explanation: 'Eine App hat etwas gesendet, das kein gültiges JSON ist.',
    action: 'Wenn die App nicht von Ihnen ist, sagen Sie bitte denen Bescheid, die sie gemacht haben.',
  },
  'invalid-credentials': {
    title: 'E-Mail-Adresse oder Passwort stimmt nicht',
    explanation: 'Zu dieser Adresse mit diesem Passwort haben wir kein Konto gefunden.',
    action: 'Bitte prüfen Sie beides und versuchen Sie es noch einmal.',
  },
  'authentication-required': {
    title: 'Bitte melden Sie sich an',
    explanation: 'Diese Seite ist für alle, die angemeldet sind.',
    action: 'Melden Sie sich an und versuchen Sie es noch einmal.',
  },
  'invalid-token': {
    title: 'Diese Anmeldung gilt hier nicht',
    explanation: 'Eine App hat ein Token vorgelegt, das nicht für diesen Dienst ausgestellt wurde.',
    action: 'Melden Sie sich neu an.',
  },
  'token-expired': {
    title: 'Diese Anmeldung ist abgelaufen',
    explanation: 'Zu Ihrer Sicherheit gelten Tokens nur kurze Zeit.',
    action: 'Erneuern Sie das Token oder melden Sie sich neu an.',
  },
  'session-ended': {
    title: 'Sie wurden abgemeldet',
    explanation: 'Ihre Sitzung ist abgelaufen, oder sie wurde von einem anderen Gerät aus beendet.',
    action: 'Melden Sie sich neu an.',
  },
  'invalid-second-factor': {
    title: 'Der Code stimmt nicht',
    explanation:
      'Er wurde falsch eingegeben, ist abgelaufen oder wurde schon benutzt. Jeder Code gilt einmal.',
    action: 'Warten Sie auf den nächsten Code in Ihrer App, und geben Sie diesen ein.',
  },
  'sign-in-expired': {
    title: 'Melden Sie sich neu an',
    explanation: 'Ihre Anmeldung hat zu lange gedauert, oder sie ist schon abgeschlossen.',
    action: 'Beginnen Sie auf der Anmeldeseite von vorn.',
  },
  'insufficient-user-authentication': {
    title: 'Bestätigen Sie, dass Sie es sind',
    explanation: 'Diese Änderung braucht einen Nachweis aus den letzten Minuten.',
    action: 'Bestätigen Sie, dass Sie es sind, und wiederholen Sie die Änderung.',
  },
  'email-not-verified': {
    title: 'Bestätigen Sie zuerst Ihre E-Mail-Adresse',
    explanation: 'Einen zweiten Schritt gibt es erst, wenn feststeht, dass die Adresse Ihnen gehört.',
    action:
      'Senden Sie sich den Link auf der Seite Ihres Kontos, öffnen Sie ihn und versuchen Sie es noch einmal.',
  },
  'second-factor-not-set': {
    title: 'Es gibt keinen zweiten Schritt',
    explanation: 'Dieses Konto hat keinen zweiten Schritt, oder er wurde gerade geändert.',
    action: 'Gehen Sie zurück zu Ihrem Konto.',
  },
  'mailbox-not-proven': {
    title: 'Melden Sie sich zuerst mit einem Link an',
    explanation:
      'Dafür braucht es eine Anmeldung, die mit einem zugesandten Link begann, damit wir wissen, dass das Postfach Ihres ist.',
    action: 'Melden Sie sich mit einem Link an, und kommen Sie dann zu diesem Schritt zurück.',
  },
  'second-factor-required': {
    title: 'Ihr Konto braucht einen zweiten Schritt',
    explanation: 'Mindestens einer muss bleiben: eine Authenticator-App oder ein Passkey.',
    action:
      'Fügen Sie zuerst einen weiteren hinzu, und melden Sie sich damit an. Ihre App können Sie jederzeit ersetzen.',
  },
  'refresh-token-reused': {
    title: 'Sie wurden abgemeldet',
    explanation:
      'Ein Refresh-Token wurde zweimal verwendet. Es könnte kopiert worden sein, darum haben wir die Sitzung beendet.',
    action: 'Melden Sie sich neu an. Kommt das öfter vor, ändern Sie Ihr Passwort.',
  },
  'cross-site-request': {
    title: 'Diese Anfrage kam von einer anderen Website',
    explanation: 'Zum Schutz Ihres Kontos nehmen wir Formulare nur von unseren eigenen Seiten an.',
    action: 'Öffnen Sie die Seite hier und versuchen Sie es noch einmal.',
  },
  forbidden: {
    title: 'Das ist nicht erlaubt',
    explanation: 'Ihr Konto hat die Berechtigung nicht, die dafür nötig ist.',
    action: 'Wenn es sie haben sollte, fragen Sie bitte, wer diesen Dienst betreibt.',
  },
  'registration-closed': {
    title: 'Die Registrierung ist geschlossen',
    explanation: 'Hier können zurzeit keine neuen Konten angelegt werden.',
    action: 'Wenn Sie ein Konto haben, melden Sie sich an.',
  },
  'not-found': {
    title: 'Hier ist nichts',
    explanation: 'Vielleicht ist die Adresse nicht ganz richtig, oder die Seite gibt es nicht mehr.',
    action: 'Prüfen Sie die Adresse oder beginnen Sie auf der Startseite.',
  },
  'method-not-allowed': {
    title: 'Das geht hier nicht',
    explanation: 'Die Seite gibt es, aber nicht für diese Art von Anfrage.',
    action: 'Gehen Sie zurück und versuchen Sie einen anderen Weg.',
  },
  'account-mismatch': {
    title: 'Sie sind mit einem anderen Konto angemeldet',
    explanation:
      'Das gesendete Formular gehört zu einem anderen Konto als dem, mit dem Sie jetzt angemeldet sind. Es wurde nichts geändert.',
    action:
      'Öffnen Sie Ihr Konto, um zu sehen, welches es ist. Für das andere melden Sie sich zuerst damit an.',
  },
  'password-not-set': {
    title: 'Ihr Konto hat noch kein Passwort',
    explanation: 'Es wurde ein Passwort gesendet, und es gibt keines, mit dem es zu vergleichen wäre.',
    action:
      'Bestätigen Sie auf der Seite Ihres Kontos auf andere Weise, dass Sie es sind, oder legen Sie ein Passwort fest.',
  },
  'account-exists': {
    title: 'Zu dieser Adresse gibt es schon ein Konto',
    explanation: 'Jede Adresse hat ein Konto.',
    action: 'Melden Sie sich an, oder wählen Sie ein neues Passwort, falls Sie es vergessen haben.',
  },
  'body-too-large': {
    title: 'Die Anfrage ist zu groß',
    explanation: 'Dieser Dienst nimmt so große Anfragen nicht an.',
    action: 'Kürzen Sie, was Sie gesendet haben, und versuchen Sie es noch einmal.',
  },
  'unsupported-media-type': {
    title: 'Die Anfrage war nicht lesbar',
    explanation: 'Eine App hat eine Art von Inhalt gesendet, die hier nicht unterstützt wird.',
    action: 'Wenn die App nicht von Ihnen ist, sagen Sie bitte denen Bescheid, die sie gemacht haben.',
  },
  'invalid-input': {
    title: 'Einige Angaben stimmen noch nicht',
    explanation: 'Etwas fehlt oder hat nicht die Form, die erwartet wird.',
    action: 'Prüfen Sie das Formular und versuchen Sie es noch einmal.',
  },
  'password-refused': {
    title: 'Bitte wählen Sie ein anderes Passwort',
    explanation: 'Dieses ist zu kurz, zu lang oder zu leicht zu erraten.',
    action: 'Ein paar Wörter ohne Zusammenhang sind ein gutes Passwort.',
  },
  'mode-not-offered': {
    title: 'Diese Art der Anmeldung gibt es hier nicht',
    explanation: 'Eine App hat nach einer Art von Sitzung gefragt, die dieser Dienst nicht anbietet.',
    action: 'Wenn die App nicht von Ihnen ist, sagen Sie bitte denen Bescheid, die sie gemacht haben.',
  },
  'human-check-failed': {
    title: 'Wir konnten nicht erkennen, dass Sie ein Mensch sind',
    explanation: 'Eine kurze Prüfung hält Programme fern, die sich registrieren oder Passwörter raten.',
    action:
      'Schließen Sie die Prüfung über der Schaltfläche ab und versuchen Sie es noch einmal. Dafür braucht es JavaScript.',
  },
  'too-many-attempts': {
    title: 'Zu viele Versuche',
    explanation: 'Damit niemand Passwörter durchprobiert, machen wir nach mehreren Versuchen eine Pause.',
    action: 'Bitte warten Sie eine Weile und versuchen Sie es dann noch einmal.',
  },
  'invalid-code': {
    title: 'Dieser Code funktioniert nicht',
    explanation: 'Er wurde falsch eingegeben, ist abgelaufen, wurde schon benutzt oder zu oft versucht.',
    action:
      'Sehen Sie in die neueste Nachricht, oder senden Sie sie noch einmal. Auch der Link darin führt weiter.',
  },
  'passkey-refused': {
    title: 'Der Passkey hat nicht funktioniert',
    explanation: 'Es hat zu lange gedauert, oder er war für eine andere Seite bestimmt.',
    action: 'Versuchen Sie es noch einmal, oder melden Sie sich anders an.',
  },
  'passkey-unknown': {
    title: 'Dieser Passkey ist hier nicht bekannt',
    explanation: 'Er wurde aus Ihrem Konto entfernt.',
    action: 'Melden Sie sich anders an.',
  },
  'authorization-refused': {
    title: 'Die App wurde nicht zugelassen',
    explanation: 'Die Anfrage der App ist unvollständig, oder die App ist hier nicht eingetragen.',
    action:
      'Gehen Sie zur App zurück und beginnen Sie noch einmal. Wenn es wieder geschieht, wenden Sie sich an ihren Betreiber.',
  },
  'social-refused': {
    title: 'Die Anmeldung dort hat nicht geklappt',
    explanation:
      'Die Antwort des anderen Dienstes gehört nicht zu diesem Browser, oder sie wurde schon verwendet.',
    action: 'Beginnen Sie noch einmal auf der Anmeldeseite.',
  },
  'social-cancelled': {
    title: 'Die Anmeldung wurde abgebrochen',
    explanation: 'Der andere Dienst sagt, dass Sie abgelehnt haben. Nichts wurde geändert.',
    action: 'Versuchen Sie es noch einmal, oder melden Sie sich anders an.',
  },
  'social-no-address': {
    title: 'Wir haben Ihre E-Mail-Adresse nicht erhalten',
    explanation: 'Der andere Dienst nennt uns keine bestätigte E-Mail-Adresse von Ihnen.',
    action: 'Bestätigen Sie Ihre Adresse dort, oder registrieren Sie sich hier mit Ihrer E-Mail-Adresse.',
  },
  'identity-refused': {
    title: 'Das ließ sich nicht verbinden',
    explanation: 'Es ist schon mit einem Konto verbunden, oder Ihr Konto hat zu viele Verbindungen.',
    action: 'Trennen Sie zuerst eine, oder nehmen Sie einen anderen Dienst.',
  },
  'provider-unavailable': {
    title: 'Der andere Dienst antwortet nicht',
    explanation:
      'Der Dienst, mit dem Sie sich anmelden wollten, ist gestört oder zu langsam. Nichts wurde geändert.',
    action: 'Warten Sie einen Moment und versuchen Sie es noch einmal, oder melden Sie sich anders an.',
  },
  'last-way-in': {
    title: 'Das ist Ihr einziger Weg ins Konto',
    explanation: 'Ohne ihn ließe sich Ihr Konto nicht mehr öffnen.',
    action: 'Fügen Sie zuerst einen weiteren Passkey hinzu, oder setzen Sie ein Passwort.',
  },
  'last-administrator': {
    title: 'Sie sind die letzte Person, die Konten verwaltet',
    explanation: 'Ohne Ihr Konto könnte niemand mehr die anderen Konten verwalten. Nichts wurde geändert.',
    action: 'Geben Sie zuerst einer anderen Person dieses Recht.',
  },
  'invalid-link': {
    title: 'Dieser Link funktioniert nicht mehr',
    explanation: 'Er ist vielleicht abgelaufen, schon benutzt oder nicht vollständig kopiert.',
    action: 'Fordern Sie einen neuen an.',
  },
  'internal-error': {
    title: 'Etwas ist schiefgegangen',
    explanation: 'Der Fehler liegt bei uns und ist vermerkt.',
    action: 'Bitte versuchen Sie es gleich noch einmal.',
  },
  'store-unavailable': {
    title: 'Das geht im Moment nicht',
    explanation: 'Ein Teil dieses Dienstes antwortet gerade nicht.',
    action: 'Bitte versuchen Sie es gleich noch einmal.',
  },
} satisfies typeof en
