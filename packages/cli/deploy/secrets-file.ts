import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseEnv } from 'node:util'

export type Secrets = Readonly<Record<string, string>>

/** Reads secrets as wrangler does: JSON, or lines of `NAME=value`. @throws If it is neither, or has something else than text. */
export function readSecretsFile(path: string): Secrets {
  const text = readFileSync(path, 'utf8')
  const read: unknown = text.trimStart().startsWith('{') ? parseJson(text, path) : parseEnv(text)
  const entries = Object.entries(read as object).map(([name, value]) => {
    if (typeof value !== 'string') throw new Error(`${name} in ${path} is not text`)
    return [name, value] as const
  })
  return Object.fromEntries(entries)
}

/** Parses JSON without the parser's own message, which would quote the text. */
function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new Error(`${path} is not valid JSON`)
  }
}

/**
 * Lends secrets to `use` as a file that only this user can read, and removes it whatever happens: wrangler takes those of a first
 * deploy in no other way. Without secrets there is no file, and `use` gets `null`.
 */
export async function withSecretsFile<T>(
  secrets: Secrets,
  use: (path: string | null) => Promise<T>,
): Promise<T> {
  if (Object.keys(secrets).length === 0) return use(null)
  // Of mode 700 by itself.
  const folder = mkdtempSync(join(tmpdir(), 'janus-secrets-'))
  try {
    // JSON, because in lines of NAME=value wrangler lets the environment override what stands in the file.
    const path = join(folder, 'secrets.json')
    writeFileSync(path, JSON.stringify(secrets), { mode: 0o600, flag: 'wx' })
    return await use(path)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
