import { connect } from 'cloudflare:sockets'
import type { Connect } from './conversation'

/** Connects from a Worker. Workers refuse private addresses in production. */
export const workersConnect: Connect = (address, { tls }) =>
  connect(address, { secureTransport: tls ? 'on' : 'off', allowHalfOpen: false })
