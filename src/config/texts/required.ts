import type { SomeSettingTexts } from './setting-text.ts'

export const REQUIRED_TEXTS = {
  ISSUER: {
    meaning:
      'The public base URL of Janus; its path is the base path of every route. `https://NAME.ACCOUNT.workers.dev` to try it out, `https://auth.example.com` on a domain of yours. `npm start` sets it to the local URL.',
    accepts:
      'an `https://` URL in lower case without a trailing slash, at most 512 bytes; `http://` only on this machine, names like `auth.localhost` included',
  },
  AUTH_SECRET: {
    meaning:
      '32 random bytes: `openssl rand -base64 32`. Keep a copy, because passwords cannot be verified without it. To rotate it, put the new one in front: `new,old`.',
    accepts: 'one or more, newest first, separated by commas',
    secret: {
      sample: 'replace-with-32-random-bytes',
      how: 'openssl rand -base64 32',
      always: true,
    },
  },
} satisfies SomeSettingTexts
