import type { SOCIAL_SETTINGS } from '../social-settings.ts'

type Ends = { readonly [Kind in keyof typeof SOCIAL_SETTINGS]: keyof (typeof SOCIAL_SETTINGS)[Kind] }

interface SocialText {
  readonly meaning: string
  readonly accepts: string
  /** Absent: the setting is required. */
  readonly default?: string
  /** It must not stand in a file that is committed. */
  readonly secret?: true
}

type SocialTexts = { readonly [Kind in keyof Ends]: { readonly [End in Ends[Kind]]: SocialText } }

const CLIENT = {
  CLIENT_ID: { meaning: 'The id that the provider gave your client.', accepts: 'visible ASCII' },
  CLIENT_SECRET: { meaning: 'Its secret.', accepts: 'visible ASCII', secret: true },
} as const

/** The words of the settings of social login, by provider and the end of the name. Words are not in social-settings.ts, which Workers carry. */
export const SOCIAL_TEXTS: SocialTexts = {
  google: CLIENT,
  github: CLIENT,
  microsoft: {
    ...CLIENT,
    TENANTS: {
      meaning: 'Whose accounts sign in: all, those of organizations, personal ones, or those of tenants.',
      accepts: '`common`, `organizations`, `consumers`, or ids of tenants separated by commas',
      default: '`common`',
    },
  },
  apple: {
    CLIENT_ID: { meaning: 'The id of your Services ID.', accepts: 'visible ASCII' },
    TEAM_ID: { meaning: 'The id of your team.', accepts: 'visible ASCII' },
    KEY_ID: { meaning: 'The id of the key for Sign in with Apple.', accepts: 'visible ASCII' },
    PRIVATE_KEY: {
      meaning: 'The key. Janus signs a client secret with it for each request.',
      accepts: 'the `.p8` file; `\\n` counts as a line break',
      secret: true,
    },
  },
  issuer: {
    ISSUER: {
      meaning: 'Your OpenID provider, exactly as its discovery document says.',
      accepts: 'an `https://` URL (`http://` only for localhost)',
    },
    ...CLIENT,
    LABEL: { meaning: 'Its name on buttons.', accepts: 'at most 64 visible characters', default: 'the name' },
    DOMAINS: {
      meaning: 'Domains for whose addresses the provider is authoritative. Others are verified by mail.',
      accepts: '`none`, or domains separated by commas',
      default: '`none`',
    },
    HOSTS: {
      meaning: 'Hosts of its endpoints, if they are not on the host of the issuer. Janus calls no others.',
      accepts: '`none`, or hosts separated by commas',
      default: '`none`',
    },
  },
}
