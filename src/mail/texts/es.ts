import type { MailTexts } from './mail-texts'

/** Cómo se llama el enlace en la página de inicio de sesión. */
const FORGOT = '«¿Ha olvidado la contraseña?»'
const NOT_YOU = 'Si ha sido usted, no tiene que hacer nada.'
const SECURE = `Si no ha sido usted, puede que otra persona conozca su contraseña. Elija una nueva con ${FORGOT} en la página de inicio de sesión. Eso también cierra la sesión en todos los dispositivos.`

export const es: MailTexts = {
  unknownDevice: 'dispositivo desconocido',
  sentTo: (recipient) => `Enviado a ${recipient}`,
  texts: {
    'verify-email': ({ brand }) => ({
      subject: `Confirme su dirección para ${brand}`,
      before: [
        `Alguien (probablemente usted) se ha registrado en ${brand} con esta dirección de correo. Confirme que es suya. El enlace caduca en 24 horas.`,
      ],
      link: 'Confirmar dirección',
      after: ['Si no ha sido usted, no haga nada: sin el enlace nadie puede usar su dirección.'],
    }),
    invitation: ({ brand }) => ({
      subject: `Invitación a ${brand}`,
      before: [
        `Se ha creado una cuenta para usted en ${brand}. Confirme que esta dirección es suya y elija una contraseña. El enlace caduca en 7 días y sirve una sola vez.`,
        'Si prefiere no tener contraseña, pida un enlace en la página de inicio de sesión. Después puede añadir una llave de acceso a su cuenta.',
      ],
      link: 'Confirmar dirección',
      after: ['Si no lo esperaba, no haga nada: sin el enlace nadie puede usar la cuenta.'],
    }),
    'reset-password': ({ brand }) => ({
      subject: `Una contraseña nueva para ${brand}`,
      before: [
        `Alguien (probablemente usted) ha pedido una contraseña nueva en ${brand}. El enlace caduca en 1 hora y sirve una sola vez.`,
      ],
      link: 'Elegir una contraseña nueva',
      after: ['Si no ha sido usted, no haga nada: su contraseña sigue siendo la misma.'],
    }),
    'sign-in-link': ({ brand }) => ({
      subject: `Iniciar sesión en ${brand}`,
      before: [
        'Abra el enlace en el navegador en el que lo pidió. El enlace caduca en 15 minutos y sirve una sola vez.',
      ],
      link: 'Iniciar sesión',
      code: 'O escriba este código en la página que lo espera',
      after: [
        'Si no lo ha pedido usted, no haga nada. No comparta nunca el enlace ni el código: nadie los necesita salvo usted.',
      ],
    }),
    'change-email': ({ brand }) => ({
      subject: `Confirme su dirección nueva para ${brand}`,
      before: [
        `Abra el enlace en el navegador en el que lo pidió, para usar esta dirección en su cuenta de ${brand}. El enlace caduca en 24 horas. Hasta entonces sigue en uso su dirección anterior.`,
      ],
      link: 'Usar esta dirección',
      after: ['Si no lo ha pedido usted, no haga nada: no cambiará nada.'],
    }),
    'account-exists': ({ brand }) => ({
      subject: `Ya tiene una cuenta en ${brand}`,
      before: [
        `Alguien (probablemente usted) ha usado esta dirección de correo en ${brand}, donde ya tiene una cuenta. No ha cambiado nada.`,
        `Si ha sido usted, inicie sesión como siempre. Si no recuerda su contraseña, use ${FORGOT} en la página de inicio de sesión.`,
      ],
      link: null,
      after: ['Si no ha sido usted, no tiene que hacer nada.'],
    }),
    'new-sign-in': ({ brand, from, at }) => ({
      subject: `Nuevo inicio de sesión en ${brand}: ${from}`,
      before: [
        `Se ha iniciado sesión en su cuenta de ${brand} desde un dispositivo nuevo: ${from}, ${at}.`,
        NOT_YOU,
      ],
      link: null,
      after: [SECURE],
    }),
    'password-changed': ({ brand, from, at }) => ({
      subject: `Su contraseña de ${brand} ha cambiado`,
      before: [
        `Se ha cambiado la contraseña de su cuenta de ${brand}: ${from}, ${at}. Se ha cerrado la sesión en los demás dispositivos.`,
        NOT_YOU,
      ],
      link: null,
      after: [SECURE],
    }),
    'password-removed': ({ brand, from, at }) => ({
      subject: `Se ha eliminado su contraseña de ${brand}`,
      before: [
        `Ha iniciado sesión en ${brand} con un enlace: ${from}, ${at}. Esa ha sido la primera prueba de que esta dirección es suya. La contraseña anterior se ha eliminado y se ha cerrado la sesión en los demás dispositivos, porque pudo ponerla otra persona.`,
        `Para volver a tener contraseña, use ${FORGOT} en la página de inicio de sesión.`,
      ],
      link: null,
      after: ['Si no ha sido usted, otra persona puede leer su correo: proteja primero su buzón.'],
    }),
    'email-change-requested': ({ brand, from, at }) => ({
      subject: `Su dirección en ${brand} está a punto de cambiar`,
      before: [
        `Alguien con su contraseña ha pedido otra dirección para su cuenta de ${brand}: ${from}, ${at}. Esta dirección sigue en uso hasta que se confirme la nueva.`,
        NOT_YOU,
      ],
      link: null,
      after: [
        `Si no ha sido usted, elija cuanto antes una contraseña nueva con ${FORGOT} en la página de inicio de sesión. Eso detiene el cambio.`,
      ],
    }),
    'email-changed': ({ brand, from, at }) => ({
      subject: `Su dirección en ${brand} ha cambiado`,
      before: [
        `Su cuenta de ${brand} tiene ahora otra dirección. Se confirmó así: ${from}, ${at}. Este es el último mensaje a la anterior.`,
        NOT_YOU,
      ],
      link: null,
      after: [
        `Si no ha sido usted, otra persona tiene su contraseña. Avise cuanto antes a quienes gestionan ${brand}.`,
      ],
    }),
    'second-factor-set': ({ brand, from, at }) => ({
      subject: `El inicio de sesión en ${brand} tiene ahora un segundo paso`,
      before: [
        `Se ha configurado una aplicación de autenticación para su cuenta de ${brand}: ${from}, ${at}. A partir de ahora, al iniciar sesión se pide también un código de esa aplicación. Se ha cerrado la sesión en los demás dispositivos.`,
        NOT_YOU,
      ],
      link: null,
      after: [SECURE],
    }),
    'passkey-added': ({ brand, from, at }) => ({
      subject: `Nueva llave de acceso en su cuenta de ${brand}`,
      before: [
        `Se añadió una llave de acceso a su cuenta de ${brand} desde ${from}, el ${at}. Abre su cuenta sin contraseña.`,
        NOT_YOU,
      ],
      link: null,
      after: [SECURE],
    }),
    'api-key-created': ({ brand, from, at }) => ({
      subject: `Nueva clave de API en su cuenta de ${brand}`,
      before: [
        `Se creó una clave de API para su cuenta de ${brand} desde ${from}, el ${at}. Un programa que la tenga actúa en su nombre, sin su contraseña.`,
        NOT_YOU,
      ],
      link: null,
      after: [SECURE],
    }),
    'second-factor-removed': ({ brand, from, at }) => ({
      subject: `Se ha eliminado el segundo paso de su inicio de sesión en ${brand}`,
      before: [
        `Se ha eliminado la aplicación de autenticación de su cuenta de ${brand}: ${from}, ${at}. El inicio de sesión ya no tiene segundo paso. Se ha cerrado la sesión en los demás dispositivos.`,
        NOT_YOU,
      ],
      link: null,
      after: [SECURE],
    }),
    'second-factor-recovery': ({ brand, from, at, until }) => ({
      subject: `El segundo paso de su cuenta de ${brand} está a punto de eliminarse`,
      before: [
        `Alguien con acceso a este buzón indica que se ha perdido el segundo paso de su cuenta de ${brand}: ${from}, ${at}. El ${until} se eliminarán la aplicación de autenticación, los códigos de recuperación y las llaves de acceso, y se cerrará la sesión en todos los dispositivos.`,
        'Si ha sido usted, espere hasta entonces. Iniciar sesión con cualquiera de ellos detiene la eliminación.',
      ],
      link: 'Detener la eliminación',
      after: [
        'Si no ha sido usted, otra persona puede leer su correo. Detenga la eliminación y proteja su buzón cuanto antes.',
      ],
    }),
    'second-factor-recovery-soon': ({ brand, until }) => ({
      subject: `Recordatorio: se eliminará el segundo paso de su cuenta de ${brand}`,
      before: [
        `El ${until} se eliminarán la aplicación de autenticación, los códigos de recuperación y las llaves de acceso de su cuenta de ${brand}, tal como se solicitó.`,
        'Si ha sido usted, espere hasta entonces. Iniciar sesión con cualquiera de ellos detiene la eliminación.',
      ],
      link: 'Detener la eliminación',
      after: [
        'Si no ha sido usted, otra persona puede leer su correo. Detenga la eliminación y proteja su buzón cuanto antes.',
      ],
    }),
    'second-factor-recovered': ({ brand, at }) => ({
      subject: `Se ha eliminado el segundo paso de su cuenta de ${brand}`,
      before: [
        `Se han eliminado la aplicación de autenticación, los códigos de recuperación y las llaves de acceso de su cuenta de ${brand}: ${at}. Se ha cerrado la sesión en todos los dispositivos. Inicie sesión y configure de nuevo un segundo paso.`,
      ],
      link: null,
      after: [`Si no ha sido usted, avise de inmediato a los responsables de ${brand}.`],
    }),
    'recovery-codes-renewed': ({ brand, from, at }) => ({
      subject: `Nuevos códigos de recuperación para ${brand}`,
      before: [
        `Se han creado nuevos códigos de recuperación para su cuenta de ${brand}: ${from}, ${at}. Los anteriores ya no funcionan.`,
        NOT_YOU,
      ],
      link: null,
      after: [SECURE],
    }),
    'second-factor-attempts': ({ brand, from, at }) => ({
      subject: `Códigos incorrectos para el segundo paso en ${brand}`,
      before: [
        `Alguien superó el primer paso del inicio de sesión en su cuenta y después escribió códigos incorrectos; la última vez: ${from}, ${at}. No se inició ninguna sesión.`,
        'Si fue usted, use el código más reciente de su aplicación o un código de recuperación. Mientras se rechazan códigos, una llave de acceso sigue funcionando.',
      ],
      link: null,
      after: [SECURE],
    }),
    'recovery-code-used': ({ brand, from, at }) => ({
      subject: `Se ha usado un código de recuperación en ${brand}`,
      before: [
        `Alguien ha iniciado sesión en su cuenta con un código de recuperación: ${from}, ${at}. Ese código ya no funciona.`,
        NOT_YOU,
      ],
      link: null,
      after: [SECURE],
    }),
    'passkey-removed': ({ brand, from, at }) => ({
      subject: `Se eliminó una llave de acceso de su cuenta de ${brand}`,
      before: [
        `Se eliminó una llave de acceso de su cuenta de ${brand} desde ${from}, el ${at}. Ya no abre su cuenta.`,
        NOT_YOU,
      ],
      link: null,
      after: [SECURE],
    }),
    'identity-linked': ({ brand, from, at }) => ({
      subject: `Se conectó un proveedor de acceso a su cuenta de ${brand}`,
      before: [
        `Se conectó un proveedor de acceso a su cuenta de ${brand} desde ${from}, el ${at}. Iniciar sesión en él abre ahora su cuenta.`,
        NOT_YOU,
      ],
      link: null,
      after: [SECURE],
    }),
    'identity-unlinked': ({ brand, from, at }) => ({
      subject: `Se desconectó un proveedor de acceso de su cuenta de ${brand}`,
      before: [
        `Se desconectó un proveedor de acceso de su cuenta de ${brand} desde ${from}, el ${at}. Ya no abre su cuenta.`,
        NOT_YOU,
      ],
      link: null,
      after: [SECURE],
    }),
    'refresh-token-reused': ({ brand, from, at }) => ({
      subject: `Se ha cerrado una de sus sesiones en ${brand}`,
      before: [
        `Una credencial suya se ha usado por segunda vez: ${from}, ${at}. Eso ocurre cuando alguien la ha copiado, así que se ha cerrado la sesión a la que pertenece. Inicie sesión de nuevo para continuar.`,
        'También puede ocurrir cuando una aplicación restaura una copia antigua de sí misma.',
      ],
      link: null,
      after: [
        'Si no ha sido usted y no tiene explicación, revise la lista de sus dispositivos, cierre la sesión en los que no reconozca y cambie su contraseña.',
      ],
    }),
  },
}
