// Reads code as far as an insertion needs: what is text or comment in it, and where a bracket is closed.

const TEXT_OR_COMMENT =
  /\/\/.*|\/\*[\s\S]*?\*\/|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\[\s\S]|[^`\\])*`/g

/** Returns code without its comments. */
export function withoutComments(source: string): string {
  return source.replace(TEXT_OR_COMMENT, (part) => (part.startsWith('/') ? '' : part))
}

/** Returns code without its comments, and with no other text in quotes than `/`. */
export function withoutTexts(source: string): string {
  return source.replace(TEXT_OR_COMMENT, (part) => {
    if (part.startsWith('/')) return ''
    return part.slice(1, -1) === '/' ? part : "''"
  })
}

/** Returns code as long, with blanks for texts and comments: a bracket in one closes nothing. */
export function blankTexts(source: string): string {
  return source.replace(TEXT_OR_COMMENT, (part) => ' '.repeat(part.length))
}

const CLOSING: Readonly<Record<string, string>> = { '(': ')', '<': '>', '{': '}' }

/** Returns where the bracket that opens here is closed, or -1. The arrow of a function closes nothing. */
export function closingBracket(source: string, open: number): number {
  const opening = source[open] ?? ''
  let depth = 0
  for (let index = open; index < source.length; index++) {
    if (source[index] === opening) depth += 1
    if (source[index] === CLOSING[opening] && source.slice(index - 1, index + 1) !== '=>') depth -= 1
    if (depth === 0) return index
  }
  return -1
}
