import type { Command } from './command.ts'

/** Every command of `janus`, in the order of its help. A new command is one row here. */
export const COMMANDS: readonly Command[] = [
  {
    name: 'init',
    summary: 'Add Janus to an empty folder or to your Hono app',
    load: () => import('./init/init.ts'),
  },
  {
    name: 'dev',
    summary: 'Serve your Worker locally, with a secret, tables and the sweep',
    load: () => import('./local/dev.ts'),
  },
  {
    name: 'serve',
    summary: 'Serve Janus on Node: SQLite, PostgreSQL or memory',
    load: () => import('./serve/serve.ts'),
  },
  {
    name: 'migrate',
    summary: 'Apply the migrations of this version to the database',
    load: () => import('./migrate/migrate.ts'),
  },
  {
    name: 'doctor',
    summary: 'Check the configuration, and name each fault with its fix',
    load: () => import('./doctor/doctor.ts'),
  },
  {
    name: 'deploy',
    summary: 'Check, migrate, deploy, and wait until the service is ready',
    load: () => import('./deploy/deploy.ts'),
  },
  {
    name: 'users',
    summary: 'Show accounts and change them: roles, disable, delete',
    load: () => import('./users/users.ts'),
  },
  {
    name: 'clients',
    summary: 'Register apps that sign people in at Janus',
    load: () => import('./clients/clients.ts'),
  },
  {
    name: 'keys rotate',
    summary: 'Request a new key for signing access tokens',
    load: () => import('./keys/rotate.ts'),
  },
  {
    name: 'restored',
    summary: 'End what was issued before the database was restored',
    load: () => import('./restored/restored.ts'),
  },
  {
    name: 'audit verify',
    summary: 'Verify the hash chain of the audit trail',
    load: () => import('./audit/verify.ts'),
  },
  {
    name: 'export',
    summary: 'Write everything that a database holds into a file',
    load: () => import('./transfer/export.ts'),
  },
  {
    name: 'import',
    summary: 'Fill an empty database from an exported file',
    load: () => import('./transfer/import.ts'),
  },
  {
    name: 'start',
    summary: 'Serve Janus itself locally (checkout only)',
    instead: 'In your project, use: npx janus dev',
    load: () => import('./local/start.ts'),
  },
  {
    name: 'example',
    summary: 'Serve examples/notes with Janus beside it (checkout only)',
    instead: 'The example is not part of the package.',
    load: () => import('./local/example.ts'),
  },
]

/** Returns the command whose name the words begin with. */
export function findCommand(words: readonly string[]): Command | null {
  const isNamed = ({ name }: Command) => name.split(' ').every((word, index) => word === words[index])
  return COMMANDS.find(isNamed) ?? null
}

/** Returns the text of `janus --help`. */
export function renderCommands(): string {
  const width = Math.max(...COMMANDS.map(({ name }) => name.length)) + 2
  const rows = COMMANDS.map(({ name, summary }) => `  ${name.padEnd(width)}${summary}`)
  return `Usage: janus COMMAND [options]\n\n${rows.join('\n')}\n\njanus COMMAND --help lists the options of a command. janus --version prints the version.`
}
