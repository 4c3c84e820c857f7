import * as v from 'valibot'
import { checkVisibleText } from '../identity/visible-text'
import type { ScopeTexts } from './scope-texts'

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
