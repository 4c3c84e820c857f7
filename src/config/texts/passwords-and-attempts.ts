import type { SomeSettingTexts } from './setting-text.ts'

export const PASSWORD_TEXTS = {
  PASSWORD_MIN_LENGTH: {
    meaning:
      'The least number of code points of a new password. NIST SP 800-63B-4 asks for 15 where a password is the only factor. Less than 15 takes `createShortPasswords`.',
  },
  PASSWORD_ITERATIONS: {
    meaning:
      'The iterations of PBKDF2-HMAC-SHA-256 for each hash, which decide its CPU time. OWASP asks for 600,000.',
  },
  BREACH_CHECK: {
    meaning:
      'Whether new passwords are looked up at Have I Been Pwned, which gets five digits of a hash and never the password. If it does not answer in 800 ms, the password is accepted and the failure is logged. See [passwords](../explain/passwords.md#breached-passwords).',
    default: '`on`; `off` where `ISSUER` is on this machine',
  },
  TURNSTILE_SITE_KEY: {
    meaning:
      'Turns on Cloudflare Turnstile: registration, a forgotten password, a sign-in link and, after failures, a sign-in take the token of a [challenge](../guides/bots.md).',
    accepts: '`none`, or the site key of a widget',
  },
  TURNSTILE_SECRET_KEY: {
    meaning: 'Verifies the tokens. It is a secret: name it in `[secrets]` of `wrangler.toml`, too.',
    accepts: "the secret key of the widget; Cloudflare's test keys only where `ISSUER` is on this machine",
    applies: '`TURNSTILE_SITE_KEY` is not `none`',
    secret: {
      sample: 'replace with the secret key of the widget',
      how: 'the dashboard of Cloudflare, under Turnstile',
      always: false,
    },
  },
  FREE_ATTEMPTS: {
    meaning: 'How many failed attempts count at the same time before the first delay.',
  },
  MAX_ATTEMPTS: {
    meaning:
      'How many failed attempts count at the same time before no more are let through. Each counts for a day.',
  },
  MAX_ATTEMPT_DELAY_SECONDS: {
    meaning: 'The longest delay between attempts.',
  },
} satisfies SomeSettingTexts
