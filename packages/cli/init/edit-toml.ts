import { parse } from 'smol-toml'
import type { Element, Lack, WorkerConfig } from './needs.ts'

/** Parses wrangler.toml. @throws If it is malformed. */
export function parseToml(text: string): WorkerConfig {
  return parse(text)
}

/**
 * Returns the text with what it lacks. No library changes TOML and keeps its comments, so each addition is one insertion: into the table or
 * array where there is one, and otherwise at the end. The caller parses the result and compares.
 */
export function addToToml(text: string, lacks: readonly Lack[]): string {
  const start = text === '' || text.endsWith('\n') ? text : `${text}\n`
  return lacks.reduce(addOne, start)
}

function addOne(text: string, lack: Lack): string {
  if (lack.kind === 'key') return `${lack.name} = ${inline(lack.value)}\n${text}`
  if (lack.kind === 'member') return addMember(text, lack.table, `${lack.name} = ${inline(lack.value)}`)
  const value = inline(lack.value)
  if (lack.table === '') {
    return (
      insertAfter(text, topArray(lack.name), ` ${value},`) ??
      `${text}\n[[${lack.name}]]\n${rows(lack.value)}\n`
    )
  }
  return (
    insertAfter(text, nestedArray(lack.table, lack.name), `${value}, `) ??
    addMember(text, lack.table, `${lack.name} = [${value}]`)
  )
}

/** Adds a line to a table, which may be inline, or makes the table. */
function addMember(text: string, table: string, line: string): string {
  const inlineTable = new RegExp(`^[ \\t]*${table}[ \\t]*=[ \\t]*\\{`, 'm')
  const empty = new RegExp(`${inlineTable.source}[ \\t]*(?=\\})`, 'm')
  return (
    insertAfter(text, new RegExp(`^[ \\t]*\\[${table}\\][ \\t]*(?:#.*)?\\r?\\n`, 'm'), `${line}\n`) ??
    insertAfter(text, empty, ` ${line} `) ??
    insertAfter(text, inlineTable, ` ${line},`) ??
    `${text}\n[${table}]\n${line}\n`
  )
}

/** Matches `name = [`, whose elements may be on the lines below. */
function topArray(name: string): RegExp {
  return new RegExp(`^[ \\t]*${name}[ \\t]*=[ \\t]*\\[`, 'm')
}

/** Matches an array in a table, which may be inline. */
function nestedArray(table: string, name: string): RegExp {
  const inTable = `^[ \\t]*\\[${table}\\][^\\[]*?\\n[ \\t]*${name}[ \\t]*=[ \\t]*\\[`
  const inInline = `^[ \\t]*${table}[ \\t]*=[ \\t]*\\{[^}\\n]*?${name}[ \\t]*=[ \\t]*\\[`
  return new RegExp(`${inTable}|${inInline}`, 'm')
}

function insertAfter(text: string, pattern: RegExp, addition: string): string | null {
  const found = pattern.exec(text)
  if (!found) return null
  const end = found.index + found[0].length
  return `${text.slice(0, end)}${addition}${text.slice(end)}`
}

function rows(element: Element): string {
  if (typeof element === 'string') return inline(element)
  return Object.entries(element)
    .map(([name, value]) => `${name} = ${inline(value)}`)
    .join('\n')
}

/** Returns a value as TOML, whose strings and numbers are those of JSON. */
function inline(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.entries(value).map(([name, each]) => `${name} = ${inline(each)}`)
  return `{ ${members.join(', ')} }`
}
