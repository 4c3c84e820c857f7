// Serves what test/smoke/build-worker.ts has built, with what `npm start` sets, on the runtime that wrangler brings. One process serves,
// beside workerd: a start takes a quarter of the CPU time of `npm start`.
//
// usage: node test/smoke/serve-worker.ts FOLDER PORT STATE ISSUER [NAME:value ...]
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { convertV4MiniflareOptions, Miniflare } from 'miniflare'
import { localVars } from '../../packages/cli/local/local-vars.ts'
import { waitUntilReady } from '../../packages/cli/local/readiness.ts'

const [folder = '', port, state = '', issuer = '', ...pairs] = process.argv.slice(2)
const worker = JSON.parse(readFileSync(join(folder, 'worker.json'), 'utf8'))
// OUTBOUND is no setting of Janus: the server, as workerd calls one, that answers what the Worker fetches.
const { OUTBOUND, ...settings } = Object.fromEntries(
  pairs.map((pair) => [pair.slice(0, pair.indexOf(':')), pair.slice(pair.indexOf(':') + 1)]),
)

const miniflare = new Miniflare(
  convertV4MiniflareOptions({
    host: 'localhost',
    port: Number(port),
    resourcePersistencePath: join(state, 'v3'),
    logRequests: false,
    // /cdn-cgi/local/scheduled runs what the cron runs.
    unsafeTriggerHandlers: true,
    handleStructuredLogs: ({ message }) => console.log(message),
    workers: [
      {
        ...worker,
        name: 'janus',
        modulesRoot: join(folder, 'bundle'),
        modules: [{ type: 'ESModule', path: join(folder, 'bundle/index.js') }],
        bindings: { ...worker.bindings, ...localVars(issuer), ...settings },
        ...(OUTBOUND === undefined ? {} : { outboundService: 'outside' }),
      },
      ...(OUTBOUND === undefined ? [] : [outside(JSON.parse(OUTBOUND))]),
    ],
  }),
)
await miniflare.ready
const reasons = await waitUntilReady(issuer)
if (reasons.length > 0) throw new Error(reasons.join('\n'))
console.log(`Janus is ready: ${issuer}`)

/** Passes on what it is given to a server, to which workerd speaks TLS. */
function outside(external: object) {
  return {
    name: 'outside',
    compatibilityDate: worker.compatibilityDate,
    modules: true,
    script: 'export default { fetch: (request, env) => env.SERVER.fetch(request) }',
    serviceBindings: { SERVER: { external } },
  }
}
