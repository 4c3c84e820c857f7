import { open } from '../guards/open-route'
import { Hono } from '../http/hono'
import { Problem } from '../http/problem'
import { reach } from '../runtime/outage'
import type { Services } from '../services'
import { ASSET_MAX_AGE_SECONDS } from './asset-routes'

/** Returns the path of the logo below the base path if Janus serves it, or `null` if it is elsewhere: the site's, or on another host. */
function logoPath({ brandLogoUrl, basePath }: Services['config']): string | null {
  return brandLogoUrl?.startsWith(`${basePath}/`) ? brandLogoUrl.slice(basePath.length) : null
}

function isPicture(file: Response | undefined): file is Response {
  // guard: a logo is a picture
  return file?.status === 200 && (file.headers.get('Content-Type')?.startsWith('image/') ?? false)
}

/**
 * Serves the logo from the files in `ASSETS` where `BRAND_LOGO_URL` is a path that belongs to Janus: every path below that of `ISSUER`.
 * Nothing else of those files is served by it.
 */
export function logoRoute({ assets, config }: Pick<Services, 'assets' | 'config'>) {
  const routes = new Hono()
  const path = logoPath(config)
  if (path === null) return routes
  return routes.get(path, open, async (c) => {
    const find = (place: string) =>
      reach('ASSETS', async () => assets?.fetch(new Request(new URL(place, config.origin))))
    const own = await find(path)
    // The files of an app have the paths of its site.
    const file = isPicture(own) ? own : await find(`${config.basePath}${path}`)
    if (!isPicture(file)) throw new Problem('not-found')
    const response = c.newResponse(file.body, file)
    response.headers.set('Cache-Control', `public, max-age=${ASSET_MAX_AGE_SECONDS}`)
    return response
  })
}
