import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'smol-toml'

/** A random secret that opens nothing. */
export const SAMPLE_SECRET = 'q0Wq3n8yH1tZkP5sVxR7uLcJdF2aGmBeY6oTiN9-hXE'

/** Returns a folder that goes with the temporary files of the run. */
export function makeFolder(): string {
  return mkdtempSync(join(tmpdir(), 'janus-config-'))
}

/** Returns the wrangler.toml that a page of docs/start shows. */
export function documentedToml(page: string): string {
  const text = readFileSync(`docs/start/${page}.md`, 'utf8')
  const [, toml = ''] = /^```toml\n(.*?)^```/ms.exec(text) ?? []
  return toml
}

/** Writes a wrangler.toml to a folder of its own; what it names in Janus's folder is named there. */
export function writeToml(toml: string): { readonly folder: string; readonly configPath: string } {
  const folder = makeFolder()
  const configPath = join(folder, 'wrangler.toml')
  const here = process.cwd()
  const placed = toml
    .replaceAll('"node_modules/janus/dist/migrations"', `"${here}/src/storage/d1/migrations"`)
    .replaceAll('"src/storage/d1/migrations"', `"${here}/src/storage/d1/migrations"`)
    .replaceAll('directory = "assets"', `directory = "${here}/assets"`)
  writeFileSync(configPath, placed)
  return { folder, configPath }
}

/** Returns the same, for a Worker that is Janus alone. */
export function writeOwnToml(toml: string): { readonly folder: string; readonly configPath: string } {
  return writeToml(toml.replace('main = "src/index.ts"', `main = "${process.cwd()}/src/index.ts"`))
}

/** Writes the same configuration as JSON, to a folder of its own. */
export function rewriteAsJson({ configPath }: { readonly configPath: string }): {
  readonly configPath: string
} {
  const inJson = join(makeFolder(), 'wrangler.jsonc')
  writeFileSync(inJson, JSON.stringify(parse(readFileSync(configPath, 'utf8'))))
  return { configPath: inJson }
}
