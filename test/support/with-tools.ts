import { describe, it, type TestContext } from 'vitest'
import { reasonToSkip, type Tool } from './tools.ts'

/** Skips the test, saying what is missing, unless every tool is there. */
export function needTools({ skip }: Pick<TestContext, 'skip'>, ...tools: readonly Tool[]): void {
  const reason = reasonToSkip(tools)
  if (reason !== null) skip(reason)
}

/** As `describe`, for tests that need tools. Where one is missing, nothing is defined but one test, which is skipped and says what is missing. */
export function describeWith(tools: readonly Tool[], name: string, define: () => void): void {
  const isComplete = reasonToSkip(tools) === null
  describe(
    name,
    isComplete ? define : () => it('has what it needs', (context) => needTools(context, ...tools)),
  )
}
