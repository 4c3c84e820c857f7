import { SECTIONS, type SETTING_TEXTS } from '../../src/config/setting-texts'
import { SETTING_ROWS } from '../../src/config/settings'
import { BINDING_TEXTS } from '../../src/config/texts/bindings'
import { SOCIAL_TEXTS } from '../../src/config/texts/social'

const HEADING = `<!-- Generated from src/config/settings.ts and src/config/texts: npm run docs:configuration -->

# Configuration

Settings are in \`[vars]\` of \`wrangler.toml\`, and secrets in \`npx wrangler secret put NAME\`; on your machine, secrets are in \`.dev.vars\`, or in \`.env.local\` if the project has an \`.env\` and no \`.dev.vars\`. Where the configuration has \`secrets.required\`, name each secret there, too: wrangler reads no others from these files. Janus names every
fault at once and serves nothing until there is none. \`GET /readyz\` and \`npm run doctor\` say the same. No message shows a value.
`

type Row = (typeof SETTING_ROWS)[number][1]
type Text = (typeof SETTING_TEXTS)[keyof typeof SETTING_TEXTS]

/** Returns docs/reference/configuration.md: every setting with its default, its bounds and what it means, and every binding. */
export function renderReferencePage(): string {
  const rows = new Map(SETTING_ROWS)
  const sections = Object.entries(SECTIONS).map(([section, texts]) => {
    const lines = Object.entries<Text>(texts).flatMap(([name, text]) => {
      const row = rows.get(name)
      return row ? [renderSetting(name, row, text)] : []
    })
    return `\n## ${section}\n\n${HEADER}${lines.join('')}`
  })
  const bindings = Object.entries(BINDING_TEXTS).map(([name, text]) => `| \`${name}\` | ${text} |\n`)
  return [
    HEADING,
    ...sections,
    renderSocial(),
    `\n## Bindings\n\n| binding | meaning |\n| --- | --- |\n`,
    ...bindings,
  ].join('')
}

const HEADER = '| setting | default | values | meaning |\n| --- | --- | --- | --- |\n'

function renderSetting(name: string, row: Row, text: Text): string {
  const applies = text.applies ? ` Applies where ${text.applies}.` : ''
  return `| \`${name}\` | ${defaultOf(name, row, text)} | ${valuesOf(row, text)} | ${text.meaning}${applies} |\n`
}

function defaultOf(name: string, row: Row, text: Text): string {
  if (text.default) return text.default
  if (row.default === undefined) return 'none; required'
  if (typeof row.default !== 'number') return `\`${row.default}\``
  const span = name.endsWith('_SECONDS') ? spanOf(row.default) : null
  return `${row.default}${span ? ` (${span})` : ''}`
}

/** Returns a count of seconds as people say it, or `null` where that says no more. */
function spanOf(seconds: number): string | null {
  const [unit, size] = seconds >= 86_400 ? ['days', 86_400] : ['minutes', 60]
  return seconds > size && seconds % size === 0 ? `${seconds / size} ${unit}` : null
}

function valuesOf({ parse }: Row, { accepts }: Text): string {
  if (accepts) return accepts
  if (parse.range) return parse.range.join(' to ')
  if (parse.words) return parse.words.map((word) => `\`${word}\``).join(', ')
  throw new Error('A setting says neither its values nor its bounds')
}

const SOCIAL_HEADING = `
## Social login

Read only where \`createJanus\` is given \`createSocialLogin\` ([guide](../guides/social-login.md)). \`SOCIAL_PROVIDERS\` lists the providers in the order of
their buttons: \`google\`, \`github\`, \`microsoft\`, \`apple\`, and names of your own. Its default is \`none\`. Each provider has the settings below: its name stands in
capitals, with \`_\` for a hyphen. A name of your own is an OpenID provider, as \`acme\` is here.

| name | default | values | meaning |
| --- | --- | --- | --- |
`

const OAUTH_SECTION = `
## Authorization server

Read only where \`createJanus\` is given \`createProvider\` ([guide](../guides/authorization-server.md)).

| name | default | values | meaning |
| --- | --- | --- | --- |
| **OAUTH_SERVER** | \`off\` | \`on\`, \`off\` | Whether Janus gives other apps tokens. Takes session mode, pages, and another \`JWT_ALG\` than HS256. |
| **OAUTH_RESOURCES** | \`none\` | \`none\`, or for each service its \`https://\` URL (\`http://\` only for localhost) and its scopes, separated by spaces; services separated by commas | The services that take the tokens, and their scopes. No scope may be one of OpenID Connect, or read like \`openid\` or \`offline_access\`, such as \`OpenID\` or \`offline-access\`. |
| **OAUTH_CLIENTS** | \`documents\` | \`registered\`, \`documents\`, \`open\` | Which apps may ask people: those that you registered; also those whose \`client_id\` is the URL of a document about them; also those that register themselves. |
| **API_KEYS** | \`off\` | \`on\`, \`off\` | Whether people make API keys for \`OAUTH_RESOURCES\` ([guide](../guides/api-keys.md)). |
| **OAUTH_SCOPE_TEXTS** | \`none\` | \`none\`, or a JSON object: for each scope a text, or texts by language | What scopes allow, in words, on the pages. |
`

/** Returns the settings of social login, which have no rows in settings.ts. */
function renderSocial(): string {
  const lines = Object.entries(SOCIAL_TEXTS).flatMap(([kind, texts]) => {
    const name = kind === 'issuer' ? 'ACME' : kind.toUpperCase()
    return Object.entries(texts).map(([end, { meaning, accepts, default: fallback, secret }]) => {
      const words = secret ? `${meaning} A secret.` : meaning
      return `| **SOCIAL_${name}_${end}** | ${fallback ?? 'none; required'} | ${accepts} | ${words} |\n`
    })
  })
  return SOCIAL_HEADING + lines.join('') + OAUTH_SECTION
}
