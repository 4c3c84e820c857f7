import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { needTools } from '../support/with-tools.ts'

const ROOT = join(import.meta.dirname, '../..')

it('a checkout has the same bytes everywhere, whatever core.autocrlf says', (context) => {
  needTools(context, 'git')
  const listed = execFileSync('git', ['ls-files', '--eol'], { cwd: ROOT, encoding: 'utf8' })
  const files = listed.trim().split('\n')
  expect(files.length).toBeGreaterThan(500)
  // In the index, in the working tree, by .gitattributes.
  const RIGHT =
    /^i\/(?:lf|none)\s+w\/(?:lf|none|)\s+attr\/text=auto eol=lf\s|^i\/-text\s+w\/-text\s+attr\/-text\s/
  expect(files.filter((line) => !RIGHT.test(line))).toEqual([])
})
