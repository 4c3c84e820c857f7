import type { Config } from '../../../src/config/config.ts'
import { SECRET_NAMES, SETTING_TEXTS } from '../../../src/config/setting-texts.ts'
import { BINDING_TEXTS } from '../../../src/config/texts/bindings.ts'
import { SAMPLE_ORIGIN } from '../init/needs.ts'
import { localFile } from '../local/local-vars.ts'
import { commandLine, IS_CHECKOUT, pageOf } from '../place.ts'
import { asWritten, putSecret, tableIn } from './as-written.ts'
import { type Deployment, isSecretName } from './deployment.ts'
import { error, type Finding, ok, warning } from './finding.ts'

/** Checks the settings by `parseConfig`, and names valid settings that are probably a mistake. */
export function checkSettings(deployment: Deployment): readonly Finding[] {
  const { parsed, wrangler, unreadable, config, file } = deployment
  const faults = parsed.ok ? [] : parsed.faults.filter(({ setting }) => !unreadable.includes(setting))
  const findings = faults.map(({ setting, message }) =>
    error(`settings.${setting}`, `${message}.`, fixOf(setting, deployment)),
  )
  for (const name of SECRET_NAMES.filter((secret) => secret in wrangler.vars)) {
    const what = `${name} is in ${tableIn(file, 'vars')} of ${file}, which is committed and readable in the dashboard.`
    const fix = `Remove it, create a new one, and set that as a secret: ${putSecret(wrangler, name)}`
    findings.push(error(`settings.${name}`, what, fix))
  }
  for (const name of unreadable) {
    const what = `${name} is a secret of the Worker, so its value cannot be checked here.`
    const fix = `If it is a setting of Janus, move it to ${tableIn(file, 'vars')} of ${file} and delete the secret.`
    findings.push(warning(`settings.${name}`, what, fix))
  }
  for (const name of findUnused(deployment)) {
    const what = `${name} has no effect on Janus as it is configured.`
    findings.push(warning(`settings.${name}`, what, fixOfUnused(name, file)))
  }
  if (faults.length === 0) findings.push(ok('settings.valid', 'Every setting is valid, and none is missing.'))
  return config ? [...findings, ...judge(config, deployment)] : findings
}

function judge(config: Config, deployment: Deployment): readonly Finding[] {
  const { settings, target, file } = deployment
  const findings = [...checkAppUrl(config, deployment)]
  if (config.mail.carrier === 'none' && config.registration !== 'closed') {
    const what = 'MAILER is none, so people cannot reset a forgotten password or verify an address.'
    findings.push(warning('settings.MAILER', what, `Choose a mailer: ${pageOf('guides/mail.md')}.`))
  }
  const issuesTokens = config.modes.includes('token')
  if (issuesTokens && config.audience === config.issuer) {
    const what =
      'Access tokens are for ISSUER itself (AUDIENCE). Those who verify them must expect that, and can use them at its routes.'
    findings.push(ok('settings.AUDIENCE', what))
  }
  if (!issuesTokens && 'AUDIENCE' in settings) {
    const what = 'AUDIENCE has no effect, because AUTH_MODE is session and there are no tokens.'
    const fix = `Remove it, or offer tokens with ${asWritten(file, 'vars', 'AUTH_MODE', 'both')}.`
    findings.push(warning('settings.AUDIENCE', what, fix))
  }
  if (target === 'deployed' && config.registration === 'open' && config.mail.carrier !== 'none') {
    const what = 'REGISTRATION is open, so accounts are usable before their address is verified.'
    const verified = asWritten(file, 'vars', 'REGISTRATION', 'verified')
    const fix = `Set ${verified} unless you want that. There is a mailer.`
    findings.push(warning('settings.REGISTRATION', what, fix))
  }
  return findings
}

/** Checks where a sign-in to an app that Janus is mounted in leads. */
function checkAppUrl(
  { appUrl, origin, basePath }: Config,
  { settings, unreadable, target, isStandAlone, file }: Deployment,
): readonly Finding[] {
  if (target !== 'deployed' || isStandAlone) return []
  const home = asWritten(file, 'vars', 'APP_URL', `${origin}/`)
  if (appUrl?.startsWith(`${SAMPLE_ORIGIN}/`) && origin !== SAMPLE_ORIGIN) {
    const what = `APP_URL is ${appUrl}, the example that janus init writes, so people who sign in end there.`
    return [error('settings.APP_URL', what, `Set the home page of your app, such as ${home}.`)]
  }
  // At the root of a host, the home page may be that of the app.
  if ('APP_URL' in settings || unreadable.includes('APP_URL') || basePath === '') return []
  const what =
    'APP_URL is not set, so people who sign in or out on a page end on the home page of Janus, which has no link to your app.'
  const fix = `Set the home page of your app, such as ${home}, or none if that is what you want.`
  return [warning('settings.APP_URL', what, fix)]
}

/** Returns settings that nothing reads: a misspelt name, or one of a part that is off. */
function findUnused({ settings, known, isStandAlone }: Deployment): readonly string[] {
  // The app that Janus is mounted in has settings of its own.
  if (!isStandAlone) return []
  return Object.keys(settings).filter((name) => !known.has(name) && !isSecretName(name))
}

const REFERENCE = pageOf('reference/configuration.md')

/** Returns the description of a setting for a terminal, or `null` for an unknown name. Descriptions are of `wrangler.toml`. */
function textOf(name: string, file: string) {
  const [, text = null] = Object.entries(SETTING_TEXTS).find(([setting]) => setting === name) ?? []
  const plain = (markdown: string) =>
    markdown
      .replace(/\[([^\]]+)\]\([^)]+\)/g, '$1')
      .replaceAll('`', '')
      .replaceAll('wrangler.toml', file)
      .replaceAll('[secrets]', tableIn(file, 'secrets'))
  return text && { meaning: plain(text.meaning), applies: text.applies ? plain(text.applies) : null }
}

function fixOfUnused(name: string, file: string): string {
  const applies = textOf(name, file)?.applies
  return applies
    ? `Remove it, or configure what it is for: it applies where ${applies}.`
    : `Check the spelling (${REFERENCE}), or remove it.`
}

function fixOf(setting: string, { target, wrangler, isStandAlone, file, folder }: Deployment): string {
  if (setting in BINDING_TEXTS)
    return `Bind it in ${file}: ${isStandAlone ? pageOf('start/own-host.md') : pageOf('start/add-to-your-worker.md')} has the whole file.`
  if (!isSecretName(setting)) {
    return `Set it in ${tableIn(file, 'vars')} of ${file}. ${textOf(setting, file)?.meaning ?? ''} All settings: ${REFERENCE}`
  }
  if (target === 'deployed') {
    return `${putSecret(wrangler, setting)}; before the first deploy: ${commandLine('deploy', '--secrets-file FILE')}`
  }
  const isNamed = wrangler.secrets?.required?.includes(setting) ?? true
  const name = isNamed
    ? ''
    : `, and name it in ${tableIn(file, 'secrets')} required of ${file}, or wrangler leaves it out`
  return setting === 'AUTH_SECRET'
    ? `Put AUTH_SECRET="…" in ${localFile(folder)}${name}, from: openssl rand -base64 32. Without it, ${commandLine(IS_CHECKOUT ? 'start' : 'dev')} creates one.`
    : `Put it in ${localFile(folder)}${name}.`
}
