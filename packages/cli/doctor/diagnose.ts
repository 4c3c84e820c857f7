import { checkCopies } from './check-copies.ts'
import { checkDatabaseObject } from './check-database-object.ts'
import { checkOrigins } from './check-origins.ts'
import { checkPasskeys } from './check-passkeys.ts'
import { checkPlan, type Plan } from './check-plan.ts'
import { checkSettings } from './check-settings.ts'
import { checkSite } from './check-site.ts'
import { checkSocial } from './check-social.ts'
import { checkWorker } from './check-worker.ts'
import type { Deployment } from './deployment.ts'
import { type Finding, warning } from './finding.ts'

/** Checks everything about a configuration that needs no network. */
export function diagnose(deployment: Deployment, plan: Plan): readonly Finding[] {
  const { config, target } = deployment
  const findings: Finding[] = [...checkSettings(deployment), ...checkWorker(deployment)]
  if (!config) {
    const what = 'Address, origins and cost are not checked until the settings are valid.'
    return [...findings, warning('settings.rest', what, 'Correct the faults above, and run this again.')]
  }
  findings.push(...checkCopies(deployment, config), ...checkDatabaseObject(deployment, config))
  findings.push(...checkSocial(deployment, config))
  if (target === 'local') return [...findings, ...checkOrigins(deployment, config)]
  return [
    ...findings,
    ...checkSite(deployment, config),
    ...checkOrigins(deployment, config),
    ...checkPasskeys(config),
    ...checkPlan(deployment, config, plan),
  ]
}
