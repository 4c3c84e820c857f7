// Run in a project that has installed the package: asks a Janus whose PostgreSQL nobody answers for, and prints what it says.
import { Buffer } from 'node:buffer'
import { registerHooks } from 'node:module'

const WORKERS =
  'export const env = {}; export const waitUntil = () => {}; export class WorkerEntrypoint {} export class DurableObject {}'

registerHooks({
  resolve: (name, context, next) =>
    name === 'cloudflare:workers'
      ? { url: `data:text/javascript,${encodeURIComponent(WORKERS)}`, shortCircuit: true }
      : next(name, context),
})

// What Workers have and this Node may lack.
Uint8Array.prototype.toBase64 ??= function (options) {
  return Buffer.from(this).toString(options?.alphabet ?? 'base64')
}
Uint8Array.fromBase64 ??= (text) => new Uint8Array(Buffer.from(text, 'base64'))

const { createJanus } = await import('janus')
const { createPostgres } = await import('janus/postgres')

const env = {
  ISSUER: 'https://auth.example.com',
  AUTH_SECRET: 'Xr7VhmM0v3dEWdC1sPpT6uJqgB9oYkZfLwNaQ2iHtE4',
  DATABASE: 'postgres',
  SESSION_COPIES: 'none',
  HYPERDRIVE: { connectionString: 'postgres://nobody@127.0.0.1:1/none' },
  LOGIN_LIMIT: { limit: async () => ({ success: true }) },
}
const janus = createJanus(env, { createDatabase: createPostgres })
const response = await janus.request('/login', {
  method: 'POST',
  headers: { 'Content-Type': 'application/json', 'CF-Connecting-IP': '198.51.100.7' },
  body: JSON.stringify({ email: 'ada@example.com', password: 'a long passphrase', mode: 'token' }),
})
const { type } = await response.json()
console.log(`${response.status} ${type.slice(type.lastIndexOf('/') + 1)}`)
process.exit()
