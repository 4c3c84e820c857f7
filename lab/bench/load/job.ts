/**
 * A request to send again and again. In its path, headers and body, `{n}` stands for a number that is never used twice, and
 * `{token}` for the last token of the connection's chain.
 */
export interface Template {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  /** JSON, unless a header says otherwise. */
  readonly body?: string
  /** Every answer is checked: its status, and a text that its body must have. */
  readonly expect: { readonly status: number; readonly text: string }
}

/** One request of a flow, and what of its answer the next one presents as `{token}`. */
export interface FlowStep extends Omit<Template, 'expect'> {
  /** The text may stand in the head as well. `subject` is the `sub` of the ID token in the body. */
  readonly expect: Template['expect'] & { readonly subject?: string }
  readonly take?: { readonly member: string } | { readonly parameter: string }
}

/** Requests sent over connections that are kept open, one after the other on each. */
export interface Stream {
  readonly templates: readonly Template[]
  /** Requests that make one operation together, timed and counted as one, instead of templates. Each connection takes every so many-th of the list in turn. */
  readonly flows?: readonly (readonly FlowStep[])[]
  readonly connections: number
  /**
   * Without it each connection sends its next request when it has its answer. With it requests fall due at this rate,
   * and their time counts from when they were due: what waits for a free connection waits in the result, too.
   */
  readonly pacePerSecond?: number
  /** Says where the next token of a chain stands in an answer, and the tokens to begin with, one for each connection. */
  readonly chain?: { readonly member: string; readonly tokens: readonly string[] }
}

export interface Job {
  readonly port: number
  readonly seconds: number
  readonly streams: readonly Stream[]
}

export interface StreamResult {
  /** One for each answer, in milliseconds. */
  readonly latencies: Float64Array
  /** From the first request to the last answer. */
  readonly seconds: number
  /** Says where the chains stand, for the next burst. */
  readonly tokens: readonly string[]
}

export type JobResult =
  | {
      readonly ok: true
      readonly streams: readonly StreamResult[]
      /** The part of one core that the generator itself needed. Near 1 it would be what is measured. */
      readonly generatorBusy: number
    }
  | { readonly ok: false; readonly reason: string }
