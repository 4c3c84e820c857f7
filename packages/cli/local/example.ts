// Serves examples/notes and Janus beside it, as one `wrangler dev`.
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { readOptions } from '../command.ts'
import { ensureMigrated } from '../migrate/migrate-local.ts'
import { commandLine, ROOT } from '../place.ts'
import { holdState, makeLocalVars, parsePort, readSecret, requireFreePort, serve } from './local-wrangler.ts'

export const help = `Serve the notes of examples/notes, and Janus under /auth of the same host.

  ${commandLine('example', '[options]')}

  --port N       serve on http://localhost:N (8787)
  --state DIR    keep the databases and KV in DIR (.wrangler/example)
  --help         print this`

const NOTES = 'examples/notes/wrangler.toml'
const JANUS = 'examples/notes/janus.toml'

export async function run(args: readonly string[]): Promise<number> {
  const { port, state } = readOptions(() => {
    const {
      values: { port, state },
    } = parseArgs({
      args: [...args],
      options: {
        port: { type: 'string', default: '8787' },
        state: { type: 'string', default: join(ROOT, '.wrangler/example') },
      },
    })
    return { state, port: parsePort(port) }
  })
  const url = `http://localhost:${port}`
  const issuer = `${url}/auth`
  holdState(
    state,
    `The example at ${url}`,
    commandLine('example', `--port ${port + 1} --state .wrangler/example-${port + 1}`),
  )
  await requireFreePort(port, 'example')
  makeLocalVars()
  // One after the other: both keep their list of databases in the same file, and the second would find it locked now and then.
  await ensureMigrated(join(ROOT, JANUS), resolve(ROOT, state))
  await ensureMigrated(join(ROOT, NOTES), resolve(ROOT, state), 'NOTES')
  // `--var` reaches the first Worker. The other reads its settings and its secret from the environment.
  serve(
    ['-c', NOTES, '-c', JANUS, '--port', String(port), '--persist-to', state, '--var', `ISSUER:${issuer}`],
    { ISSUER: issuer, AUTH_SECRET: readSecret() },
  )
  await announce(url, issuer)
  return 0
}

async function announce(url: string, issuer: string) {
  while (!(await fetch(`${issuer}/readyz`).catch(() => null))?.ok) {
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  console.log(`\nThe notes are ready: ${url}\n\n  What to try: examples/README.md. Stop with Ctrl-C.\n`)
}
