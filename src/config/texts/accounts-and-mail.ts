import type { SomeSettingTexts } from './setting-text.ts'

export const ACCOUNT_TEXTS = {
  REGISTRATION: {
    meaning:
      'Who may register. `open` signs people in at once. `verified` creates an account only when its address is proven, tells nobody which addresses have one, and needs a mailer. `closed` rejects registration.',
  },
  MAILER: {
    meaning:
      'Who carries mail. With `none`, routes that send mail return 404. `console` prints mail, works only on this machine, and is what `npm start` sets. `smtp` is for [Node](../operate/node.md). See [mail](../guides/mail.md).',
  },
  MAIL_FROM: {
    meaning: 'The sender of every mail. Without a name, it is the host of `ISSUER`.',
    accepts: 'an address, or `Name <address>`',
    applies: '`MAILER` is `cloudflare`, `resend` or `smtp`',
  },
  RESEND_API_KEY: {
    meaning: 'The API key of Resend. It is a secret: name it in `[secrets]` of `wrangler.toml`, too.',
    accepts: 'visible ASCII without spaces',
    applies: '`MAILER` is `resend`',
    secret: { sample: 'replace with the API key', how: 'https://resend.com/api-keys', always: false },
  },
  RESEND_URL: {
    meaning: 'The base URL of the API of Resend.',
    accepts: 'an `https://` URL without a trailing slash; `http://` only on this machine',
    applies: '`MAILER` is `resend`',
  },
  EMAIL_VERIFICATION: {
    meaning:
      '`required` accepts a password only for accounts with a verified address. It needs a mailer, and a `REGISTRATION` other than `open`.',
    default: '`required` with a mailer and a `REGISTRATION` other than `open`, otherwise `optional`',
  },
  ADMIN_ROLE: {
    meaning:
      'The role of administrators. The last account with it cannot be deleted by its owner, and calls of `janus/admin` take it unless the app names another.',
    accepts: 'the name of a role',
  },
  SECOND_FACTOR: {
    meaning:
      'Whose account must have a second factor: nobody’s (`optional`), everybody’s (`required`), or that of people with one of `SECOND_FACTOR_ROLES` (`roles`). A person without one sets it up at the next sign-in. Sessions of one factor are refused from then on.',
  },
  SECOND_FACTOR_ROLES: {
    meaning: 'The roles whose holders must have a second factor.',
    accepts: 'names of roles separated by commas: `admin, support`',
    applies: '`SECOND_FACTOR` is `roles`',
  },
  SECOND_FACTOR_RECOVERY_HOURS: {
    meaning:
      'How many hours pass before the second factors are removed of somebody who has lost all of them and asks by mail. Mail at the start and at half of it says how to stop it. `none`: only an operator removes them.',
    accepts: '`none`, or a whole number from 24 to 720',
    applies: 'mail is sent',
  },
} satisfies SomeSettingTexts
