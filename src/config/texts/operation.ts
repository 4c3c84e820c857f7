import type { SomeSettingTexts } from './setting-text.ts'

export const OPERATION_TEXTS = {
  WEBHOOK_URL: {
    meaning: 'Where Janus sends [events](../guides/events.md), each as a signed `POST`.',
    accepts: '`none`, or an `https://` URL; `http://` only on this machine',
  },
  WEBHOOK_SECRET: {
    meaning:
      'Signs events. It is a secret: name it in `[secrets]` of `wrangler.toml`, too. To rotate it, put the new one in front: `new,old`.',
    accepts: 'one or more, newest first, separated by commas; each `whsec_` and the base64 of 24 to 64 bytes',
    applies: '`WEBHOOK_URL` is not `none`',
    secret: {
      sample: 'replace with whsec_ and 32 random bytes',
      how: 'echo "whsec_$(openssl rand -base64 32)"',
      always: false,
      standIn: 'whsec_c3RhbmQgaW4gZm9yIHRoZSBkb2N0b3IgYWxvbmUhISE=',
    },
  },
  AUDIT_RETENTION_DAYS: {
    meaning: 'How many whole days of the audit trail are kept.',
  },
  LOG_SUCCESS_PERCENT: {
    meaning:
      'The percentage of successful requests that are logged. Refusals and failures are always logged.',
  },
  PLAYGROUND: {
    meaning:
      '`on` serves `/playground`, which shows both modes side by side, what is stored and what each call costs. `npm start` sets it.',
    applies: '`ISSUER` is on this machine; elsewhere `on` is refused',
  },
} satisfies SomeSettingTexts
