import { expect, it } from 'vitest'
import { askD1 } from '../../packages/cli/doctor/ask-database'
import { checkEvents, type ReceiverRow } from '../../packages/cli/doctor/check-events'

const asked: string[][] = []

function answering(rows: readonly ReceiverRow[], code = 0) {
  return async (command: readonly string[]) => {
    asked.push([...command])
    return { code, stdout: `\n${JSON.stringify([{ results: rows, success: true }])}`, stderr: '' }
  }
}

it.each<[name: string, rows: readonly ReceiverRow[], levels: readonly string[]]>([
  ['there are none', [], []],
  ['all is well', [{ name: 'app', attempts: 0, given_up: 0 }], ['ok']],
  [
    'one fails',
    [
      { name: 'app', attempts: 3, given_up: 0 },
      { name: 'queue', attempts: 0, given_up: 0 },
    ],
    ['warning'],
  ],
  ['events were given up', [{ name: 'webhook', attempts: 0, given_up: 2 }], ['warning']],
  ['both', [{ name: 'webhook', attempts: 1, given_up: 2 }], ['warning', 'warning']],
])('the doctor says of the receivers of events, where %s', async (_, rows, levels) => {
  const findings = await checkEvents(askD1(answering(rows), ['--remote']))
  expect(findings.map(({ level }) => level)).toEqual(levels)
  expect(asked.at(-1)?.slice(0, 4)).toEqual(['d1', 'execute', 'DB', '--remote'])
})

it('the doctor says nothing of receivers where the database cannot be asked', async () => {
  expect(
    await checkEvents(askD1(answering([{ name: 'app', attempts: 3, given_up: 0 }], 1), ['--local'])),
  ).toEqual([])
})
