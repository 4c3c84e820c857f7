import type { ScopeTexts } from '../../oauth/scope-texts'
import { OFFLINE_ACCESS } from '../../oauth/scopes'
import { createCatalogue, textsOf } from '../../request-source/catalogue'
import type { BuiltInLanguage } from '../../request-source/language'
import type { SpokenTo } from './spoken-to'

/** The texts of the page that asks for consent. They stand apart, because only a service with `createProvider` carries them. */
export interface ConsentTexts {
  readonly title: (app: string) => string
  readonly intro: (app: string, account: string) => string
  readonly from: string
  readonly thisDevice: string
  readonly may: string
  readonly at: (resource: string) => string
  readonly offline: string
  readonly signedIn: string
  readonly lasts: (days: number) => string
  readonly local: string
  readonly registered: string
  readonly unchecked: string
  readonly callsItself: (name: string) => string
  readonly revoke: string
  readonly allow: string
  readonly deny: string
  readonly refusedTitle: string
  readonly refused: (place: string) => string
  readonly goTo: (place: string) => string
}

export const CONSENT_TEXTS: Readonly<Record<BuiltInLanguage, ConsentTexts>> = {
  en: {
    title: (app) => `Allow ${app}?`,
    intro: (app, account) => `${app} wants to use your account ${account}.`,
    from: 'Your answer goes to',
    thisDevice: 'an app on this device',
    may: 'It would be allowed to do this',
    at: (resource) => `at ${resource}`,
    offline: 'keep its access after you sign out',
    signedIn: 'Its access ends when you sign out in this browser.',
    lasts: (days) => `The access lasts at most ${days} ${days === 1 ? 'day' : 'days'}.`,
    local: 'Any app on this device could pretend to be this one. Allow it only if you have just started it.',
    registered: 'The operator of this service registered the app.',
    unchecked: 'Nobody has checked this app. Allow it only if you have just asked to connect it.',
    callsItself: (name) => `It calls itself “${name}”.`,
    revoke: 'You can end its access on your account page at any time.',
    allow: 'Allow',
    deny: "Don't allow",
    refusedTitle: "The app can't connect",
    refused: (place) =>
      `The app requested something that it can't have, or its request isn't valid. Nobody has checked this app. Go to ${place} only if you came from there.`,
    goTo: (place) => `Go to ${place}`,
  },
  de: {
    title: (app) => `Zugriff für ${app} erlauben?`,
    intro: (app, account) => `${app} möchte Ihr Konto ${account} verwenden.`,
    from: 'Ihre Antwort geht an',
    thisDevice: 'eine App auf diesem Gerät',
    may: 'Die App könnte dann',
    at: (resource) => `bei ${resource}`,
    offline: 'den Zugriff behalten, nachdem Sie sich abgemeldet haben',
    signedIn: 'Der Zugriff endet, wenn Sie sich in diesem Browser abmelden.',
    lasts: (days) => `Der Zugriff dauert höchstens ${days} ${days === 1 ? 'Tag' : 'Tage'}.`,
    local:
      'Jede App auf diesem Gerät kann sich für diese ausgeben. Erlauben Sie es nur, wenn Sie sie gerade gestartet haben.',
    registered: 'Der Betreiber dieses Dienstes hat die App eingetragen.',
    unchecked: 'Niemand hat diese App geprüft. Erlauben Sie es nur, wenn Sie sie gerade verbinden wollten.',
    callsItself: (name) => `Sie nennt sich „${name}“.`,
    revoke: 'Sie können den Zugriff auf Ihrer Kontoseite jederzeit beenden.',
    allow: 'Erlauben',
    deny: 'Nicht erlauben',
    refusedTitle: 'Die App wurde nicht zugelassen',
    refused: (place) =>
      `Die App hat etwas angefordert, das sie nicht bekommen kann, oder ihre Anfrage ist nicht gültig. Niemand hat diese App geprüft. Gehen Sie nur weiter, wenn Sie von dort gekommen sind: ${place}.`,
    goTo: (place) => `Weiter: ${place}`,
  },
  es: {
    title: (app) => `¿Permitir el acceso de ${app}?`,
    intro: (app, account) => `${app} quiere usar su cuenta ${account}.`,
    from: 'Su respuesta va a',
    thisDevice: 'una aplicación de este dispositivo',
    may: 'La aplicación podría entonces',
    at: (resource) => `en ${resource}`,
    offline: 'conservar el acceso después de que usted cierre la sesión',
    signedIn: 'Su acceso termina cuando usted cierra la sesión en este navegador.',
    lasts: (days) => `El acceso dura como máximo ${days} ${days === 1 ? 'día' : 'días'}.`,
    local:
      'Cualquier aplicación de este dispositivo puede hacerse pasar por esta. Permítalo solo si acaba de iniciarla.',
    registered: 'El operador de este servicio registró la aplicación.',
    unchecked: 'Nadie ha comprobado esta aplicación. Permítalo solo si acaba de pedir que se conecte.',
    callsItself: (name) => `Se llama a sí misma «${name}».`,
    revoke: 'Puede terminar su acceso en la página de su cuenta en cualquier momento.',
    allow: 'Permitir',
    deny: 'No permitir',
    refusedTitle: 'La aplicación no se puede conectar',
    refused: (place) =>
      `La aplicación pidió algo que no puede obtener, o su petición no es válida. Nadie ha comprobado esta aplicación. Continúe solo si viene de allí: ${place}.`,
    goTo: (place) => `Continuar: ${place}`,
  },
}

const KNOWN_SCOPES = ['openid', 'profile', 'email', 'address', 'phone'] as const

/** Says what the scopes of OpenID Connect allow (Core §5.4). */
const SCOPE_WORDS: Readonly<
  Record<BuiltInLanguage, Readonly<Record<(typeof KNOWN_SCOPES)[number], string>>>
> = {
  en: {
    openid: 'know that it is you',
    profile: 'see your name',
    email: 'see your email address',
    address: 'see your postal address',
    phone: 'see your phone number',
  },
  de: {
    openid: 'erkennen, dass Sie es sind',
    profile: 'Ihren Namen sehen',
    email: 'Ihre E-Mail-Adresse sehen',
    address: 'Ihre Postanschrift sehen',
    phone: 'Ihre Telefonnummer sehen',
  },
  es: {
    openid: 'saber que es usted',
    profile: 'ver su nombre',
    email: 'ver su dirección de correo',
    address: 'ver su dirección postal',
    phone: 'ver su número de teléfono',
  },
}

/** Returns the texts in the language of a request, with those of the app over them. */
export function consentTexts({ language, provider }: SpokenTo<'consent', ConsentTexts>): ConsentTexts {
  return textsOf(createCatalogue(CONSENT_TEXTS, provider.consent), language)
}

/** Adds to the texts of an operator what the scopes of every authorization server allow. Those of the operator come first. */
export function withKnownScopes(texts: ScopeTexts): ScopeTexts {
  const known = KNOWN_SCOPES.map((scope) => [scope, inEach(SCOPE_WORDS, (words) => words[scope])])
  return {
    ...Object.fromEntries(known),
    [OFFLINE_ACCESS]: inEach(CONSENT_TEXTS, ({ offline }) => offline),
    ...texts,
  }
}

function inEach<T extends object>(
  texts: Readonly<Record<BuiltInLanguage, T>>,
  said: (words: T) => string,
): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(texts).map(([language, words]) => [language, said(words)]))
}
