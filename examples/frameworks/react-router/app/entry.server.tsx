import { isbot } from 'isbot'
import { renderToReadableStream } from 'react-dom/server'
import { type EntryContext, ServerRouter } from 'react-router'

export default async function render(
  request: Request,
  status: number,
  headers: Headers,
  context: EntryContext,
) {
  const page = await renderToReadableStream(<ServerRouter context={context} url={request.url} />)
  // Programs that read pages for a search get the whole page at once.
  if (isbot(request.headers.get('User-Agent'))) await page.allReady
  headers.set('Content-Type', 'text/html')
  return new Response(page, { status, headers })
}
