/** Returns the middle of some numbers; `NaN` of none. */
export function median(numbers: ArrayLike<number>): number {
  return percentile(numbers, 50)
}

/** Returns the smallest number that so many in a hundred do not exceed (nearest rank); `NaN` of none. */
export function percentile(numbers: ArrayLike<number>, inHundred: number): number {
  const sorted = Float64Array.from(numbers).sort()
  return sorted[Math.max(0, Math.ceil((sorted.length * inHundred) / 100) - 1)] ?? Number.NaN
}
