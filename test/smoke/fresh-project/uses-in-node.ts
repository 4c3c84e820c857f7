// Compiled, never run: the types of `janus/verify` on Node, without Hono and without a browser's types.
import { createServer } from 'node:http'
import { createVerifier } from 'janus/verify'

const verifier = createVerifier({ issuer: 'https://example.com/auth', log: (line) => console.error(line) })

createServer(async (request, response) => {
  const verdict = await verifier.authenticate(request.headers)
  const same = await verifier.authenticate(request.headersDistinct)
  response.end(verdict.ok && same.ok ? verdict.principal.userId : 'nobody')
})
// @ts-expect-error A token is not the headers.
verifier.authenticate('Bearer abc')
