import { SETTING_TEXTS } from '../../src/config/setting-texts'

const HEADING = `# The secrets of Janus: the "Deploy to Cloudflare" button asks for each line that is not a comment. Janus refuses the values
# here. Locally \`npm start\` and \`npx wrangler dev\` make .dev.vars by themselves. Every setting: docs/reference/configuration.md
`

/** Returns .dev.vars.example: each secret with a value that Janus refuses, commented out unless every deployment needs it. */
export function renderExample(): string {
  const lines = Object.entries(SETTING_TEXTS).flatMap(([name, { secret, applies }]) => {
    if (!secret) return []
    const line = `${name}="${secret.sample}" # ${secret.how}`
    const where = applies
      ? `\n# Where ${applies.replaceAll('`', '')}; name it in [secrets] of wrangler.toml, too.\n`
      : ''
    return [`${where}${secret.always ? '' : '# '}${line}\n`]
  })
  return [HEADING, ...lines].join('')
}
