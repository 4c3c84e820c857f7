import type { SomeSettingTexts } from './setting-text.ts'

export const ORIGIN_TEXTS = {
  AUTH_MODE: {
    meaning:
      '`session` offers a cookie, `token` offers JWTs, `both` offers either. Credentials of a mode that is not offered are rejected.',
  },
  ALLOWED_ORIGINS: {
    meaning:
      'Other origins whose pages may call Janus. A form may return to them, too. The log names an origin that is refused (`origin-refused`).',
    accepts:
      '`none`, or origins separated by commas, each as the browser or web view sends it: `https://app.example.com`, `capacitor://localhost`',
  },
  APP_URL: {
    meaning:
      'Where your app is. The brand on each page leads there, and so do sign-in, sign-out and "Continue" without a `return_to`. `none` means the home page of Janus.',
    accepts: '`none`, or an `https://` URL; `http://` only on this machine',
  },
  PASSKEY_RP_ID: {
    meaning:
      'The domain that passkeys are made for. Browsers offer a passkey on this domain and below it. Changing it makes every passkey unusable. `none` turns passkeys off.',
    accepts: 'the host of `ISSUER`, a domain above it that is not a public suffix, or `none`',
    default: 'the host of `ISSUER`; `none` where that is an IP address',
  },
  PASSKEY_ORIGINS: {
    meaning: 'Other origins whose pages and apps may register and use passkeys, beside that of `ISSUER`.',
    accepts:
      '`none`, or origins separated by commas: `https://app.example.com`, or `android:apk-key-hash:` and the hash for an Android app',
    applies: '`PASSKEY_RP_ID` is not `none`',
  },
  PASSKEY_APPLE_APPS: {
    meaning:
      'Apps for Apple systems that may use passkeys. Janus lists them in `/.well-known/apple-app-site-association`. See [native apps](../guides/native-apps.md#passkeys).',
    accepts: '`none`, or apps separated by commas, each a team and a bundle: `ABCDE12345.com.example.app`',
    applies: '`PASSKEY_RP_ID` is not `none`',
  },
  PASSKEY_ANDROID_APPS: {
    meaning:
      'Android apps that may use passkeys. Janus lists them in `/.well-known/assetlinks.json`, and accepts the origin that each fingerprint makes.',
    accepts:
      '`none`, or apps separated by commas, each a package and the SHA-256 fingerprint of the certificate that signs it: `com.example.app:AB:CD:…`, 32 pairs in capital letters',
    applies: '`PASSKEY_RP_ID` is not `none`',
  },
} satisfies SomeSettingTexts
