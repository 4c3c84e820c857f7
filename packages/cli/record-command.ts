// What `janus users` and `janus clients` have in common: each lists records, shows one and changes one, and says in the audit trail who did it.
import { userInfo } from 'node:os'
import { readOptions, WrongUse } from './command.ts'
import { TARGET_OPTIONS, type Target, type TargetValues, toTarget } from './database.ts'
import { operatorId } from './users/statements.ts'

/** For `parseArgs`. */
export const RECORD_OPTIONS = {
  by: { type: 'string', default: userInfo().username },
  json: { type: 'boolean', default: false },
  yes: { type: 'boolean', default: false },
  after: { type: 'string', default: '' },
  ...TARGET_OPTIONS,
} as const

interface RecordValues extends TargetValues {
  readonly by: string
  readonly json: boolean
  readonly yes: boolean
  readonly after: string
}

/** Describes what such a command is asked to do. */
export interface RecordRequest<Action extends string> {
  readonly action: Action
  /** Names the record; empty for a list. */
  readonly which: string
  /** Says where a page of the list begins. */
  readonly after: string
  readonly actorId: string
  readonly json: boolean
  readonly target: Target
}

/**
 * Reads what such a command is asked to do, and the words after it.
 *
 * @param actions `final`: the action that takes `--yes`. `nameOf`: how the help calls what an action works on. @throws WrongUse
 */
export function readRecordRequest<const Action extends string>(
  { positionals, values }: { readonly positionals: readonly string[]; readonly values: RecordValues },
  {
    actions,
    final,
    nameOf,
  }: {
    readonly actions: readonly Action[]
    readonly final: Action
    readonly nameOf: (action: Action) => string
  },
): RecordRequest<Action> & { readonly more: readonly string[] } {
  const [word, which = '', ...more] = positionals
  const action = actions.find((name) => name === word)
  if (!action) throw new WrongUse(word === undefined ? 'No action.' : `Unknown action: ${word}`)
  if (action === 'list' ? which !== '' : which === '')
    throw new WrongUse(`${action}: ${nameOf(action)} is ${which === '' ? 'missing' : 'too much'}.`)
  if (action === final && !values.yes) throw new WrongUse(`${final} cannot be undone. Add --yes.`)
  const { by, json, after } = values
  const target = readOptions(() => toTarget(values))
  return { action, which, more, after, actorId: operatorId(by), json, target }
}

/** Prints what a command has found: as JSON, or as people read it. */
export function print(json: boolean, found: unknown, render: () => string): void {
  console.log(json ? JSON.stringify(found) : render())
}
