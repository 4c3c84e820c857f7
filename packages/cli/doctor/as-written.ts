import type { Unstable_Config } from 'wrangler'

/** Holds what a configuration of wrangler may say. */
type Value = string | boolean | readonly Value[] | { readonly [name: string]: Value }

/**
 * Returns a line of a configuration as its file writes it: `crons = ["* * * * *"] in [triggers]`, or
 * `"triggers": { "crons": ["* * * * *"] }` where it is JSON.
 *
 * @param table As in `observability.logs`; `''` for the top.
 */
export function asWritten(file: string, table: string, name: string, value: Value): string {
  if (!isJson(file)) return `${name} = ${inToml(value)}${table && ` in [${table}]`}`
  const path = table === '' ? [] : table.split('.')
  return path.reduceRight((inner, outer) => `"${outer}": { ${inner} }`, `"${name}": ${inJson(value)}`)
}

/** Returns how a file names a table: `[vars]`, or `"vars"` where it is JSON. */
export function tableIn(file: string, name: string): string {
  return isJson(file) ? `"${name}"` : `[${name}]`
}

/** Returns the command that sets a secret of a Worker. */
export function putSecret({ targetEnvironment }: Unstable_Config, name: string): string {
  return `npx wrangler secret put ${name}${targetEnvironment ? ` --env ${targetEnvironment}` : ''}`
}

function isJson(file: string): boolean {
  return /\.jsonc?$/.test(file)
}

const inToml = (value: Value): string => inline(value, (name) => `${name} = `)
const inJson = (value: Value): string => inline(value, (name) => `"${name}": `)

function inline(value: Value, key: (name: string) => string): string {
  if (Array.isArray(value)) return `[${value.map((one) => inline(one, key)).join(', ')}]`
  if (typeof value !== 'object') return JSON.stringify(value)
  return `{ ${Object.entries(value)
    .map(([name, member]) => key(name) + inline(member, key))
    .join(', ')} }`
}
