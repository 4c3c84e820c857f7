import type { Config } from '../../../src/config/config.ts'
import { androidAssociation, appleAssociation } from '../../../src/passkeys/native-apps.ts'
import { pageOf } from '../place.ts'
import { error, type Finding, ok } from './finding.ts'

const PATIENCE_MS = 5_000

type Fetch = (url: string, init: RequestInit) => Promise<Response>

type Apps = Pick<Config, 'issuer' | 'passkeyRpId' | 'passkeyAppleApps' | 'passkeyAndroidApps'>

/**
 * Checks that systems find the native apps that may use passkeys: at the root of the domain of the passkeys, which the path of ISSUER, or
 * another host, can keep from Janus.
 */
export function checkAssociations(config: Apps, ask: Fetch = fetch): Promise<readonly Finding[]> {
  const { issuer, passkeyRpId, passkeyAppleApps, passkeyAndroidApps } = config
  const files = [
    [
      'apple-app-site-association',
      'PASSKEY_APPLE_APPS',
      passkeyAppleApps,
      [appleAssociation(passkeyAppleApps)],
    ],
    ['assetlinks.json', 'PASSKEY_ANDROID_APPS', passkeyAndroidApps, androidAssociation(passkeyAndroidApps)],
  ] as const
  return Promise.all(
    files
      .filter(([, , apps]) => passkeyRpId !== null && apps.length > 0)
      .map(async ([file, setting, , parts]) => {
        const url = `https://${passkeyRpId}/.well-known/${file}`
        const fault = await findFault(url, parts, ask)
        if (fault === null) return ok('service.apps', `${url} names the apps of ${setting}.`)
        const own = `${issuer}/.well-known/${file}`
        const fix =
          own === url
            ? `Check that requests for it reach Janus.`
            : `Answer it there, without a redirect, with what Janus answers at ${own}: ${pageOf('guides/native-apps.md')}.`
        return error('service.apps', `${url} ${fault}, so these apps have no passkeys.`, fix)
      }),
  )
}

/** Returns what is wrong with a file, or `null`. The app around Janus may list more in it, such as the links that it opens. */
async function findFault(url: string, parts: readonly object[], ask: Fetch): Promise<string | null> {
  try {
    const response = await ask(url, { redirect: 'manual', signal: AbortSignal.timeout(PATIENCE_MS) })
    if (response.status !== 200) return `answers ${response.status}`
    if (!/^application\/json\b/.test(response.headers.get('Content-Type') ?? ''))
      return 'is not application/json'
    const document = (await response.json()) as unknown
    return parts.every((part) => [document].flat().some((each) => includes(each, part)))
      ? null
      : 'names other apps'
  } catch (failure) {
    if (!(failure instanceof Error)) throw failure
    if (failure.name === 'TimeoutError') return `does not answer within ${PATIENCE_MS / 1000} seconds`
    return failure instanceof SyntaxError ? 'is no JSON' : 'cannot be reached'
  }
}

/** Tells whether a document has everything that a part of it must have. */
function includes(document: unknown, part: unknown): boolean {
  if (Array.isArray(part))
    return Array.isArray(document) && part.every((each) => document.some((other) => includes(other, each)))
  if (typeof part !== 'object' || part === null) return document === part
  return (
    typeof document === 'object' &&
    document !== null &&
    Object.entries(part).every(([name, value]) =>
      includes((document as Record<string, unknown>)[name], value),
    )
  )
}
