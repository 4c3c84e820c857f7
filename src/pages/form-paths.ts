import type { AccountForm } from './account-page'

/** A page with forms that post to paths without a page of their own. */
interface FormsOfPage {
  /** Below the base path. */
  readonly page: string
  /** The paths, with `:id` for an id. Each names its form if that comes back with what was wrong, or is `null`. */
  readonly forms: Readonly<Record<string, AccountForm | null>>
}

const PAGES: readonly FormsOfPage[] = [
  {
    page: '/account',
    forms: {
      '/me': 'name',
      '/email/verify/resend': 'resend',
      '/email/change': 'email',
      '/password': 'password',
      '/me/delete': 'deletion',
      '/logout/all': null,
      '/sessions/:id/end': null,
      '/devices/:id/forget': null,
      '/passkeys/:id/rename': null,
      '/passkeys/:id/remove': null,
      '/identities/:id/link': null,
      '/identities/:id/remove': null,
      '/identities/connect': null,
      '/me/totp': null,
      '/me/totp/confirm': null,
      '/me/second-factor/remove': null,
      '/me/recovery-codes': null,
      '/me/second-factor/recovery/cancel': null,
    },
  },
  { page: '/account/api-keys', forms: { '/api-keys': null, '/api-keys/:id/revoke': null } },
  { page: '/reauthenticate', forms: { '/reauthenticate/second-factor': null } },
  {
    page: '/login/second-factor/set-up',
    forms: { '/login/second-factor/set-up/totp': null, '/login/second-factor/set-up/totp/confirm': null },
  },
  { page: '/', forms: { '/logout': null } },
  { page: '/login', forms: { '/login/other': null, '/login/social/:id': null } },
]

/** The page of a form, and its name if it comes back. */
interface FormPlace {
  readonly page: string
  readonly form: AccountForm | null
}

/**
 * Returns the page on which a form stands, or `null` if its path has a page of its own or none. When a form is refused, its path is what
 * the address bar has, so a reload, a bookmark or a second tab asks for it by GET.
 */
export function placeOfForm(path: string): FormPlace | null {
  for (const { page, forms } of PAGES) {
    for (const [pattern, form] of Object.entries(forms)) {
      if (new RegExp(`^${pattern.replace(':id', '[^/]+')}$`).test(path)) return { page, form }
    }
  }
  return null
}
