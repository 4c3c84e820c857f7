import { vi } from 'vitest'

/** Runs a command of `janus` in this process. Returns its exit code, -1 if it throws, and what it prints. */
export async function runCommand(command: (args: readonly string[]) => Promise<number>, ...args: string[]) {
  const printed: string[] = []
  const spies = (['log', 'error'] as const).map((name) =>
    vi.spyOn(console, name).mockImplementation((text) => printed.push(String(text))),
  )
  try {
    const code = await command(args).catch((failure: unknown) => {
      printed.push(failure instanceof Error ? failure.message : String(failure))
      return -1
    })
    return { code, printed: printed.join('\n') }
  } finally {
    for (const spy of spies) spy.mockRestore()
  }
}
