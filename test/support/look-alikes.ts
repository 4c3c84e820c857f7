/** Lists the characters that `String.prototype.trim` strips and a browser does not (RFC 6265 §5.2), except those that no header can hold: CR and LF. */
export const TRIMMED_BY_STRINGS_ALONE = Array.from({ length: 0x10000 }, (_, code) =>
  String.fromCharCode(code),
)
  .filter((character) => character.trim() === '')
  .filter((character) => !' \t\r\n'.includes(character))

/** As in `U+00A0`. */
export function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`
}
