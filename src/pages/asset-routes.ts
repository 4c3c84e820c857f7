import { Hono } from 'hono'
import { Problem } from '../http/problem'
import { ASSET_FILES } from './asset-files'

/** They have no version in their names; a browser asks again after this, and is told if nothing has changed. */
export const ASSET_MAX_AGE_SECONDS = 600

/** What the pages load. It comes with the code, so an app that mounts Janus binds nothing for it. */
export function assetRoutes() {
  return new Hono().get('/assets/:file', (c) => {
    const file = ASSET_FILES.get(c.req.param('file'))
    if (!file) throw new Problem('not-found')
    const { type, etag, text } = file
    c.header('Cache-Control', `public, max-age=${ASSET_MAX_AGE_SECONDS}`)
    c.header('ETag', etag)
    return isKnown(c.req.header('If-None-Match'), etag)
      ? c.body(null, 304)
      : c.body(text, 200, { 'Content-Type': type })
  })
}

/** Whether a browser has the file (RFC 9110 §13.1.2). Whoever compresses it on the way marks its tag as weak. */
function isKnown(known: string | undefined, etag: string): boolean {
  return known?.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag) ?? false
}
