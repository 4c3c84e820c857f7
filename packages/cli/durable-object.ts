// The database in a Durable Object, for the commands of an operator: through the entry point `JanusOperator` of the Worker that has it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Stop } from './command.ts'
import { takeCredentials } from './environment.ts'
import { readWorker } from './named-database.ts'
import { commandLine, IS_CHECKOUT, loadWrangler, pageOf } from './place.ts'

/** Runs statements as one transaction and returns the rows of each. */
type Run = (statements: readonly string[]) => Promise<readonly (readonly unknown[])[]>

/** Describes the answers of the entry point (src/wiring/durable-object-operator.ts). */
type Answer = { readonly rows: readonly (readonly unknown[])[] } | { readonly failure: string }

/** A service binding, as wrangler lends it. */
interface Operator {
  fetch(url: string, init: { method: 'POST'; body: string }): Promise<Response>
}

const GUIDE = pageOf('operate/durable-object.md')

/**
 * Lends `use` the database. Wrangler binds the entry point of the deployed Worker with the login of the operator, or that of the Worker
 * which `wrangler dev` serves here.
 *
 * @throws Stop If it does not answer.
 */
export async function withDurableObject<T>(
  configPath: string,
  remote: boolean,
  use: (run: Run) => Promise<T>,
): Promise<T> {
  const { name, account_id, compatibility_date } = await readWorker(configPath)
  const { getPlatformProxy } = await loadWrangler(dirname(configPath))
  if (remote) takeCredentials(dirname(configPath))
  const scratch = mkdtempSync(join(tmpdir(), 'janus-operator-'))
  process.env.CLOUDFLARE_CF_FETCH_ENABLED ??= 'false'
  try {
    const path = join(scratch, 'wrangler.json')
    const service = { binding: 'OPERATOR', service: name, entrypoint: 'JanusOperator', remote }
    const worker = { name: 'janus-operator', account_id, compatibility_date, services: [service] }
    writeFileSync(path, JSON.stringify(worker))
    const { env, dispose } = await getPlatformProxy<{ OPERATOR: Operator }>({
      configPath: path,
      environment: '',
      persist: false,
      remoteBindings: remote,
    }).catch((failure: unknown) => {
      throw new Stop(explain(remote, failure instanceof Error ? failure.message : String(failure)), 2)
    })
    try {
      return await use((statements) => runOn(env.OPERATOR, statements, remote))
    } finally {
      await dispose()
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

async function runOn(operator: Operator, statements: readonly string[], remote: boolean) {
  const body = JSON.stringify(statements.map((text) => ({ text, values: [] })))
  const response = await operator
    .fetch('http://janus.invalid/', { method: 'POST', body })
    .catch((failure: unknown) => failure)
  const text = response instanceof Error ? response.message : await (response as Response).text()
  const answer = parseAnswer(text)
  if (answer === null) throw new Stop(explain(remote, text), 2)
  if ('failure' in answer) throw new Stop(`The database did not answer:\n${answer.failure}`, 2)
  return answer.rows
}

function parseAnswer(text: string): Answer | null {
  try {
    const answer: unknown = JSON.parse(text)
    return typeof answer === 'object' && answer !== null && ('rows' in answer || 'failure' in answer)
      ? (answer as Answer)
      : null
  } catch {
    return null
  }
}

function explain(remote: boolean, reason: string): string {
  const what = remote
    ? `The Worker must be deployed and export JanusOperator (${GUIDE}).`
    : `Your Worker must be served here, and export JanusOperator (${GUIDE}). Run: ${commandLine(IS_CHECKOUT ? 'start' : 'dev')}`
  return `The database did not answer. ${what}\n${reason}`
}
