import { Hono } from 'hono'
import { raw } from 'hono/html'
import { Problem } from '../http/problem'
import { reach } from '../outage'
import type { Services } from '../services'
import { ASSET_MAX_AGE_SECONDS } from './asset-routes'
import { Layout } from './layout'
import { answerPage, pageContext } from './page-context'

/** Both are for anyone. */
export const REFERENCE_PATHS = ['/openapi.json', '/docs']

/** The contract, for programs and for people. Both are made by scripts/openapi.ts. */
export function referenceRoutes({ assets, config }: Pick<Services, 'assets' | 'config'>) {
  async function read(file: string): Promise<Response> {
    const found = await reach('ASSETS', async () => assets?.fetch(new Request(new URL(file, config.origin))))
    if (found?.status !== 200) throw new Problem('not-found')
    return found
  }

  return new Hono()
    .get('/openapi.json', async (c) => {
      const document = await (await read('/openapi.json')).json<object>()
      c.header('Cache-Control', `public, max-age=${ASSET_MAX_AGE_SECONDS}`)
      c.header('Access-Control-Allow-Origin', '*')
      c.header('Cross-Origin-Resource-Policy', 'cross-origin')
      return c.json({ ...document, servers: [{ url: config.issuer }] })
    })

    .get('/docs', async (c) => {
      const context = pageContext(c, config)
      const { title, intro, forPrograms } = context.texts.reference
      // The platform drops the ending of a page from its path.
      const content = await (await read('/reference-content')).text()
      const page = (
        <Layout context={context} title={title} wide styleSheet="reference">
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
