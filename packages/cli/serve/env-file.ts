import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { Stop } from '../command.ts'

/** Returns the environment with the settings of a file below it. @throws Stop If the file cannot be read. */
export function readSettings(file: string | undefined): NodeJS.Dict<string> {
  return { ...(file === undefined ? {} : parseFile(file)), ...process.env }
}

function parseFile(file: string): NodeJS.Dict<string> {
  try {
    return parseEnv(readFileSync(file, 'utf8'))
  } catch {
    throw new Stop(`${file} cannot be read.`, 2)
  }
}
