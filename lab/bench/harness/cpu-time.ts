import { readdirSync, readFileSync } from 'node:fs'

/** `sysconf(_SC_CLK_TCK)` on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100

/** Numeric fields of /proc/<id>/stat after the name, which may itself have spaces: state is 0, parent 1, utime 11, stime 12. */
function stat(id: number): readonly string[] {
  const text = readFileSync(`/proc/${id}/stat`, 'utf8')
  return text.slice(text.lastIndexOf(')') + 2).split(' ')
}

/** Seconds of CPU that processes have used, in user and kernel mode; `null` where there is no /proc. */
export function cpuSeconds(processes: readonly number[]): number | null {
  try {
    const ticks = processes.map((id) => Number(stat(id)[11]) + Number(stat(id)[12]))
    return ticks.length === 0 ? null : ticks.reduce((sum, each) => sum + each) / TICKS_PER_SECOND
  } catch {
    return null
  }
}

/** Returns the processes that this one has started; none where there is no /proc. */
export function childProcesses(): readonly number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .filter(isChild)
  } catch {
    return []
  }
}

function isChild(id: number): boolean {
  try {
    return Number(stat(id)[1]) === process.pid
  } catch {
    return false
  }
}
