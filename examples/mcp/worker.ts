import { Hono } from 'hono'
import { type ProtectedResourceEnv, protectedResource, refuseScope } from 'janus/verify'

interface Settings {
  readonly ISSUER: string
  readonly RESOURCE: string
}

const TOOLS = [
  {
    name: 'add_note',
    description: 'Keeps a note for the person who is signed in.',
    inputSchema: { type: 'object', properties: { text: { type: 'string' } }, required: ['text'] },
  },
]

/** Makes the server once its settings are known. */
function createServer({ ISSUER: issuer, RESOURCE: resource }: Settings) {
  const app = new Hono<ProtectedResourceEnv>()
  app.use(protectedResource({ issuer, resource, scopes: ['notes:read', 'notes:write'] }))
  app.post('/mcp', async (c) => {
    const { id, method, params } = await c.req.json()
    const answer = (result: object) => c.json({ jsonrpc: '2.0', id, result })
    if (id === undefined) return c.body(null, 202)
    if (method === 'initialize')
      return answer({
        protocolVersion: params.protocolVersion,
        capabilities: { tools: {} },
        serverInfo: { name: 'notes', version: '1' },
      })
    if (method === 'ping') return answer({})
    if (method === 'tools/list') return answer({ tools: TOOLS })
    if (method === 'tools/call')
      return (
        refuseScope(c, 'notes:write') ??
        answer({
          content: [{ type: 'text', text: `Kept for ${c.var.caller.userId}: ${params.arguments.text}` }],
        })
      )
    return c.json({ jsonrpc: '2.0', id, error: { code: -32601, message: 'There is no such method.' } })
  })
  return app
}

let server: ReturnType<typeof createServer> | null = null

export default {
  fetch(request: Request, env: Settings) {
    server ??= createServer(env)
    return server.fetch(request)
  },
}
