import { createPages } from '../../../src/wiring/create-pages'
import { createProvider } from '../../../src/wiring/create-provider'
import { BENCH_CLIENT } from './bench-client'
import { janusApp } from './janus-app.ts'
import { worker } from './worker.ts'

/** Janus as an authorization server, on D1 and KV. `POST /prepare` registers the app. */
export default worker((bindings) =>
  janusApp(bindings, { createPages, createProvider }).post('/prepare', async (c) => {
    await bindings.DB.batch(BENCH_CLIENT.map((statement) => bindings.DB.prepare(statement)))
    return c.json({ done: true })
  }),
)
