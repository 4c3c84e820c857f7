/** The pages on which the forms stand that post to a path without a page of its own, below the base path. */
const PAGES: Readonly<Record<string, string>> = {
  '/me': '/account',
  '/me/delete': '/account',
  '/password': '/account',
  '/email/change': '/account',
  '/email/verify/resend': '/account',
  '/logout': '/',
  '/logout/all': '/account',
  '/login/other': '/login',
}

/**
 * Returns the page that stands for the path of a form, or `null` if the path has a page of its own or none. When a form is refused, its
 * path is what the address bar has, so a reload, a bookmark or a second tab asks for it by GET.
 */
export function pageOfForm(path: string): string | null {
  if (/^\/(sessions\/[^/]+\/end|devices\/[^/]+\/forget)$/.test(path)) return '/account'
  return Object.hasOwn(PAGES, path) ? (PAGES[path] ?? null) : null
}
