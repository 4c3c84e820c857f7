/** Returns whether a text can be the language of somebody's mail, as in `en` or `pt-BR`. Where there are no texts in it, those in English are sent. */
export function isLanguageTag(text: string): boolean {
  return /^[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,3}$/.test(text)
}
