import { COMMANDS } from '../../packages/cli/commands.ts'

const HEADING = `<!-- Generated from packages/cli: npm run docs:reference -->

# Command line

\`janus\` is one command. In a checkout, npm scripts run it; where the package is installed, it is \`npx janus\`, without \`start\` and \`example\`.
\`npx janus --help\` lists the commands. Each prints its help with \`--help\`, shown here as in a checkout.

Exit codes: 0 for success, 1 for a fault that the command found, 2 for wrong options or if the command could not run.
`

/** Returns docs/reference/cli.md: each command with its help. */
export async function renderCommandLine(): Promise<string> {
  const sections = await Promise.all(
    COMMANDS.map(async ({ name, summary, instead, load }) => {
      const { help } = await load()
      const place =
        instead === undefined
          ? `\`npx janus ${name}\` where the package is installed.`
          : 'In a checkout only.'
      return `\n## ${name}\n\n${summary.replace(' (checkout only)', '')}. ${place}\n\n\`\`\`text\n${help}\n\`\`\`\n`
    }),
  )
  return [HEADING, ...sections].join('')
}
