import type { problems as en } from './en-problems'

export const problems = {
  'invalid-json': {
    title: 'No se pudo leer la petición',
    explanation: 'Una aplicación envió algo que no es JSON válido.',
    action: 'Si la aplicación es de otras personas, conviene avisarles.',
  },
  'invalid-credentials': {
    title: 'El correo o la contraseña no son correctos',
    explanation: 'No encontramos ninguna cuenta con esta dirección y esta contraseña.',
    action: 'Revise los dos datos e inténtelo de nuevo.',
  },
  'authentication-required': {
    title: 'Es necesario iniciar sesión',
    explanation: 'Esta página solo se muestra con la sesión iniciada.',
    action: 'Inicie sesión e inténtelo de nuevo.',
  },
  'invalid-token': {
    title: 'Esta sesión no es válida aquí',
    explanation: 'Una aplicación presentó un token que no se emitió para este servicio.',
    action: 'Inicie sesión de nuevo.',
  },
  'token-expired': {
    title: 'Esta sesión ha caducado',
    explanation: 'Por seguridad, los tokens duran poco tiempo.',
    action: 'Renueve el token o inicie sesión de nuevo.',
  },
  'session-ended': {
    title: 'Su sesión se ha cerrado',
    explanation: 'La sesión caducó o se cerró desde otro dispositivo.',
    action: 'Inicie sesión de nuevo.',
  },
  'invalid-second-factor': {
    title: 'El código no es correcto',
    explanation: 'Se escribió mal, ha caducado o ya se usó. Cada código sirve una vez.',
    action: 'Espere al siguiente código de su aplicación y escríbalo.',
  },
  'sign-in-expired': {
    title: 'Inicie sesión de nuevo',
    explanation: 'El inicio de sesión tardó demasiado o ya se completó.',
    action: 'Empiece de nuevo en la página de inicio de sesión.',
  },
  'insufficient-user-authentication': {
    title: 'Confirme que es usted',
    explanation: 'Este cambio requiere una prueba de los últimos minutos.',
    action: 'Confirme que es usted y repita el cambio.',
  },
  'email-not-verified': {
    title: 'Confirme primero su dirección de correo',
    explanation: 'El segundo paso se puede configurar cuando haya demostrado que la dirección es suya.',
    action: 'Envíese el enlace desde la página de su cuenta, ábralo e inténtelo de nuevo.',
  },
  'second-factor-not-set': {
    title: 'No hay segundo paso',
    explanation: 'Esta cuenta no tiene segundo paso, o acaba de cambiarse.',
    action: 'Vuelva a su cuenta.',
  },
  'mailbox-not-proven': {
    title: 'Inicie sesión primero con un enlace',
    explanation:
      'Esto requiere un inicio de sesión que empezó con un enlace enviado por correo, para saber que el buzón es suyo.',
    action: 'Inicie sesión con un enlace y vuelva después a este paso.',
  },
  'second-factor-required': {
    title: 'Su cuenta necesita un segundo paso',
    explanation: 'Debe conservar al menos uno: una aplicación de autenticación o una llave de acceso.',
    action: 'Añada antes otro e inicie sesión con él. Puede sustituir su aplicación en cualquier momento.',
  },
  'refresh-token-reused': {
    title: 'Su sesión se ha cerrado',
    explanation: 'Un token de renovación se usó dos veces. Como podría ser una copia, cerramos la sesión.',
    action: 'Inicie sesión de nuevo. Si se repite, cambie la contraseña.',
  },
  'cross-site-request': {
    title: 'Esta petición llegó desde otro sitio',
    explanation: 'Para proteger su cuenta, solo aceptamos formularios de nuestras propias páginas.',
    action: 'Abra la página aquí e inténtelo de nuevo.',
  },
  forbidden: {
    title: 'Esto no está permitido',
    explanation: 'Su cuenta no tiene el permiso necesario.',
    action: 'Si debería tenerlo, consulte a quien gestiona este servicio.',
  },
  'registration-closed': {
    title: 'El registro está cerrado',
    explanation: 'Por ahora no se pueden crear cuentas nuevas aquí.',
    action: 'Si ya tiene una cuenta, inicie sesión.',
  },
  'not-found': {
    title: 'Aquí no hay nada',
    explanation: 'Puede que la dirección tenga una errata o que la página ya no exista.',
    action: 'Revise la dirección o empiece por la página inicial.',
  },
  'method-not-allowed': {
    title: 'Esto no funciona aquí',
    explanation: 'La página existe, pero no para este tipo de petición.',
    action: 'Vuelva atrás y pruebe otro camino.',
  },
  'account-mismatch': {
    title: 'Ha iniciado sesión con otra cuenta',
    explanation:
      'El formulario que envió era de una cuenta distinta de la que tiene abierta ahora. No se ha cambiado nada.',
    action: 'Abra su cuenta para ver cuál es. Para cambiar la otra, inicie sesión con ella primero.',
  },
  'password-not-set': {
    title: 'Su cuenta aún no tiene contraseña',
    explanation: 'Se envió una contraseña y no hay ninguna con la que compararla.',
    action: 'Confirme que es usted de otra forma, o cree una contraseña, en la página de su cuenta.',
  },
  'account-exists': {
    title: 'Ya hay una cuenta con esta dirección',
    explanation: 'Cada dirección tiene una sola cuenta.',
    action: 'Inicie sesión o, si ha olvidado la contraseña, elija una nueva.',
  },
  'body-too-large': {
    title: 'La petición es demasiado grande',
    explanation: 'Este servicio no acepta peticiones tan grandes.',
    action: 'Acorte lo enviado e inténtelo de nuevo.',
  },
  'unsupported-media-type': {
    title: 'No se pudo leer la petición',
    explanation: 'Una aplicación envió un tipo de contenido que aquí no se admite.',
    action: 'Si la aplicación es de otras personas, conviene avisarles.',
  },
  'invalid-input': {
    title: 'Hay datos por revisar',
    explanation: 'Falta algo o no tiene la forma esperada.',
    action: 'Revise el formulario e inténtelo de nuevo.',
  },
  'password-refused': {
    title: 'Elija otra contraseña',
    explanation: 'Esta es demasiado corta, demasiado larga o demasiado fácil de adivinar.',
    action: 'Unas pocas palabras sin relación forman una buena contraseña.',
  },
  'mode-not-offered': {
    title: 'Esta forma de iniciar sesión no está disponible',
    explanation: 'Una aplicación pidió un tipo de sesión que este servicio no ofrece.',
    action: 'Si la aplicación es de otras personas, conviene avisarles.',
  },
  'human-check-failed': {
    title: 'No pudimos comprobar que es una persona',
    explanation:
      'Una breve comprobación mantiene fuera a los programas que se registran o adivinan contraseñas.',
    action: 'Complete la comprobación sobre el botón e inténtelo de nuevo. Necesita JavaScript.',
  },
  'too-many-attempts': {
    title: 'Demasiados intentos',
    explanation: 'Para que nadie adivine contraseñas, hacemos una pausa tras varios intentos.',
    action: 'Espere un rato e inténtelo de nuevo.',
  },
  'invalid-code': {
    title: 'Este código no funciona',
    explanation: 'Se escribió mal, ha caducado, ya se usó o se intentó demasiadas veces.',
    action: 'Mire el mensaje más reciente o envíelo otra vez. El enlace que contiene también sirve.',
  },
  'passkey-refused': {
    title: 'La llave de acceso no ha funcionado',
    explanation: 'Ha tardado demasiado o era para otra página.',
    action: 'Inténtelo de nuevo o inicie sesión de otra manera.',
  },
  'passkey-unknown': {
    title: 'Esta llave de acceso no se conoce aquí',
    explanation: 'Se eliminó de su cuenta.',
    action: 'Inicie sesión de otra manera.',
  },
  'authorization-refused': {
    title: 'No se admitió la aplicación',
    explanation: 'La solicitud de la aplicación está incompleta o la aplicación no está registrada aquí.',
    action: 'Vuelva a la aplicación y empiece de nuevo. Si se repite, avise a quien la gestiona.',
  },
  'social-refused': {
    title: 'No se pudo iniciar sesión allí',
    explanation: 'La respuesta del otro servicio no corresponde a este navegador o ya se usó.',
    action: 'Empiece de nuevo en la página de inicio de sesión.',
  },
  'social-cancelled': {
    title: 'Se canceló el inicio de sesión',
    explanation: 'El otro servicio dice que usted lo rechazó. No se ha cambiado nada.',
    action: 'Inténtelo de nuevo o inicie sesión de otra manera.',
  },
  'social-no-address': {
    title: 'No hemos recibido su dirección de correo',
    explanation: 'El otro servicio no nos indica ninguna dirección de correo suya que esté confirmada.',
    action: 'Confirme su dirección allí o regístrese aquí con su correo.',
  },
  'identity-refused': {
    title: 'No se pudo conectar',
    explanation: 'Ya está conectado a una cuenta, o su cuenta tiene demasiadas conexiones.',
    action: 'Desconecte una primero o use otro servicio.',
  },
  'provider-unavailable': {
    title: 'El otro servicio no responde',
    explanation:
      'El servicio con el que quería iniciar sesión no funciona o es demasiado lento. No se ha cambiado nada.',
    action: 'Espere un momento e inténtelo de nuevo, o inicie sesión de otra manera.',
  },
  'last-way-in': {
    title: 'Es su única forma de entrar',
    explanation: 'Sin ella, no podría entrar en su cuenta.',
    action: 'Añada antes otra llave de acceso o establezca una contraseña.',
  },
  'last-administrator': {
    title: 'Usted es la última persona que administra las cuentas',
    explanation: 'Sin su cuenta, nadie podría administrar las demás. No se ha cambiado nada.',
    action: 'Dé antes ese permiso a otra persona.',
  },
  'invalid-link': {
    title: 'Este enlace ya no funciona',
    explanation: 'Puede que haya caducado, que ya se haya usado o que no se haya copiado entero.',
    action: 'Solicite uno nuevo.',
  },
  'internal-error': {
    title: 'Algo ha fallado',
    explanation: 'El fallo es nuestro y ha quedado registrado.',
    action: 'Inténtelo de nuevo en un momento.',
  },
  'store-unavailable': {
    title: 'Ahora mismo no es posible',
    explanation: 'Una parte de este servicio no responde en este momento.',
    action: 'Inténtelo de nuevo en un momento.',
  },
} satisfies typeof en
