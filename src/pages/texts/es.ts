import type { Texts } from './en'
import { problems } from './es-problems'

export const es = {
  layout: { signOut: 'Cerrar sesión', terms: 'Condiciones', privacy: 'Privacidad' },

  form: {
    humanNeedsScript:
      'Este formulario necesita JavaScript: una breve comprobación mantiene fuera a los programas.',
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

  login: {
    title: 'Iniciar sesión',
    submit: 'Iniciar sesión',
    forgot: '¿Ha olvidado la contraseña?',
    link: 'Recibir un enlace por correo',
    or: 'o',
    noAccount: '¿Aún no tiene cuenta?',
    register: 'Crear una',
  },

  signedIn: {
    title: 'Ya ha iniciado sesión',
    intro: (who) => `En este navegador ha iniciado sesión como ${who}.`,
    proceed: 'Continuar',
    other: 'Usar otra cuenta',
    otherHint: 'Al iniciar sesión con otra cuenta, esta se cierra en este navegador.',
  },

  onward: {
    title: 'Un momento',
    intro: (host) => `Va a continuar en ${host}.`,
  },

  noCookie: {
    title: 'Su navegador no guardó la cookie',
    intro: 'El formulario se aceptó, pero sin su cookie la página siguiente no puede saber que fue usted.',
    local: (command, url) =>
      `Safari no guarda cookies seguras en http://localhost. Detenga Janus, ejecute «${command}» y abra ${url}`,
    settings: (host) =>
      `Permita las cookies de ${host} en los ajustes de su navegador o use otro navegador. Después, inicie sesión.`,
  },

  passkeys: {
    title: 'Llaves de acceso',
    intro: 'Inicie sesión con la cara, el dedo o un PIN en lugar de una contraseña.',
    add: 'Añadir una llave de acceso',
    added: 'Añadida',
    remove: 'Eliminar',
    signIn: 'Iniciar sesión con una llave de acceso',
    needsScript: 'Para añadir una llave de acceso hace falta JavaScript.',
    notAdded: 'La llave de acceso no se ha añadido. Inténtelo de nuevo.',
    notSignedIn: 'La llave de acceso no ha funcionado. Inténtelo de nuevo o inicie sesión de otra manera.',
  },

  providers: {
    title: 'Proveedores de acceso',
    intro: 'Inicie sesión con una cuenta que tenga en otro servicio.',
    proceed: (label: string) => `Continuar con ${label}`,
    connect: (label: string) => `Conectar ${label}`,
    connected: 'Conectado',
    remove: 'Desconectar',
    offer: (label: string) =>
      `Viene de ${label}. Conéctelo y desde ahora le servirá para iniciar sesión aquí.`,
    existsTitle: 'Ya tiene una cuenta',
    exists: (label: string, email: string) =>
      `Hay una cuenta con la dirección ${email}. Inicie sesión en ella una vez y después conecte ${label}.`,
    signIn: 'Iniciar sesión',
    mailLink: 'Enviarme un enlace para iniciar sesión',
  },

  signInLink: {
    title: 'Iniciar sesión por correo',
    intro: 'Le enviamos un enlace para iniciar sesión sin contraseña.',
    submit: 'Enviar el enlace',
    withPassword: 'Iniciar sesión con contraseña',
  },

  secondFactor: {
    title: 'Un paso más',
    intro: 'Escriba el código que muestra ahora su aplicación de autenticación.',
    submit: 'Iniciar sesión',
    recovery: '¿No tiene su teléfono? Use un código de recuperación',
    back: 'Volver al inicio de sesión',
  },

  setUpFactor: {
    title: 'Configure un segundo paso',
    intro:
      'Su cuenta necesita un segundo paso para iniciar sesión. Configúrelo una vez; a partir de entonces se le pedirá al iniciar sesión.',
    byMail:
      'Su cuenta necesita un segundo paso para iniciar sesión. Inicie sesión primero con un enlace que le enviaremos por correo, para que la contraseña sola no baste para configurarlo.',
    mail: 'Iniciar sesión con un enlace',
    app: 'Configurar una aplicación de autenticación',
    passkey: 'Crear una llave de acceso',
  },

  factorRecovery: {
    title: '¿Ha perdido el segundo paso?',
    intro: (hours: number) =>
      `Si ha perdido su aplicación de autenticación, sus códigos de recuperación y sus llaves de acceso, podemos eliminarlos de su cuenta. Tarda ${hours} horas. Le escribiremos ahora y otra vez antes de hacerlo, y podrá detenerlo.`,
    byMail:
      'Para ello, inicie sesión primero con un enlace enviado por correo y vuelva desde allí a esta página.',
    submit: 'Eliminar mi segundo paso',
    started: 'La eliminación ha comenzado',
    startedText:
      'Le hemos escrito cuándo ocurrirá, con un enlace para detenerla. Iniciar sesión con el segundo paso también la detiene.',
    cancelTitle: 'Detener la eliminación',
    cancelIntro:
      'Alguien solicitó eliminar su segundo paso. Si usted lo impide, su segundo paso seguirá como está.',
    cancel: 'Detener la eliminación',
    cancelled: 'La eliminación se ha detenido',
    cancelledText:
      'Su segundo paso sigue como está. Si no solicitó la eliminación, otra persona puede leer su correo: proteja su buzón y elija después aquí una contraseña nueva.',
    running: 'Su segundo paso se eliminará el',
    lost: '¿Lo ha perdido todo?',
  },

  reauthenticate: {
    title: 'Confirme que es usted',
    intro: (email: string) =>
      `Ha iniciado sesión como ${email}. Antes de un cambio importante volvemos a preguntar.`,
    submit: 'Confirmar',
    passkey: 'Usar una llave de acceso',
    needsSecondFactor: 'Esto requiere la verificación en dos pasos, y su cuenta aún no la tiene.',
    setUp: 'Configurarla',
    signInAgain: 'Volver a iniciar sesión',
    recent: 'Para cambiar esto, confirme que es usted.',
    go: 'Confirmar que soy yo',
  },

  twoSteps: {
    title: 'Verificación en dos pasos',
    intro:
      'Para iniciar sesión hará falta también un código de una aplicación de su teléfono. Una contraseña sola ya no abre su cuenta.',
    off: 'Desactivada',
    on: 'Activada',
    since: 'Desde',
    codesLeft: 'Códigos de recuperación restantes:',
    needsAddress: 'Confirme primero su dirección de correo, para que podamos avisarle de los cambios.',
    setUp: 'Configurar',
    replace: 'Usar otra aplicación',
    newCodes: 'Obtener códigos de recuperación nuevos',
    remove: 'Desactivar',
    confirmRemove: '¿Desactivar la verificación en dos pasos?',
  },

  totp: {
    title: 'Configurar su aplicación de autenticación',
    scan: 'Escanee este código con una aplicación de autenticación, por ejemplo en su teléfono.',
    qrCode: 'Código QR para su aplicación de autenticación',
    type: '¿No puede escanearlo? Escriba esta clave en la aplicación:',
    effect:
      'Se cerrará la sesión en sus otros dispositivos. Una aplicación configurada antes dejará de funcionar.',
    submit: 'Activar',
    cancel: 'Volver a su cuenta',
  },

  recoveryCodes: {
    title: 'Sus códigos de recuperación',
    intro:
      'Si no tiene su teléfono, inicie sesión con uno de estos códigos en lugar del código de la aplicación. Cada uno sirve una vez.',
    once: 'Imprímalos o guárdelos ahora en un lugar seguro. Solo se muestran esta vez, y los anteriores ya no sirven.',
    kept: 'Los he guardado',
  },

  confirmSignIn: {
    title: 'Ya casi está',
    intro: 'Este enlace inicia su sesión. Solo falta un clic.',
    removesPassword:
      'Nadie ha confirmado todavía esta dirección. Al iniciar sesión queda confirmada, se elimina la contraseña anterior y se cierra la sesión en los demás dispositivos.',
    submit: 'Iniciar sesión',
    notYou: 'Si no lo ha pedido usted, cierre esta página. No pasará nada.',
  },

  otherBrowser: {
    title: 'Este enlace funciona en otro navegador',
    signIn:
      'Se pidió en otro navegador o en otro dispositivo, y solo funciona allí. Ábralo allí o pida un enlace para este navegador. Llegará a la misma dirección.',
    changeEmail:
      'Se pidió en otro navegador o en otro dispositivo, y solo funciona allí. Ábralo allí o pida el cambio otra vez desde su cuenta.',
    again: 'Enviar un enlace para este navegador',
  },

  register: {
    title: 'Crear una cuenta',
    submit: 'Crear cuenta',
    haveAccount: '¿Ya tiene una cuenta?',
    signIn: 'Iniciar sesión',
  },

  checkMail: {
    title: 'Revise su correo',
    register: 'Le hemos enviado un mensaje. Siga el enlace que contiene para confirmar su dirección.',
    forgot:
      'Si hay una cuenta con esta dirección, un mensaje va en camino. Siga el enlace que contiene para elegir una contraseña nueva.',
    link: 'Si hay una cuenta con esta dirección, un mensaje va en camino. Siga el enlace que contiene para iniciar sesión.',
    resend: 'Si esta dirección aún no está confirmada, un mensaje nuevo va en camino.',
    change:
      'Hemos enviado un mensaje a su dirección nueva. El cambio se hace efectivo al seguir el enlace que contiene.',
    to: (email) => `Para: ${email}`,
    code: 'Si lee su correo en otro dispositivo, escriba aquí las seis cifras del mensaje.',
    submitCode: 'Iniciar sesión',
    nothing: '¿Nada después de unos minutos? Mire también en la carpeta de correo no deseado.',
    again: 'Enviarlo otra vez',
    back: 'Volver al inicio de sesión',
    backToAccount: 'Volver a su cuenta',
  },

  forgotPassword: {
    title: '¿Ha olvidado la contraseña?',
    intro: 'Indíquenos su correo electrónico. Le enviamos un enlace para elegir una contraseña nueva.',
    submit: 'Enviar el enlace',
    back: 'Volver al inicio de sesión',
  },

  resetPassword: {
    title: 'Elegir una contraseña nueva',
    intro: 'Se cerrarán todas sus sesiones, para que solo la contraseña nueva abra su cuenta.',
    submit: 'Guardar contraseña',
    doneTitle: 'Su contraseña ha cambiado',
    done: 'Ya puede iniciar sesión con ella.',
    signIn: 'Iniciar sesión',
  },

  verifyEmail: {
    title: 'Confirmar su correo electrónico',
    intro: 'Un clic, y sabremos que esta dirección es suya.',
    introWithPassword: 'Elija una contraseña para terminar de crear su cuenta.',
    inviteTitle: 'Configurar su cuenta',
    invite: (email) => `Elija una contraseña. Iniciará sesión con ${email}.`,
    submitInvite: 'Configurar la cuenta',
    submit: 'Confirmar dirección',
    doneTitle: 'Su dirección está confirmada',
    done: 'Gracias. Todo está listo.',
    doneElsewhere: 'Se registró en otro navegador, así que aquí no ha iniciado sesión.',
    continue: 'Continuar',
  },

  confirmEmailChange: {
    title: 'Confirmar su dirección nueva',
    intro: 'A partir de entonces iniciará sesión con esta dirección y le escribiremos a ella.',
    submit: 'Usar esta dirección',
    doneTitle: 'Su dirección ha cambiado',
    done: 'A partir de ahora, inicie sesión con la dirección nueva.',
    continue: 'Continuar',
  },

  home: {
    title: 'Inicio',
    signedInAs: (who) => `Sesión iniciada como ${who}.`,
    signedOut: 'No ha iniciado sesión.',
    account: 'Su cuenta',
    signIn: 'Iniciar sesión',
    register: 'Crear una cuenta',
  },

  account: {
    title: 'Su cuenta',
    profile: 'Perfil',
    profileIntro: 'Su nombre y dónde encontrarle.',
    saveName: 'Guardar nombre',
    verified: 'Confirmada',
    unverified: 'Sin confirmar',
    resend: 'Enviar un enlace para confirmarla',
    changeEmail: 'Cambiar la dirección',
    changeEmailIntro: 'Enviamos un enlace a la dirección nueva. Hasta que lo siga, nada cambia.',
    newEmail: 'Correo electrónico nuevo',
    submitEmail: 'Enviar el enlace',
    password: 'Contraseña',
    passwordIntro: 'Una contraseña nueva cierra la sesión en todos los demás dispositivos.',
    changePassword: 'Cambiar la contraseña',
    submitPassword: 'Cambiar la contraseña',
    noPassword: 'Su cuenta aún no tiene contraseña.',
    setPassword: 'Crear una contraseña',
    sessions: 'Dispositivos',
    sessionsIntro: 'Dónde tiene la sesión iniciada. Cierre la que no reconozca.',
    devices: 'Dispositivos conocidos',
    devicesIntro:
      'Donde ya ha iniciado sesión. Los intentos fallidos de otras personas no pueden bloquearle ahí. Olvide los que ya no use.',
    lastSignIn: 'Último inicio de sesión',
    forget: 'Olvidar',
    thisDevice: 'Este dispositivo',
    unknownDevice: 'Dispositivo desconocido',
    unknownPlace: 'Lugar desconocido',
    lastSeen: 'Última actividad',
    end: 'Cerrar sesión',
    app: 'Aplicación conectada',
    at: (resource) => `en ${resource}`,
    since: 'Desde',
    endAccess: 'Terminar el acceso',
    endOthers: 'Cerrar las sesiones de los demás dispositivos',
    endAll: 'Cerrar todas, incluida esta',
    confirmEndAll: '¿Cerrar la sesión en todos los dispositivos, también en este?',
    allSessions: 'Todos los dispositivos',
    activity: 'Actividad reciente',
    activityIntro: 'Lo que ha pasado en su cuenta. Si algo no lo hizo usted, cambie la contraseña.',
    noActivity: 'Todavía nada.',
    sessionsEnded: (count) => `Sesión cerrada en ${count} dispositivos`,
    allActivity: 'Toda la actividad',
    refused: 'Rechazado',
    otherEvent: { success: 'Actividad en la cuenta', refused: 'Intento' },
    delete: 'Eliminar la cuenta',
    export: 'Sus datos',
    exportIntro: 'Todo lo que se guarda de su cuenta, salvo contraseñas y claves, en un archivo JSON.',
    submitExport: 'Descargar',
    deleteIntro:
      'Elimina su cuenta con su nombre, su correo electrónico y su contraseña, y cierra todas sus sesiones. No se puede deshacer.',
    deleteKeeps: (days) =>
      `Lo que pasó en la cuenta se conserva ${days} en un registro de seguridad, para poder investigar abusos: qué ocurrió, cuándo y desde qué país. Las direcciones IP y los navegadores se eliminan en unos minutos. Su nombre y su correo electrónico no figuran en él. Después también se elimina.`,
    continueDelete: 'Continuar con su contraseña',
    deletePassword: 'Su contraseña, para mayor seguridad',
    submitDelete: 'Eliminar mi cuenta',
    confirmDelete: '¿Eliminar su cuenta definitivamente?',
    notices: {
      'name-saved': 'Su nombre se ha guardado.',
      'password-changed': 'Su contraseña ha cambiado. Las demás sesiones se han cerrado.',
      'change-mail-sent': 'Un mensaje va en camino a su dirección nueva.',
      'verification-sent': 'Un mensaje va en camino a su dirección.',
      'session-ended': 'La sesión de ese dispositivo se ha cerrado.',
      'access-ended': 'La aplicación ya no tiene acceso.',
      'device-forgotten': 'Ese dispositivo se ha olvidado.',
      'passkey-added': 'Su llave de acceso está añadida.',
      'passkey-removed': 'La llave de acceso está eliminada. Ya no abre su cuenta.',
      'identity-linked': 'Está conectado. Desde ahora le sirve para iniciar sesión aquí.',
      'identity-removed': 'Está desconectado. Ya no abre su cuenta.',
      'second-factor-removed':
        'La verificación en dos pasos está desactivada. Se ha cerrado la sesión en los otros dispositivos.',
      'set-up-expired': 'La configuración tardó demasiado y no se ha cambiado nada. Empiece de nuevo.',
      'others-ended': 'Las demás sesiones se han cerrado.',
    },
  },

  events: {
    'account-registered': { success: 'Cuenta creada', refused: 'Intento de crear una cuenta' },
    'account-invited': { success: 'Invitación enviada', refused: 'Intento de invitación' },
    'signed-in': { success: 'Sesión iniciada', refused: 'Intento de iniciar sesión' },
    'first-factor-proven': {
      success: 'Primer paso de un inicio de sesión',
      refused: 'Intento de iniciar sesión',
    },
    reauthenticated: {
      success: 'Confirmó que era usted',
      refused: 'Intento de confirmar que era usted',
    },
    'second-factor-set': {
      success: 'Aplicación de autenticación configurada',
      refused: 'Intento de configurar una aplicación de autenticación',
    },
    'second-factor-recovery-requested': {
      success: 'Segundo paso perdido: eliminación solicitada',
      refused: 'Intento de solicitar la eliminación del segundo paso',
    },
    'second-factor-recovery-cancelled': {
      success: 'Eliminación del segundo paso detenida',
      refused: 'Intento de detener la eliminación del segundo paso',
    },
    'second-factor-recovered': {
      success: 'Segundo paso eliminado tras la espera',
      refused: 'Intento de eliminar el segundo paso',
    },
    'second-factor-removed': {
      success: 'Aplicación de autenticación eliminada',
      refused: 'Intento de eliminar la aplicación de autenticación',
    },
    'recovery-codes-renewed': {
      success: 'Nuevos códigos de recuperación',
      refused: 'Intento de obtener códigos de recuperación',
    },
    'session-ended': { success: 'Sesión cerrada', refused: 'Intento de cerrar sesión' },
    'password-changed': { success: 'Contraseña cambiada', refused: 'Intento de cambiar la contraseña' },
    'account-deleted': { success: 'Cuenta eliminada', refused: 'Intento de eliminar la cuenta' },
    'email-verified': { success: 'Dirección confirmada', refused: 'Intento de confirmar la dirección' },
    'password-reset-requested': {
      success: 'Contraseña nueva solicitada',
      refused: 'Intento de solicitar una contraseña nueva',
    },
    'password-reset': { success: 'Contraseña sustituida', refused: 'Intento de sustituir la contraseña' },
    'sign-in-link-requested': {
      success: 'Enlace de acceso solicitado',
      refused: 'Intento de solicitar un enlace de acceso',
    },
    'email-change-requested': {
      success: 'Cambio de dirección solicitado',
      refused: 'Intento de cambiar la dirección',
    },
    'email-changed': { success: 'Dirección cambiada', refused: 'Intento de cambiar la dirección' },
    'device-forgotten': { success: 'Dispositivo olvidado', refused: 'Intento de olvidar un dispositivo' },
    'passkey-added': { success: 'Llave de acceso añadida', refused: 'Intento de añadir una llave de acceso' },
    'passkey-removed': {
      success: 'Llave de acceso eliminada',
      refused: 'Intento de eliminar una llave de acceso',
    },
    'app-connected': {
      success: 'Se conectó una aplicación',
      refused: 'Se rechazó la conexión de una aplicación',
    },
    'app-disconnected': {
      success: 'Se desconectó una aplicación',
      refused: 'Se rechazó la desconexión de una aplicación',
    },
    'identity-linked': {
      success: 'Proveedor de acceso conectado',
      refused: 'Intento de conectar un proveedor de acceso',
    },
    'identity-unlinked': {
      success: 'Proveedor de acceso desconectado',
      refused: 'Intento de desconectar un proveedor de acceso',
    },
    'roles-changed': { success: 'Permisos cambiados', refused: 'Intento de cambiar los permisos' },
    'account-disabled': { success: 'Cuenta bloqueada', refused: 'Intento de bloquear la cuenta' },
    'account-enabled': { success: 'Cuenta habilitada de nuevo', refused: 'Intento de habilitar la cuenta' },
    'account-exported': {
      success: 'Datos de la cuenta exportados',
      refused: 'Intento de exportar los datos',
    },
    'profile-changed': { success: 'Perfil cambiado', refused: 'Intento de cambiar el perfil' },
    'event-given-up': { success: 'Evento entregado', refused: 'Evento que no se pudo entregar' },
    'mail-failed': { success: 'Mensaje entregado', refused: 'Mensaje que no se pudo entregar' },
  },

  reasons: {
    'signed-out': 'cerrada allí mismo',
    'signed-out-everywhere': 'cerrada en todos los dispositivos',
    'ended-by-owner': 'cerrada desde otro dispositivo',
    'ended-by-service': 'cerrada por otro servicio',
    'ended-by-operator': 'cerrada por una persona administradora',
    'replaced-by-sign-in': 'reemplazada por un nuevo inicio de sesión',
    'too-many-sessions': 'para no superar el límite de sesiones',
    'password-changed': 'porque cambió la contraseña',
    'account-deleted': 'porque se eliminó la cuenta',
    'password-reset': 'porque se sustituyó la contraseña',
    'address-proven': 'porque se confirmó la dirección',
    link: 'con un enlace',
    'account-disabled': 'porque se desactivó la cuenta',
    'roles-changed': 'porque cambiaron los permisos',
    'second-factor-changed': 'porque cambió el segundo paso',
    'second-factor': 'con la aplicación de autenticación',
    'recovery-code': 'con un código de recuperación',
    'wrong-second-factor': 'código incorrecto en el segundo paso',
    'code-reused': 'por seguridad: un código de una aplicación se usó dos veces',
    'revoked-by-app': 'por la propia aplicación',
    'refresh-token-reused': 'por seguridad: una credencial se usó dos veces',
    'wrong-password': 'contraseña incorrecta',
    throttled: 'demasiados intentos',
    'too-many-attempts': 'demasiados intentos',
  },

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
