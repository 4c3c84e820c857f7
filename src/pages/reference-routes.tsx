import { raw } from 'hono/html'
import { open } from '../guards/open-route'
import { Hono } from '../http/hono'
import { PACKED_OPENAPI, PACKED_REFERENCE } from './asset-files'
import { ASSET_MAX_AGE_SECONDS } from './asset-routes'
import type { Frame } from './frame'
import { Layout } from './layout'
import { answerPage, pageContext } from './page-context'

/** Creates the routes of the contract, for programs and for people. Both are made by tools/openapi.ts. */
export function referenceRoutes(frame: Frame) {
  const { config } = frame
  return new Hono()
    .get('/openapi.json', open, async (c) => {
      const document: object = JSON.parse(await unpack(PACKED_OPENAPI))
      c.header('Cache-Control', `public, max-age=${ASSET_MAX_AGE_SECONDS}`)
      c.header('Access-Control-Allow-Origin', '*')
      c.header('Cross-Origin-Resource-Policy', 'cross-origin')
      return c.json({ ...document, servers: [{ url: config.issuer }] })
    })

    .get('/docs', open, async (c) => {
      const context = pageContext(c, frame)
      const { title, intro, forPrograms } = context.texts.reference
      const content = await unpack(PACKED_REFERENCE)
      const page = (
        <Layout context={context} title={title} wide styleSheet="/assets/reference">
          <div class="title">
            <h1>{title}</h1>
            <p class="intro">
              {intro} <a href={`${context.basePath}/openapi.json`}>{forPrograms}</a>
            </p>
          </div>
          {raw(content)}
        </Layout>
      )
      return answerPage(c, context, page)
    })
}

/** Returns the text that tools/page-assets.ts has packed. */
async function unpack(packed: string): Promise<string> {
  const bytes = new Blob([Uint8Array.fromBase64(packed)])
  return new Response(bytes.stream().pipeThrough(new DecompressionStream('gzip'))).text()
}
