/** Says in words what scopes allow, as the operator wrote it: one text, or one for each language. */
export type ScopeTexts = Readonly<Record<string, string | Readonly<Record<string, string>>>>

/** Returns the text of a scope in a language, else in English, or `null` if the operator wrote none. */
export function scopeText(texts: ScopeTexts, scope: string, language: string): string | null {
  const text = Object.hasOwn(texts, scope) ? texts[scope] : undefined
  if (text === undefined || typeof text === 'string') return text ?? null
  return text[language] ?? text.en ?? null
}
