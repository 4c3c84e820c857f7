import type { Config } from '../../../src/config/config.ts'
import { commandLine } from '../place.ts'
import type { Deployment } from './deployment.ts'
import { type Finding, ok, warning } from './finding.ts'

const CHECK = 'settings.SESSION_COPIES'

/** Checks where the copies of sessions are, and names surprises. */
export function checkCopies({ wrangler }: Deployment, config: Config): readonly Finding[] {
  if (config.sessionCopies === 'kv') return []
  const findings: Finding[] = [
    checkMark(wrangler.kv_namespaces.some(({ binding }) => binding === 'SESSIONS')),
  ]
  if (config.sessionCopies === 'memory') {
    const what = `Every isolate of a Worker has a memory of its own: a session that one ends is accepted by others for ${config.sessionCopySeconds} seconds.`
    findings.push(warning(CHECK, what, 'On Workers, choose kv, durable-object or none.'))
  }
  if (config.sessionCopies === 'memcached') {
    const what =
      'Memcached has no password and no TLS: anybody who reaches the server can read who is signed in from where, and can delete copies.'
    findings.push(warning(CHECK, what, 'Let nobody but your Workers reach it, or choose Redis with TLS.'))
  }
  return findings
}

function checkMark(isBound: boolean): Finding {
  if (isBound)
    return ok(CHECK, 'SESSIONS holds no copies. It keeps the mark by which a restored database is noticed.')
  const what = 'SESSIONS is not bound, so nothing notices that the database was put back to an earlier state.'
  return warning(CHECK, what, `Bind it, or run ${commandLine('restored', '--remote')} after each restore.`)
}
