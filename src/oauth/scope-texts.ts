import * as v from 'valibot'
import { checkVisibleText } from '../identity/visible-text'

/** Says in words what scopes allow, as the operator wrote it: one text, or one for each language. */
export type ScopeTexts = Readonly<Record<string, string | Readonly<Record<string, string>>>>

const Text = v.pipe(
  v.string(),
  v.trim(),
  v.minLength(1),
  v.maxLength(200),
  v.check((text) => checkVisibleText(text) === null),
)

const Texts = v.record(v.string(), v.union([Text, v.record(v.string(), Text)]))

/** Reads the texts of scopes from JSON, or returns `null`. */
export function parseScopeTexts(json: string): ScopeTexts | null {
  try {
    const read = v.safeParse(Texts, JSON.parse(json))
    return read.success ? read.output : null
  } catch {
    return null
  }
}

/** Returns the text of a scope in a language, else in English, or `null` if the operator wrote none. */
export function scopeText(texts: ScopeTexts, scope: string, language: string): string | null {
  const text = Object.hasOwn(texts, scope) ? texts[scope] : undefined
  if (text === undefined || typeof text === 'string') return text ?? null
  return text[language] ?? text.en ?? null
}
