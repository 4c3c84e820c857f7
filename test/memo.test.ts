import { describe, expect, it } from 'vitest'
import { createMemo, MEMO_CAPACITY } from '../src/runtime/memo'

describe('a memo', () => {
  it('never holds more than its capacity, however many distinct credentials come', () => {
    const MANY = 10 * MEMO_CAPACITY
    const memo = createMemo<number>()
    let most = 0
    for (let n = 0; n < MANY; n++) {
      memo.set(`credential ${n}`, n, 10)
      most = Math.max(most, memo.size)
    }
    expect(most).toBe(MEMO_CAPACITY)
    expect([memo.get('credential 0', 0), memo.get(`credential ${MANY - 1}`, 0)]).toEqual([null, MANY - 1])
  })

  it('forgets first what was not used for longest', () => {
    const memo = createMemo<string>(3)
    for (const key of ['a', 'b', 'c']) memo.set(key, key, 10)
    memo.get('a', 0)
    memo.set('d', 'd', 10)
    expect(['a', 'b', 'c', 'd'].map((key) => memo.get(key, 0))).toEqual(['a', null, 'c', 'd'])
  })

  it('has a value before its end, and not at it, and is rid of it then', () => {
    const memo = createMemo<string>()
    memo.set('key', 'value', 10)
    expect([memo.get('key', 9), memo.get('key', 10), memo.size]).toEqual(['value', null, 0])
  })

  it('replaces a value and its end', () => {
    const memo = createMemo<string>()
    memo.set('key', 'old', 10)
    memo.set('key', 'new', 20)
    expect([memo.get('key', 15), memo.size]).toEqual(['new', 1])
  })

  it('forgets what it is told to, and nothing else', () => {
    const memo = createMemo<number>()
    for (let n = 0; n < 10; n++) memo.set(`${n}`, n, 10)
    memo.deleteWhere((value) => value % 2 === 0)
    expect(Array.from({ length: 10 }, (_, n) => memo.get(`${n}`, 0))).toEqual([
      null,
      1,
      null,
      3,
      null,
      5,
      null,
      7,
      null,
      9,
    ])
  })
})
