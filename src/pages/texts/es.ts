import type { Texts } from './en'
import { accountTexts } from './es-account'
import { problems } from './es-problems'
import { signInTexts } from './es-sign-in'

export const es = {
  layout: { signOut: 'Cerrar sesión', terms: 'Condiciones', privacy: 'Privacidad' },

  form: {
    humanNeedsScript:
      'Este formulario necesita JavaScript: una breve comprobación mantiene fuera a los programas.',
    humanUnavailable:
      'No se pudo cargar la comprobación que mantiene fuera a los programas. Permita challenges.cloudflare.com en este navegador y vuelva a cargar la página.',
    check: 'Revise lo siguiente:',
    working: 'Un momento…',
    wrongPassword: { title: 'La contraseña no es correcta', action: 'Inténtelo de nuevo.' },
    optional: 'opcional',
    retry: (wait) => `Inténtelo de nuevo en ${wait}.`,
    seconds: (count) => (count === 1 ? '1 segundo' : `${count} segundos`),
    minutes: (count) => (count === 1 ? '1 minuto' : `${count} minutos`),
    hours: (count) => (count === 1 ? '1 hora' : `${count} horas`),
    days: (count) => (count === 1 ? '1 día' : `${count} días`),
  },

  fields: {
    email: 'Correo electrónico',
    emailFormat: 'Por ejemplo, ada@example.com',
    name: 'Nombre',
    password: 'Contraseña',
    code: 'Código del correo',
    appCode: 'Código de su aplicación de autenticación',
    recoveryCode: 'Código de recuperación',
    currentPassword: 'Contraseña actual',
    newPassword: 'Contraseña nueva',
    passwordHint: (minLength) =>
      `Al menos ${minLength} caracteres. Unas pocas palabras sin relación funcionan bien.`,
    moreCharacters: { one: 'Falta 1 carácter', other: 'Faltan {n} caracteres' },
    longEnough: 'Longitud suficiente',
    show: 'Mostrar la contraseña',
    hide: 'Ocultar la contraseña',
  },

  errors: {
    fields: {
      email: {
        missing: 'Escriba su correo electrónico.',
        invalid: 'Escriba un correo electrónico, por ejemplo, ada@example.com.',
      },
      name: {
        invalid: 'Como máximo 100 caracteres, sin saltos de línea.',
        'control-character': 'Como máximo 100 caracteres, sin saltos de línea.',
        'direction-control': 'Sin caracteres ocultos que cambien la dirección del texto.',
        'invisible-character': 'Sin caracteres invisibles, y con al menos uno que se vea.',
      },
      password: { missing: 'Escriba una contraseña.' },
      current_password: { missing: 'Escriba su contraseña actual.' },
      new_password: { missing: 'Elija una contraseña nueva.' },
      code: {
        missing: 'Escriba las seis cifras.',
        invalid: 'Escriba las seis cifras.',
      },
      recovery_code: {
        missing: 'Escriba un código de recuperación, tal como se mostró.',
        invalid: 'Escriba un código de recuperación, tal como se mostró.',
      },
    },
    anyField: {
      missing: 'Este dato es necesario.',
      type: 'Tiene que ser texto.',
      invalid: 'No es válido.',
      unknown: 'El formulario envió un campo que aquí no se conoce.',
      duplicate: 'El formulario envió este campo dos veces.',
    },
    newPassword: (minLength, maxLength) => ({
      'too-short': `Use al menos ${minLength} caracteres.`,
      'too-long': `Use como máximo ${maxLength} caracteres.`,
      breached:
        'Esta contraseña apareció en una filtración de datos. Elija una que no use en ningún otro sitio.',
      common: 'Esta contraseña figura en listas de contraseñas filtradas. Elija otra.',
      guessable: 'Consiste casi solo en su dirección, su nombre o el nombre de este servicio. Elija otra.',
    }),
    other: 'Hay algo que no está bien.',
  },

  ...signInTexts,

  home: {
    title: 'Inicio',
    signedInAs: (who) => `Sesión iniciada como ${who}.`,
    signedOut: 'No ha iniciado sesión.',
    account: 'Su cuenta',
    signIn: 'Iniciar sesión',
    register: 'Crear una cuenta',
  },

  ...accountTexts,

  problems,

  reference: {
    title: 'Referencia de la API',
    intro: 'Cómo hablan los programas con este servicio, en inglés.',
    forPrograms: 'OpenAPI 3.1 en JSON',
  },

  problem: {
    reference: 'Referencia',
    home: 'Ir a la página inicial',
    askAgain: 'Pedir un enlace nuevo',
    signIn: 'Iniciar sesión',
  },
} satisfies Texts
