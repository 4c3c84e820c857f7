// What commands need of Janus itself, in a checkout. In the package, janus-itself.built.ts takes the place of this file.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildSync } from 'esbuild'
import type * as OAuthSettings from '../../../src/config/oauth-settings.ts'
import type { parseConfig as ParseConfig } from '../../../src/config/parse-config.ts'
import type * as SocialSettings from '../../../src/config/social-settings.ts'
import type * as Scopes from '../../../src/oauth/scopes.ts'
import { ROOT } from '../place.ts'

/** Loads `parseConfig`. src/ is written for a bundler, so it has to be bundled for Node to load it. */
export async function loadParseConfig(): Promise<typeof ParseConfig> {
  return (await load('config/parse-config')).parseConfig
}

/** Loads what reads the settings of social login, which `parseConfig` does not know. */
export async function loadSocialSettings(): Promise<typeof SocialSettings> {
  return load('config/social-settings')
}

/** Loads what reads the settings of the authorization server, and the scopes of OpenID Connect. */
export async function loadOAuth(): Promise<typeof OAuthSettings & typeof Scopes> {
  return { ...(await load('config/oauth-settings')), ...(await load('oauth/scopes')) }
}

const loaded = new Map<string, ReturnType<typeof bundleAndLoad>>()

/** Bundles a module once in a process. */
function load(name: string) {
  const known = loaded.get(name) ?? bundleAndLoad(name)
  loaded.set(name, known)
  return known
}

async function bundleAndLoad(name: string) {
  const { outputFiles } = buildSync({
    entryPoints: [join(ROOT, `src/${name}.ts`)],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'neutral',
  })
  const code = Buffer.from(outputFiles[0]?.contents ?? '').toString('base64')
  return import(/* @vite-ignore */ `data:text/javascript;base64,${code}`)
}

/** Returns the compatibility date that Janus is tested with. */
export function testedDate(): string {
  const [, date] =
    /^compatibility_date = "(.+)"$/m.exec(readFileSync(join(ROOT, 'wrangler.toml'), 'utf8')) ?? []
  if (date === undefined) throw new Error('wrangler.toml has no compatibility_date')
  return date
}
