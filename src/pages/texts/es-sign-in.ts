import type { signInTexts as English } from './en-sign-in'

export const signInTexts = {
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
    rename: 'Cambiar el nombre',
    name: 'Nombre de la llave de acceso',
    remove: 'Eliminar',
    signIn: 'Iniciar sesión con una llave de acceso',
    useNeedsScript:
      'Para usar una llave de acceso hace falta JavaScript. Actívelo y vuelva a cargar esta página.',
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
    byPasskey: 'Confirme con su llave de acceso que es usted.',
    noPasskeys:
      'El segundo paso de esta cuenta es una llave de acceso, y este servicio no acepta llaves de acceso por ahora.',
    removeByMail: 'Puede pedir por correo que se elimine su segundo paso, con el enlace de abajo.',
    askOperator: 'Pida ayuda a quienes gestionan este servicio.',
    byRecoveryCode: 'Escriba uno de sus códigos de recuperación.',
    orRecoveryCode: 'O use uno de sus códigos de recuperación.',
    orMail: 'O pida por correo que se elimine su segundo paso, con el enlace de abajo.',
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
    without: 'Continuar sin ella',
    setUp: 'Configurarla',
    signInAgain: 'Volver a iniciar sesión',
    recent: 'Para cambiar esto, confirme que es usted.',
    go: 'Confirmar que soy yo',
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
      'Si hay una cuenta con esta dirección, recibirá un mensaje. Siga el enlace que contiene para elegir una contraseña nueva.',
    link: 'Si hay una cuenta con esta dirección, recibirá un mensaje. Siga el enlace que contiene para iniciar sesión.',
    resend: 'Si esta dirección aún no está confirmada, recibirá un mensaje nuevo.',
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
} satisfies typeof English
