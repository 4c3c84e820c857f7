import { spawn } from 'node:child_process'
import { dirname } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { findWrangler } from './place.ts'

export interface Run {
  readonly code: number
  /** Without colours; empty where it was shown. */
  readonly stdout: string
  /** Without colours. */
  readonly stderr: string
}

/**
 * Runs one command of wrangler on a wrangler.toml. It has no terminal to ask questions at, so it never waits for an answer.
 * `shown`: what it prints goes to the terminal of the command.
 */
export type Wrangler = (command: readonly string[], output?: 'shown') => Promise<Run>

export interface WranglerOptions {
  /** Locates wrangler.toml. */
  readonly configPath: string
  /** The project, where wrangler runs; unless given, the folder of the configuration. */
  readonly folder?: string
  /** A Node script in place of wrangler. */
  readonly script?: string
  /** Ends a command that runs. */
  readonly signal?: AbortSignal
}

export function createWrangler({
  configPath,
  folder = dirname(configPath),
  script = findWrangler(folder),
  signal,
}: WranglerOptions): Wrangler {
  // A copy of the configuration has what the environment had, and no environments.
  const place = ['--config', configPath, ...(dirname(configPath) === folder ? [] : ['--env', ''])]
  return (command, output) =>
    new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [script, ...command, ...place], {
        cwd: folder,
        env: { ...process.env, WRANGLER_SEND_METRICS: 'false' },
        stdio: ['ignore', output === 'shown' ? 'inherit' : 'pipe', 'pipe'],
        ...(signal ? { signal } : {}),
      })
      const printed = { stdout: '', stderr: '' }
      for (const name of ['stdout', 'stderr'] as const) {
        child[name]?.setEncoding('utf8').on('data', (text: string) => {
          printed[name] += text
        })
      }
      if (output === 'shown') child.stderr?.pipe(process.stderr, { end: false })
      child.once('error', reject)
      child.once('close', (code) => {
        const { stdout, stderr } = printed
        resolve({
          code: code ?? 1,
          stdout: stripVTControlCharacters(stdout),
          stderr: stripVTControlCharacters(stderr),
        })
      })
    })
}

/** Returns whether a command failed because wrangler may not act for any account. */
export function isLoggedOut({ stderr, stdout }: Run): boolean {
  return /CLOUDFLARE_API_TOKEN|not (?:logged in|authenticated)|Authentication error|Unable to authenticate/i.test(
    stderr + stdout,
  )
}

/** Returns what wrangler says is wrong, in one line. */
export function reasonOf({ code, stderr, stdout }: Run): string {
  const lines = `${stderr}\n${stdout}`.split('\n').map((line) => line.trim())
  const [, reason] = lines.map((line) => /\[ERROR\]\s*(.+)/.exec(line)).find((match) => match !== null) ?? []
  // With --json, wrangler prints `{"error":{"text":…}}`.
  const [, text] = /"error":\s*\{\s*"text":\s*("(?:[^"\\]|\\.)*")/.exec(stdout) ?? []
  if (text !== undefined) return JSON.parse(text)
  return reason ?? lines.find((line) => line !== '') ?? `wrangler ended with code ${code}`
}
