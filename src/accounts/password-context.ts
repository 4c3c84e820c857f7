/** What an attacker who knows the account would try first: words no password may be made of. */
export function passwordContext(
  account: { readonly email: string; readonly name: string | null },
  serviceHost: string,
): readonly string[] {
  return [account.email, account.name ?? '', serviceHost, 'janus']
}
