/** What an attacker who knows the account would try first: words no password may be made of. */
export function passwordContext(
  account: { readonly email: string; readonly name: string | null },
  serviceHost: string,
): readonly string[] {
  const localPart = account.email.slice(0, account.email.lastIndexOf('@'))
  return [account.email, localPart, account.name ?? '', serviceHost, 'janus']
}
