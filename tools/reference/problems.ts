import { isProblemCode, PROBLEMS } from '../../src/http/problem'
import { PROBLEM_TEXTS } from './problem-texts'

const HEADING = `<!-- Generated from src/http/problem.ts and tools/reference/problem-texts.ts: npm run docs:reference -->

# Problems

Every error of Janus by its \`code\`. The \`type\` of a problem is a URL under \`/problems/\` that a running service explains.
[The HTTP API](http-api.md#errors) describes the members of a problem.
`

/** Returns docs/reference/problems.md: each code with its status, its title, its cause and what the client can do. */
export function renderProblems(): string {
  const sections = Object.keys(PROBLEMS)
    .filter(isProblemCode)
    .map((code) => {
      const { status, title } = PROBLEMS[code]
      const { cause, action } = PROBLEM_TEXTS[code]
      return `\n## ${code}\n\n${status} · *${title}*\n\n${cause} ${action}\n`
    })
  return [HEADING, ...sections].join('')
}
