#!/usr/bin/env node
// The command `janus`: npm scripts run it in a checkout, and `npx janus` runs it, built, where the package is installed.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Stop, WrongUse } from './command.ts'
import { findCommand, renderCommands } from './commands.ts'
import { CONFIG_HELP, commandLine, IS_CHECKOUT, ROOT } from './place.ts'

/** For those who look for wrangler's own option. */
const ENVIRONMENTS = 'To choose an environment of the wrangler configuration, set CLOUDFLARE_ENV.'

process.exitCode = await main(process.argv.slice(2))

/** Runs the command that the words name. Returns the exit code. */
async function main(words: readonly string[]): Promise<number> {
  if (['--help', '-h', 'help'].includes(words[0] ?? '')) {
    console.log(renderCommands())
    return 0
  }
  if (words[0] === '--version') {
    console.log(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).version)
    return 0
  }
  const command = findCommand(words)
  if (!command) {
    const fault = words[0] === undefined ? 'No command.' : `Unknown command: ${words.join(' ')}`
    console.error(`${fault}\n\n${renderCommands()}`)
    return 2
  }
  if (command.instead !== undefined && !IS_CHECKOUT) {
    console.error(`janus ${command.name} runs in a checkout of Janus only. ${command.instead}`)
    return 2
  }
  const { help, run } = await command.load()
  const args = words.slice(command.name.split(' ').length)
  if (args.includes('--help') || args.includes('-h')) {
    console.log(help)
    return 0
  }
  try {
    return await run(args)
  } catch (failure) {
    if (failure instanceof WrongUse) {
      const advice = asksForEnvironment(failure) && help.includes(CONFIG_HELP) ? `\n${ENVIRONMENTS}` : ''
      console.error(`${failure.message}${advice}\nThe options are in: ${commandLine(command.name, '--help')}`)
    } else console.error(failure instanceof Error ? failure.message : failure)
    return failure instanceof Stop ? failure.exitCode : 2
  }
}

function asksForEnvironment({ message }: WrongUse): boolean {
  return /^(?:Unknown option '(?:--env|-e)'|--env is for )/.test(message)
}
