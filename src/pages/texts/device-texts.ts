import { createCatalogue, textsOf } from '../../request-source/catalogue'
import type { BuiltInLanguage } from '../../request-source/language'
import type { SpokenTo } from './spoken-to'

/** The texts of the pages that connect a device. They stand apart, because only a service with `createProvider` carries them. */
export interface DeviceTexts {
  readonly title: string
  readonly intro: string
  readonly compare: string
  readonly code: string
  readonly wrong: string
  readonly proceed: string
  readonly from: string
  readonly started: string
  readonly allowed: string
  readonly denied: string
  readonly back: string
}

export const DEVICE_TEXTS: Readonly<Record<BuiltInLanguage, DeviceTexts>> = {
  en: {
    title: 'Connect a device',
    intro: 'Enter the code that your device shows.',
    compare:
      'Compare this code with the one on your device. If they differ, or if you see no code there, leave this page.',
    code: 'Code',
    wrong: 'This code is not valid. It may have expired. Check it, or start again on the device.',
    proceed: 'Continue',
    from: 'The device shows the code',
    started:
      'Allow it only if you have started this yourself, on a device that is in front of you. If someone asks you for this by phone or message, it is a scam.',
    allowed: 'The device is connected. You can go on there.',
    denied: 'The device is not connected.',
    back: 'Your account',
  },
  de: {
    title: 'Ein Gerät verbinden',
    intro: 'Geben Sie den Code ein, den Ihr Gerät zeigt.',
    compare:
      'Vergleichen Sie diesen Code mit dem auf Ihrem Gerät. Wenn er abweicht oder dort keiner steht, verlassen Sie diese Seite.',
    code: 'Code',
    wrong:
      'Dieser Code ist nicht gültig. Vielleicht ist er abgelaufen. Prüfen Sie ihn oder beginnen Sie am Gerät neu.',
    proceed: 'Weiter',
    from: 'Das Gerät zeigt den Code',
    started:
      'Erlauben Sie es nur, wenn Sie das selbst begonnen haben, an einem Gerät, das vor Ihnen steht. Wenn jemand Sie am Telefon oder per Nachricht dazu auffordert, ist es Betrug.',
    allowed: 'Das Gerät ist verbunden. Sie können dort weitermachen.',
    denied: 'Das Gerät ist nicht verbunden.',
    back: 'Ihr Konto',
  },
  es: {
    title: 'Conectar un dispositivo',
    intro: 'Introduzca el código que muestra su dispositivo.',
    compare:
      'Compare este código con el de su dispositivo. Si son distintos, o si allí no hay ninguno, salga de esta página.',
    code: 'Código',
    wrong:
      'Este código no es válido. Puede haber caducado. Compruébelo o empiece de nuevo en el dispositivo.',
    proceed: 'Continuar',
    from: 'El dispositivo muestra el código',
    started:
      'Permítalo solo si usted mismo ha empezado esto, en un dispositivo que tiene delante. Si alguien se lo pide por teléfono o mensaje, es un fraude.',
    allowed: 'El dispositivo está conectado. Puede continuar allí.',
    denied: 'El dispositivo no está conectado.',
    back: 'Su cuenta',
  },
}

/** Returns the texts in the language of a request, with those of the app over them. */
export function deviceTexts({ language, provider }: SpokenTo<'device', DeviceTexts>): DeviceTexts {
  return textsOf(createCatalogue(DEVICE_TEXTS, provider.device), language)
}
