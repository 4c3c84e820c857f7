/** Says why a text would show people something else than it holds. */
export type TextFault = 'control-character' | 'direction-control' | 'invisible-character'

/** Line breaks and other controls, surrogates without their pair, what begins and ends annotations. */
const CONTROLS = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\ufff9-\ufffb]/u

/** Overrides, embeddings, isolates and marks: they reverse what stands after them, too (Unicode Standard Annex #9). */
const DIRECTION_CONTROLS = /\p{Bidi_Control}/u

/** Holds what has no width of its own, where it changes how its neighbors look, which is what it is for. */
const AT_WORK = new RegExp(
  [
    // Joiners inside a word, as Persian has them, and after the last mark of one, as Malayalam has them (RFC 5892 §A.1 and §A.2).
    String.raw`(?<=[\p{L}\p{M}])[\u200c\u200d](?=[\p{L}\p{M}])`,
    String.raw`(?<=\p{M})[\u200c\u200d](?=\s|$)`,
    // One emoji made of several, and the flags of England, Scotland and Wales (Unicode Technical Standard #51).
    String.raw`(?<=[\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f])\u200d(?=\p{Extended_Pictographic})`,
    String.raw`(?<=\u{1f3f4})[\u{e0020}-\u{e007e}]{1,8}\u{e007f}`,
    // Variants of the character before: emoji, Han characters of Japanese names, Mongolian letters.
    String.raw`(?<=[\p{L}\p{N}\p{P}\p{S}])[\ufe00-\ufe0f\u{e0100}-\u{e01ef}]`,
    String.raw`(?<=\p{Script=Mongolian})[\u180b-\u180d\u180f]`,
  ].join('|'),
  'gu',
)

const INVISIBLE = /\p{Default_Ignorable_Code_Point}/u

/** Braille without a dot is a symbol, and blank. */
const VISIBLE = /(?!\u2800)[\p{L}\p{N}\p{P}\p{S}]/u

/**
 * Checks a text that people are shown, such as a name: returns why it would mislead them, or `null`. Every script is welcome, and so
 * are emoji; blanks alone are no fault.
 */
export function checkVisibleText(text: string): TextFault | null {
  if (CONTROLS.test(text)) return 'control-character'
  // guard: a name reverses nothing
  if (DIRECTION_CONTROLS.test(text)) return 'direction-control'
  if (INVISIBLE.test(text.replace(AT_WORK, ''))) return 'invisible-character'
  return /^\p{White_Space}*$/u.test(text) || VISIBLE.test(text) ? null : 'invisible-character'
}
