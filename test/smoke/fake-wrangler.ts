// Stands in for wrangler where there is no account: notes what it is asked, and answers as `answers.json` beside wrangler.toml says.
import { appendFileSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

interface Answer {
  readonly code?: number
  readonly stdout?: string
  readonly stderr?: string
  /** Does not end by itself. */
  readonly hangs?: boolean
}

const command = process.argv.slice(2, process.argv.indexOf('--config'))
const folder = dirname(process.argv.at(-1) ?? '')
const answers = JSON.parse(readFileSync(join(folder, 'answers.json'), 'utf8')) as Record<string, Answer>

appendFileSync(join(folder, 'calls.jsonl'), `${JSON.stringify(command)}\n`)
const secretsAt = command.indexOf('--secrets-file')
if (secretsAt >= 0) {
  const path = command[secretsAt + 1] ?? ''
  const seen = { path, mode: statSync(path).mode & 0o777, text: readFileSync(path, 'utf8') }
  writeFileSync(join(folder, 'secrets-seen.json'), JSON.stringify(seen))
}

const name = Object.keys(answers).find((start) => command.join(' ').startsWith(start)) ?? ''
const { code = 0, stdout = '', stderr = '', hangs = false } = answers[name] ?? {}
process.stdout.write(stdout)
process.stderr.write(stderr)
process.exitCode = code
if (hangs) setInterval(() => {}, 60_000)
