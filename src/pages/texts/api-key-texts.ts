import { createCatalogue, textsOf } from '../../request-source/catalogue'
import type { BuiltInLanguage } from '../../request-source/language'
import type { SpokenTo } from './spoken-to'

/** The texts of the pages of API keys. They stand apart, because only a service with `createProvider` carries them. */
export interface ApiKeyTexts {
  readonly title: string
  readonly intro: string
  readonly yours: string
  readonly none: string
  readonly until: string
  readonly lastUsed: string
  readonly neverUsed: string
  readonly revoke: string
  readonly create: string
  readonly createAt: (resource: string) => string
  readonly name: string
  readonly nameHint: string
  readonly scopes: string
  readonly lifetime: string
  readonly days: (days: number) => string
  readonly submit: string
  readonly incomplete: string
  readonly tooMany: string
  readonly createdTitle: string
  readonly once: string
  readonly kept: string
  readonly account: string
}

export const API_KEY_TEXTS: Readonly<Record<BuiltInLanguage, ApiKeyTexts>> = {
  en: {
    title: 'API keys',
    intro: 'For your own programs. A program that has a key acts for you, within what the key allows.',
    yours: 'Your keys',
    none: 'You have no keys.',
    until: 'Until',
    lastUsed: 'Last used on',
    neverUsed: 'Never used',
    revoke: 'Revoke',
    create: 'New key',
    createAt: (resource) => `New key for ${resource}`,
    name: 'Name',
    nameHint: 'Say what the key is for, so that you recognize it later.',
    scopes: 'The key may',
    lifetime: 'Works for',
    days: (days) => `${days} days`,
    submit: 'Create key',
    incomplete: 'Give the key a name, and choose at least one thing that it may do.',
    tooMany: 'You have as many keys as an account may have. Revoke one first.',
    createdTitle: 'Your new key',
    once: "Copy the key now. It isn't shown again, and nobody can look it up. Keep it as you would a password.",
    kept: 'I have copied it',
    account: 'Your account',
  },
  de: {
    title: 'API-Schlüssel',
    intro:
      'Für Ihre eigenen Programme. Ein Programm mit einem Schlüssel handelt in Ihrem Namen, soweit der Schlüssel es erlaubt.',
    yours: 'Ihre Schlüssel',
    none: 'Sie haben keine Schlüssel.',
    until: 'Bis',
    lastUsed: 'Zuletzt verwendet am',
    neverUsed: 'Nie verwendet',
    revoke: 'Widerrufen',
    create: 'Neuer Schlüssel',
    createAt: (resource) => `Neuer Schlüssel für ${resource}`,
    name: 'Name',
    nameHint: 'Schreiben Sie, wofür der Schlüssel ist, damit Sie ihn später erkennen.',
    scopes: 'Der Schlüssel darf',
    lifetime: 'Gilt für',
    days: (days) => `${days} Tage`,
    submit: 'Schlüssel erstellen',
    incomplete: 'Geben Sie dem Schlüssel einen Namen und wählen Sie mindestens eine Sache, die er darf.',
    tooMany: 'Sie haben so viele Schlüssel, wie ein Konto haben darf. Widerrufen Sie zuerst einen.',
    createdTitle: 'Ihr neuer Schlüssel',
    once: 'Kopieren Sie den Schlüssel jetzt. Er wird nicht noch einmal angezeigt, und niemand kann ihn nachsehen. Bewahren Sie ihn auf wie ein Passwort.',
    kept: 'Ich habe ihn kopiert',
    account: 'Ihr Konto',
  },
  es: {
    title: 'Claves de API',
    intro:
      'Para sus propios programas. Un programa con una clave actúa en su nombre, dentro de lo que la clave permite.',
    yours: 'Sus claves',
    none: 'No tiene claves.',
    until: 'Hasta',
    lastUsed: 'Usada por última vez el',
    neverUsed: 'Nunca usada',
    revoke: 'Revocar',
    create: 'Nueva clave',
    createAt: (resource) => `Nueva clave para ${resource}`,
    name: 'Nombre',
    nameHint: 'Escriba para qué es la clave, para reconocerla más tarde.',
    scopes: 'La clave puede',
    lifetime: 'Válida durante',
    days: (days) => `${days} días`,
    submit: 'Crear clave',
    incomplete: 'Dé un nombre a la clave y elija al menos una cosa que pueda hacer.',
    tooMany: 'Tiene tantas claves como puede tener una cuenta. Revoque una primero.',
    createdTitle: 'Su nueva clave',
    once: 'Copie la clave ahora. No se vuelve a mostrar y nadie puede consultarla. Guárdela como una contraseña.',
    kept: 'La he copiado',
    account: 'Su cuenta',
  },
}

/** Returns the texts in the language of a request, with those of the app over them. */
export function apiKeyTexts({ language, provider }: SpokenTo<'apiKeys', ApiKeyTexts>): ApiKeyTexts {
  return textsOf(createCatalogue(API_KEY_TEXTS, provider.apiKeys), language)
}
