import { commandLine } from '../place.ts'
import { ask } from './ask.ts'

/** As often as the cron of wrangler.toml. */
export const SWEEP_EVERY_MS = 60_000

/** Sets how long the stores may take to answer. Settings do not change by waiting. */
const STORES_WITHIN_MS = 30_000

const ASK_EVERY_MS = 200

/** Limits how often in turn a Worker may answer without Janus: it is never called lacking in less than thirty seconds of answers. */
const STRANGE_ANSWERS = 30_000 / ASK_EVERY_MS + 1

interface Report {
  readonly status: string
  readonly checks: readonly { readonly name: string; readonly ok: boolean; readonly detail?: string }[]
}

/** Does what the cron does on a deployed Worker, by its name; `wrangler dev` does not run it by itself. */
export function sweep(origin: string): void {
  ask(`${origin}/cdn-cgi/local/scheduled?cron=*+*+*+*+*`).catch(() => null)
}

/** Waits until a local service is ready. Returns no lines then, or the reasons why it will not be. */
export async function waitUntilReady(issuer: string): Promise<readonly string[]> {
  const url = `${issuer}/readyz`
  // Elsewhere something may stand before the Worker, such as a tunnel, and answer until that is there.
  const isWorker = new URL(issuer).hostname === 'localhost'
  const patientUntil = Date.now() + STORES_WITHIN_MS
  let strangeAnswers = 0
  for (;;) {
    const answer = await ask(url).catch(() => null)
    const report = answer && parseReport(answer.body)
    if (report?.status === 'ready') return []
    if (report) {
      strangeAnswers = 0
      const faults = report.checks.filter(({ ok }) => !ok)
      const isSetting = faults.some(({ name }) => name !== 'd1' && name !== 'kv')
      if (isSetting || (faults.length > 0 && Date.now() > patientUntil)) {
        return faults.map(({ name, detail }) => `  ${detail ?? name}`)
      }
    } else if (answer && isWorker) {
      strangeAnswers += 1
      if (strangeAnswers === STRANGE_ANSWERS) return [explainStranger(url, answer.status)]
    }
    await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS))
  }
}

function explainStranger(url: string, status: number): string {
  const what = `  Your Worker answers ${status} at ${url}`
  return status >= 500
    ? `${what}. What it printed is above.`
    : `${what}, so Janus is not mounted there. This shows how: ${commandLine('init')}`
}

/** Returns what Janus says of itself, or `null` if it was not Janus that answered. */
function parseReport(body: string): Report | null {
  try {
    const report = JSON.parse(body)
    return Array.isArray(report?.checks) ? report : null
  } catch {
    return null
  }
}
