// A service on plain Node, 20 or newer: it takes Janus's access tokens, and checks them by the published keys.
import { createServer } from 'node:http'
import { createVerifier } from 'janus/verify'

const { ISSUER = 'http://localhost:8787/auth', PORT = '8788' } = process.env

const verifier = createVerifier({ issuer: ISSUER })

const server = createServer(async (request, response) => {
  // Node's `headers` drop a second Authorization, and a request with two must be refused.
  const verdict = await verifier.authenticate(request.headersDistinct)
  if (!verdict.ok) {
    const { status, headers, body } = verdict.problem
    return send(response, status, { ...headers, 'Content-Type': 'application/problem+json' }, body)
  }
  const { userId, roles } = verdict.principal
  send(response, 200, { 'Content-Type': 'application/json' }, { user_id: userId, roles })
})

/** About who asked, so no cache may keep it. */
function send(response, status, headers, body) {
  response.writeHead(status, { ...headers, 'Cache-Control': 'no-store' }).end(JSON.stringify(body))
}

server.listen(Number(PORT), 'localhost', () => {
  console.log(`Serving on http://localhost:${server.address().port}`)
})
