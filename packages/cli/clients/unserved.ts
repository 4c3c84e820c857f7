import type { Target } from '../database.ts'
import { loadOAuth } from '../doctor/janus-itself.ts'
import { readVars } from '../named-database.ts'

/**
 * Returns a sentence on the scopes, and one on the resource, of a new client that `OAUTH_RESOURCES` does not have: most often they are misspelt.
 * Returns none where the setting is invalid, or is not in the configuration, as where the code of the Worker sets it.
 */
export async function findUnserved(
  target: Target,
  { scopes, serves }: { readonly scopes: readonly string[]; readonly serves: string | null },
): Promise<readonly string[]> {
  if (!('configPath' in target)) return []
  const { OAUTH_RESOURCES } = await readVars(
    target.configPath,
    target.flags.includes('--remote') ? 'deployed' : 'here',
  )
  if (OAUTH_RESOURCES === undefined) return []
  const { parseOAuthSettings, OPENID, PERSON_SCOPES, OFFLINE_ACCESS } = await loadOAuth()
  const { resources, faults } = parseOAuthSettings({ OAUTH_RESOURCES })
  if (faults.length > 0) return []
  const uris = resources.map(({ uri }) => uri)
  const offered = [...new Set(resources.flatMap((resource) => resource.scopes))]
  const known: readonly string[] = [...offered, OPENID, ...PERSON_SCOPES, OFFLINE_ACCESS]
  const unknown = scopes.filter((scope) => !known.includes(scope))
  const sentences: string[] = []
  if (unknown.length > 0) {
    const which = `${unknown.length === 1 ? 'scope' : 'scopes'} ${unknown.join(', ')}`
    sentences.push(`OAUTH_RESOURCES has no ${which}. It has the scopes: ${listed(offered)}.`)
  }
  if (serves !== null && !uris.includes(serves))
    sentences.push(`OAUTH_RESOURCES has no resource ${serves}. It has: ${listed(uris)}.`)
  return sentences
}

function listed(words: readonly string[]): string {
  return words.length === 0 ? 'none' : words.join(', ')
}
