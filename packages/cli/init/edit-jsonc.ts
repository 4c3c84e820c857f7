import { applyEdits, modify, type ParseError, parse } from 'jsonc-parser'
import type { Lack, WorkerConfig } from './needs.ts'

const PARSING = { allowTrailingComma: true }

/** Parses wrangler.json or wrangler.jsonc. @throws If it is malformed. */
export function parseJsonc(text: string): WorkerConfig {
  const errors: ParseError[] = []
  const parsed: unknown = parse(text, errors, PARSING)
  const [first] = errors
  if (first || typeof parsed !== 'object' || parsed === null) {
    const line = text.slice(0, first?.offset ?? 0).split('\n').length
    throw new Error(`it is not valid JSON near line ${line}`)
  }
  return parsed as WorkerConfig
}

/** Returns the text with what it lacks. Comments and the rest of the text stay as they are. */
export function addToJsonc(text: string, lacks: readonly Lack[]): string {
  return lacks.reduce(addOne, text)
}

function addOne(text: string, lack: Lack): string {
  const formattingOptions = indentationOf(text)
  if (lack.kind === 'key')
    return applyEdits(text, modify(text, [lack.name], lack.value, { formattingOptions }))
  const path = lack.table === '' ? [lack.name] : [lack.table, lack.name]
  if (lack.kind === 'member') return applyEdits(text, modify(text, path, lack.value, { formattingOptions }))
  const present = path.reduce<unknown>(
    (value, name) => (value as Record<string, unknown> | undefined)?.[name],
    parse(text, [], PARSING),
  )
  const edits = Array.isArray(present)
    ? modify(text, [...path, present.length], lack.value, { formattingOptions, isArrayInsertion: true })
    : modify(text, path, [lack.value], { formattingOptions })
  return applyEdits(text, edits)
}

function indentationOf(text: string) {
  const [, indent = '  '] = /\n([ \t]+)\S/.exec(text) ?? []
  const eol = text.includes('\r\n') ? '\r\n' : '\n'
  return { insertSpaces: !indent.startsWith('\t'), tabSize: indent.length, eol }
}
