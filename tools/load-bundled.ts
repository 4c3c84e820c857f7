import { createRequire } from 'node:module'
import { join } from 'node:path'
import { compileFunction } from 'node:vm'
import { buildSync } from 'esbuild'

const ROOT = join(import.meta.dirname, '..')
const require = createRequire(import.meta.url)

/** Loads a module that imports from src. The sources import each other without extensions, as bundlers do and Node does not. */
export function loadBundled<Module>(entry: string): Module {
  const { outputFiles } = buildSync({
    entryPoints: [join(ROOT, entry)],
    absWorkingDir: ROOT,
    bundle: true,
    write: false,
    format: 'cjs',
    platform: 'node',
    logLevel: 'error',
  })
  const module = { exports: {} as Module }
  const run = compileFunction(outputFiles[0]?.text ?? '', ['module', 'require'], { filename: entry })
  run(module, require)
  return module.exports
}
