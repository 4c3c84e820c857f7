import type { SomeSettingTexts } from './setting-text.ts'

export const TOKEN_TEXTS = {
  ACCESS_TOKEN_LIFETIME_SECONDS: {
    meaning: 'How long an access token is valid. Without a live check it cannot be revoked earlier.',
    applies: '`AUTH_MODE` is `token` or `both`',
  },
  REFRESH_IDLE_SECONDS: {
    meaning:
      'A refresh token that is not used for this long ends its session. It must not be shorter than `ACCESS_TOKEN_LIFETIME_SECONDS`.',
    applies: '`AUTH_MODE` is `token` or `both`',
  },
  REFRESH_REUSE_SECONDS: {
    meaning:
      'How long after its own rotation a used refresh token still returns the current one. Later it ends the session.',
    applies: '`AUTH_MODE` is `token` or `both`',
  },
  JWT_ALG: {
    meaning: 'How access tokens are signed. `HS256` is for a closed system: it publishes no key set.',
    applies: '`AUTH_MODE` is `token` or `both`',
  },
  AUDIENCE: {
    meaning:
      'The `aud` of access tokens. Set it to keep your APIs out of the routes of Janus, which then take the `account_token` alone ([why](../explain/decisions/0046-janus-is-an-audience-of-its-own.md)).',
    accepts: 'at most 512 bytes',
    applies: '`AUTH_MODE` is `token` or `both`',
    default: '`ISSUER`',
  },
  KEY_ROTATION_DAYS: {
    meaning: 'A signing key gets a successor after this many days. With 0, age never rotates it.',
    applies: '`JWT_ALG` is `ES256` or `EdDSA`',
  },
} satisfies SomeSettingTexts
