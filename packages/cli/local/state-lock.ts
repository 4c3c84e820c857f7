// Two processes on one database refuse each other's writes now and then (SQLITE_BUSY), so a folder of state has one holder.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Names who serves from a folder of state. */
export interface Holder {
  readonly pid: number
  /** The command and where it serves, for whoever comes second. */
  readonly what: string
}

/** Takes a folder of state for a process. Returns `null`, or who has it: another process that runs. */
export function takeState(state: string, holder: Holder): Holder | null {
  mkdirSync(state, { recursive: true })
  const file = lockFile(state)
  const other = readHolder(file)
  if (other && other.pid !== holder.pid && isRunning(other.pid)) return other
  rmSync(file, { force: true })
  try {
    writeFileSync(file, JSON.stringify(holder), { flag: 'wx' })
    return null
  } catch (error) {
    // Somebody was faster.
    const winner = readHolder(file)
    if (winner === null) throw error
    return winner
  }
}

/** Gives a folder of state back. Another's stays taken. */
export function releaseState(state: string, pid: number): void {
  const file = lockFile(state)
  if (readHolder(file)?.pid === pid) rmSync(file, { force: true })
}

/** Says who has the state, and what to do. @param ownState A command that would use another folder. */
export function describeHolder(state: string, { pid, what }: Holder, ownState: string): string {
  return `${what} (process ${pid}) uses the database in ${state}, and two at once lock each other out.
Stop it, or keep the data of this one elsewhere: ${ownState}
If process ${pid} is something else, delete ${lockFile(state)}.`
}

function lockFile(state: string): string {
  return join(state, 'janus.lock')
}

function readHolder(file: string): Holder | null {
  try {
    const read: unknown = JSON.parse(readFileSync(file, 'utf8'))
    const { pid, what } = (read ?? {}) as Partial<Holder>
    return typeof pid === 'number' && typeof what === 'string' ? { pid, what } : null
  } catch {
    // Absent, or cut off when its process was killed.
    return null
  }
}

/** Returns whether a process runs. One that has ended and that nobody has waited for does not. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
  if (process.platform !== 'linux') return true
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8') !== ''
  } catch {
    return false
  }
}
