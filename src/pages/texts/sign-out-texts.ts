import { createCatalogue, textsOf } from '../../request-source/catalogue'
import type { BuiltInLanguage } from '../../request-source/language'
import type { SpokenTo } from './spoken-to'

/** The texts of a sign-out that an app asks for. They stand apart, because only a service with `createProvider` carries them. */
export interface SignOutTexts {
  readonly title: string
  readonly intro: (account: string) => string
  readonly signOut: string
  readonly stay: string
  readonly doneTitle: string
  readonly done: string
}

export const SIGN_OUT_TEXTS: Readonly<Record<BuiltInLanguage, SignOutTexts>> = {
  en: {
    title: 'Sign out?',
    intro: (account) =>
      `An app asks to sign you out of your account ${account} in this browser. Apps that you use with it may sign you out, too.`,
    signOut: 'Sign out',
    stay: 'Stay signed in',
    doneTitle: "You're signed out",
    done: "Nobody is signed in in this browser. If this computer isn't yours, close the browser.",
  },
  de: {
    title: 'Abmelden?',
    intro: (account) =>
      `Eine App möchte Sie in diesem Browser vom Konto ${account} abmelden. Apps, die Sie damit verwenden, können Sie ebenfalls abmelden.`,
    signOut: 'Abmelden',
    stay: 'Angemeldet bleiben',
    doneTitle: 'Sie sind abgemeldet',
    done: 'In diesem Browser ist niemand angemeldet. Wenn dieser Computer nicht Ihnen gehört, schließen Sie den Browser.',
  },
  es: {
    title: '¿Cerrar la sesión?',
    intro: (account) =>
      `Una aplicación pide cerrar la sesión de su cuenta ${account} en este navegador. Las aplicaciones que usa con ella también pueden cerrar la suya.`,
    signOut: 'Cerrar sesión',
    stay: 'Seguir con la sesión abierta',
    doneTitle: 'Ha cerrado la sesión',
    done: 'No hay ninguna sesión abierta en este navegador. Si este equipo no es suyo, cierre el navegador.',
  },
}

/** Returns the texts in the language of a request, with those of the app over them. */
export function signOutTexts({ language, provider }: SpokenTo<'signOut', SignOutTexts>): SignOutTexts {
  return textsOf(createCatalogue(SIGN_OUT_TEXTS, provider.signOut), language)
}
