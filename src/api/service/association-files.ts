import type { Context } from 'hono'
import type { SignedInEnv } from '../../guards/auth-env'
import { open } from '../../guards/open-route'
import { Hono } from '../../http/hono'
import { Problem } from '../../http/problem'
import { androidAssociation, appleAssociation } from '../../passkeys/native-apps'
import type { Services } from '../../services'

/** Apple and Google ask again a day later at the latest; an app that was listed by mistake must not stay for long. */
const MAX_AGE_SECONDS = 60 * 60

/** Creates the files that tell systems which native apps may use passkeys of this domain. Systems look at the root of its host, and follow no redirect. */
export function associationRoutes({ config }: Pick<Services, 'config'>) {
  const { passkeyRpId, passkeyAppleApps, passkeyAndroidApps } = config
  const answer = (c: Context, setting: string, apps: readonly unknown[], document: object) => {
    if (passkeyRpId === null || apps.length === 0) {
      const why = passkeyRpId === null ? 'passkeys are off' : `${setting} lists none`
      throw new Problem('not-found', { detail: `This service names no apps, because ${why}.` })
    }
    c.header('Cache-Control', `public, max-age=${MAX_AGE_SECONDS}`)
    c.header('Cross-Origin-Resource-Policy', 'cross-origin')
    return c.json(document)
  }
  return new Hono<SignedInEnv>()
    .get('/.well-known/apple-app-site-association', open, (c) =>
      answer(c, 'PASSKEY_APPLE_APPS', passkeyAppleApps, appleAssociation(passkeyAppleApps)),
    )
    .get('/.well-known/assetlinks.json', open, (c) =>
      answer(c, 'PASSKEY_ANDROID_APPS', passkeyAndroidApps, androidAssociation(passkeyAndroidApps)),
    )
}
