/**
 * Where a form may send its user afterwards: a path on this origin, or `fallback`.
 *
 * Allowed is what starts with one slash and holds nothing that a browser or proxy would read as the start of
 * another authority: no second slash, no backslash, no control character, no dot segment, no encoded slash
 * (OWASP ASVS 5.0 §3.7.2). The URL parser has the last word.
 */
export function safeReturnTo(target: string | undefined, origin: string, fallback: string): string {
  if (target === undefined || !/^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(target)) return fallback
  if (/\/\/|%2f|%5c|\/\.\.?([/;?#]|$)|%2e/i.test(target.replace(/[?#].*$/s, ''))) return fallback
  const url = new URL(target, origin)
  return url.origin === origin ? `${url.pathname}${url.search}${url.hash}` : fallback
}
