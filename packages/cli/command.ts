/** One row of the table of commands. */
export interface Command {
  /** One or two words, as in `keys rotate`. */
  readonly name: string
  /** One line of `janus --help`. */
  readonly summary: string
  /** For a command that runs in a checkout only: what to do where the package is installed. */
  readonly instead?: string
  readonly load: () => Promise<CommandModule>
}

/** Describes the exports of the file of a command. */
export interface CommandModule {
  readonly help: string
  /** Returns the exit code. A command that goes on serving returns 0 and ends the process itself. */
  run(args: readonly string[]): Promise<number>
}

/** Ends a command: the message is printed without a stack. */
export class Stop extends Error {
  readonly exitCode: number
  constructor(message: string, exitCode = 1) {
    super(message)
    this.exitCode = exitCode
  }
}

/** Ends a command whose options are wrong: where its help is, is printed below the message. */
export class WrongUse extends Stop {
  constructor(message: string) {
    super(message, 2)
  }
}

/** Parses and judges the options of a command by `read`. @throws WrongUse If that throws. */
export function readOptions<R>(read: () => R): R {
  try {
    return read()
  } catch (failure) {
    throw new WrongUse(failure instanceof Error ? failure.message : String(failure))
  }
}
