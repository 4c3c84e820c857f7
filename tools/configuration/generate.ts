import { SETTING_TEXTS } from '../../src/config/setting-texts'
import { BINDING_TEXTS } from '../../src/config/texts/bindings'
import { renderExample } from './example'
import { renderReferencePage } from './reference-page'

/** Returns the text of each file that is generated from the settings, by its path. */
export function generateConfiguration(packageJson: string): Readonly<Record<string, string>> {
  return {
    'docs/reference/configuration.md': renderReferencePage(),
    '.dev.vars.example': renderExample(),
    'package.json': describeDeployBindings(packageJson),
  }
}

/** Replaces the descriptions that the deploy button shows. Which names it shows is written in package.json. */
function describeDeployBindings(packageJson: string): string {
  const manifest = JSON.parse(packageJson)
  for (const [name, binding] of Object.entries<{ description: string }>(manifest.cloudflare.bindings)) {
    binding.description = descriptionOf(name)
  }
  return `${JSON.stringify(manifest, null, 2)}\n`
}

function descriptionOf(name: string): string {
  const meanings = Object.entries(SETTING_TEXTS).map(([setting, { meaning }]) => [setting, meaning])
  const { [name]: description } = Object.fromEntries([...meanings, ...Object.entries(BINDING_TEXTS)])
  if (!description) throw new Error(`package.json describes ${name}, which is no setting and no binding`)
  return description
}
