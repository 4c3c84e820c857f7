import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { findTool, reasonToSkip } from '../support/tools.ts'
import { startIssuer } from './issuer.ts'

/** A password that opens nothing else. */
const PASSWORD = 'a password, with spaces: & more'

/** Starts the servers that these tests talk to, each on a port and in a folder of its own, and stops them by their process ids. */
export default async function startServers({ provide }: TestProject): Promise<() => void> {
  const folder = mkdtempSync(join(tmpdir(), 'janus-stores-'))
  const running: ChildProcess[] = []
  const start = async (command: string, args: (port: number) => readonly string[]): Promise<number> => {
    const port = await freePort()
    running.push(spawn(command, args(port), { cwd: folder, stdio: 'ignore' }))
    await untilListening(port)
    return port
  }

  const redis = findTool('redis')
  provide('redis', { url: null, reason: reasonToSkip(['redis']) })
  if (redis) {
    const settings = { dir: folder, save: '', requirepass: PASSWORD, 'enable-debug-command': 'local' }
    const flags = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value])
    const port = await start(redis, (port) => ['--port', `${port}`, '--bind', '127.0.0.1', ...flags])
    provide('redis', { url: `redis://:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}/2`, reason: null })
  }
  const memcached = findTool('memcached')
  provide('memcached', { address: null, reason: reasonToSkip(['memcached']) })
  if (memcached) {
    const port = await start(memcached, (port) => [
      '-l',
      '127.0.0.1',
      '-p',
      `${port}`,
      '-U',
      '0',
      '-m',
      '16',
      '-u',
      'nobody',
    ])
    provide('memcached', { address: `127.0.0.1:${port}`, reason: null })
  }

  const { issuer, register, stop } = await startIssuer()
  register('https://auth.example.com/login/social/panva/callback')
  provide('issuer', { issuer })

  return () => {
    stop()
    for (const server of running) server.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

async function untilListening(port: number): Promise<void> {
  for (const until = Date.now() + 60_000; ; ) {
    const isOpen = await new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false))
      socket.once('connect', () => socket.destroy())
    })
    if (isOpen) return
    if (Date.now() > until) throw new Error(`Nothing listens on port ${port}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

declare module 'vitest' {
  interface ProvidedContext {
    issuer: { readonly issuer: string }
    /** The Redis of these tests, or why there is none. */
    redis: { readonly url: string | null; readonly reason: string | null }
    memcached: { readonly address: string | null; readonly reason: string | null }
  }
}
