/** Says what is wrong with the text of one setting, without its name and without the text: "must be one of: on, off". */
export class Fault {
  constructor(readonly message: string) {}
}

export function fault(message: string): Fault {
  return new Fault(message)
}

/** One setting that is missing or wrong, and what to do about it. Never says the value. */
export interface ConfigFault {
  readonly setting: string
  /** A sentence without its full stop; it begins with the name. */
  readonly message: string
}
