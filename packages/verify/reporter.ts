/** Writes one line about what keeps this service from knowing callers. Holds no secret. */
export type ReportLine = (line: string) => void

/** Says why nobody can be let in: each reason once, until things go well again. */
export interface Reporter {
  report(reason: string): void
  /** Things go well: the same reason is worth a line when it comes back. */
  recovered(): void
}

export function createReporter(write: ReportLine = (line) => console.error(line)): Reporter {
  const reported = new Set<string>()
  return {
    report(reason) {
      if (reported.has(reason)) return
      reported.add(reason)
      write(`janus/verify: ${reason}`)
    },
    recovered: () => reported.clear(),
  }
}

/** Returns why a call failed, in the words of whatever failed. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'an unknown error'
  const cause = error.cause instanceof Error ? ` (${error.cause.message})` : ''
  return `${error.name}: ${error.message}${cause}`.slice(0, REASON_MAX_LENGTH)
}

const REASON_MAX_LENGTH = 300
