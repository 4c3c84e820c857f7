import { janusApp } from './servers/janus-app.ts'
import { worker } from './servers/worker.ts'

/** Janus on D1 and KV. */
export default worker((bindings) => janusApp(bindings))
