import { encodeBase64url } from '../crypto/base64url'
import { sha256 } from '../crypto/sha256'
import { open } from '../guards/open-route'
import { Hono } from '../http/hono'
import { Problem } from '../http/problem'

/** They have no version in their names; a browser asks again after this, and is told if nothing has changed. */
export const ASSET_MAX_AGE_SECONDS = 600

/** The file that holds the accent and the CSS of the operator. */
export const BRAND_STYLES = 'brand.css'

/** A file that a page loads, minified. */
export interface AssetFile {
  readonly type: string
  readonly etag: string
  readonly text: string
}

/** Serves the files that pages load. They come with the code, so an app that mounts Janus binds nothing for them. */
export function assetRoutes(files: ReadonlyMap<string, AssetFile>, brandStyles: string | null = null) {
  return new Hono().get('/assets/:file', open, async (c) => {
    const name = c.req.param('file')
    const file = name === BRAND_STYLES ? await brandFile(brandStyles) : files.get(name)
    if (!file) throw new Problem('not-found')
    const { type, etag, text } = file
    c.header('Cache-Control', `public, max-age=${ASSET_MAX_AGE_SECONDS}`)
    c.header('ETag', etag)
    return isKnown(c.req.header('If-None-Match'), etag)
      ? c.body(null, 304)
      : c.body(text, 200, { 'Content-Type': type })
  })
}

/** Returns whether a browser has the file (RFC 9110 §13.1.2). Whoever compresses it on the way marks its tag as weak. */
function isKnown(tags: string | undefined, etag: string): boolean {
  return tags?.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag) ?? false
}

async function brandFile(text: string | null): Promise<AssetFile | null> {
  if (text === null) return null
  const hash = encodeBase64url(await sha256(new TextEncoder().encode(text))).slice(0, 22)
  return { type: 'text/css; charset=utf-8', etag: `"${hash}"`, text }
}
