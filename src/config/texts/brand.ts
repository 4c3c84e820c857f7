import type { SomeSettingTexts } from './setting-text.ts'

export const BRAND_TEXTS = {
  BRAND_NAME: {
    meaning: 'The name of the service in mails and on pages.',
    accepts: 'at most 64 visible characters in one line',
    default: 'the host of `ISSUER`',
  },
  BRAND_LOGO_URL: {
    meaning:
      'An image that replaces the name on pages. Janus serves a path below its own (`/logo.svg`, `/auth/logo.svg`) from `ASSETS`; your site serves any other.',
    accepts: '`none`, an `https://` URL, or a path on this origin',
  },
  BRAND_ACCENT: {
    meaning:
      'The colour of links and main buttons, on pages and in mails. Janus refuses one with less contrast than WCAG AA asks for (4.5:1). Without a second one, dark pages have the first, lightened.',
    accepts: '`none`, a colour as `#rrggbb`, or two: `#0b6659 #6dcdb9` for light and for dark pages',
  },
  BRAND_TERMS_URL: {
    meaning: 'Your terms. Every page links to them.',
    accepts: '`none`, an `https://` URL, or a path on this origin',
  },
  BRAND_PRIVACY_URL: {
    meaning: 'Your privacy policy. Every page links to it.',
    accepts: '`none`, an `https://` URL, or a path on this origin',
  },
  OWN_PAGES: {
    meaning:
      'Pages of yours in place of those of Janus. Janus redirects browsers there, and links in mails lead there. See [pages of your own](../guides/customising-pages.md#pages-of-your-own).',
    accepts:
      '`none`, or pairs separated by commas: `/login=/sign-in, /password/reset=https://app.example.com/new-password#`. The URL is on the origin of `ISSUER`, `APP_URL` or `ALLOWED_ORIGINS`',
  },
} satisfies SomeSettingTexts
