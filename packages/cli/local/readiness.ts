import { ask } from './ask.ts'

/** As often as the cron of wrangler.toml. */
export const SWEEP_EVERY_MS = 60_000

/** Sets how long the stores may take to answer. Settings do not change by waiting. */
const STORES_WITHIN_MS = 30_000

interface Report {
  readonly checks?: readonly { readonly name: string; readonly ok: boolean; readonly detail?: string }[]
}

/** Does what the cron does on a deployed Worker, by its name; `wrangler dev` does not run it by itself. */
export function sweep(origin: string): void {
  ask(`${origin}/cdn-cgi/local/scheduled?cron=*+*+*+*+*`).catch(() => null)
}

/** Waits until a local service is ready. Returns no lines then, or the reasons why it will not be. */
export async function waitUntilReady(issuer: string): Promise<readonly string[]> {
  const patientUntil = Date.now() + STORES_WITHIN_MS
  for (;;) {
    const answer = await ask(`${issuer}/readyz`).catch(() => null)
    if (answer?.ok) return []
    const report = answer && parseReport(answer.body)
    const faults = report?.checks?.filter(({ ok }) => !ok) ?? []
    const isSetting = faults.some(({ name }) => name !== 'd1' && name !== 'kv')
    if (isSetting || (faults.length > 0 && Date.now() > patientUntil)) {
      return faults.map(({ name, detail }) => `  ${detail ?? name}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}

function parseReport(body: string): Report | null {
  try {
    return JSON.parse(body)
  } catch {
    return null
  }
}
