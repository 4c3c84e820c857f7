import { Hono } from 'hono'
import { Problem } from '../http/problem'
import { reach } from '../outage'
import type { Services } from '../services'

/** They have no version in their names; a browser asks again after this, and is told if nothing has changed. */
export const ASSET_MAX_AGE_SECONDS = 600

/** What the pages load. Janus answers under its own base path, wherever that is, and the platform has the files. */
export function assetRoutes({ assets, config }: Pick<Services, 'assets' | 'config'>) {
  return new Hono().get('/assets/:file', async (c) => {
    const file = c.req.param('file')
    if (!/^[a-z-]+\.(css|js)$/.test(file)) throw new Problem('not-found')
    const known = c.req.header('If-None-Match')
    const headers = known === undefined ? {} : { 'If-None-Match': known }
    const found = await reach('ASSETS', async () =>
      assets?.fetch(new Request(new URL(`/${file}`, config.origin), { headers })),
    )
    if (!found || (found.status !== 200 && found.status !== 304)) throw new Problem('not-found')
    const response = c.newResponse(found.body, found)
    response.headers.set('Cache-Control', `public, max-age=${ASSET_MAX_AGE_SECONDS}`)
    return response
  })
}
