import { tableIn } from './as-written.ts'
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
import { type Finding, ok, warning } from './finding.ts'

/** Checks everything about a configuration that needs no network. */
export function diagnose(deployment: Deployment, plan: Plan): readonly Finding[] {
  const { config, target } = deployment
  const findings = [...checkEnvironment(deployment), ...checkSettings(deployment), ...checkWorker(deployment)]
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

/** Says which of the environments was checked, where the configuration has any. */
function checkEnvironment({ wrangler, file }: Deployment): readonly Finding[] {
  const { definedEnvironments = [], targetEnvironment } = wrangler
  const [first] = definedEnvironments
  if (first === undefined) return []
  const what = targetEnvironment
    ? `This is the environment ${targetEnvironment} of ${file}: what it lacks goes into ${tableIn(file, `env.${targetEnvironment}`)}.`
    : `These are the settings of ${file} outside its environments (${definedEnvironments.join(', ')}). To check one: CLOUDFLARE_ENV=${first}.`
  return [ok('settings.environment', what)]
}
