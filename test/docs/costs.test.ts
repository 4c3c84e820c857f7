import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { HABITS, loadOf } from '../../lab/costs/scale-model.ts'

function printed(...args: string[]): string {
  return execFileSync(process.execPath, ['--no-warnings', 'lab/costs/main.ts', ...args], { encoding: 'utf8' })
}

it('docs/operate/costs.md says what npm run costs prints', () => {
  const page = readFileSync('docs/operate/costs.md', 'utf8')
  expect(page).toContain(printed())
  expect(page).toContain(printed('--objects'))
})

it('docs/explain/scale.md says what npm run costs -- --scale prints', () => {
  expect(readFileSync('docs/explain/scale.md', 'utf8')).toContain(printed('--scale'))
})

describe('the model of many accounts', () => {
  const sizes = { account: 400, session: 400, auditEvent: 400 }

  it('grows with the accounts, and asks KV in session mode only', () => {
    for (const mode of ['session', 'token'] as const) {
      const one = loadOf({ ...HABITS, accounts: 1_000_000 }, mode, sizes)
      const ten = loadOf({ ...HABITS, accounts: 10_000_000 }, mode, sizes)
      expect(ten.perSecond.requests / one.perSecond.requests).toBeCloseTo(10)
      expect(ten.gigabytes / one.gigabytes).toBeCloseTo(10)
      expect(ten.perSecond.kvReads > 0).toBe(mode === 'session')
    }
  })

  it('a refresh is what D1 feels in token mode: half of them, nearly half of its round trips', () => {
    const all = loadOf(HABITS, 'token', sizes)
    const half = loadOf({ ...HABITS, refreshes: HABITS.refreshes / 2 }, 'token', sizes)
    expect(half.perSecond.d1 / all.perSecond.d1).toBeLessThan(0.55)
  })
})
