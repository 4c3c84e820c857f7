import { expect, it } from 'vitest'
import { createEventPump, type EventServices } from '../../src/events/deliver-events'

/** Returns a pump whose looks at the trail are counted, and stand still until they are released. */
function heldPump() {
  const releases: (() => void)[] = []
  const time = { now: 1_000 }
  const services = {
    store: {
      findBehind: () => new Promise<readonly []>((resolve) => releases.push(() => resolve([]))),
    },
    receivers: [],
    clock: () => time.now,
    log: () => {},
  } as unknown as EventServices
  return { pump: createEventPump(services), releases, time }
}

it('runs once at a time, and once more for what came meanwhile', async () => {
  const { pump, releases } = heldPump()
  const first = pump()
  await pump()
  await pump()
  expect(releases).toHaveLength(1)
  releases[0]?.()
  await expect.poll(() => releases.length).toBe(2)
  releases[1]?.()
  await first
  expect(releases).toHaveLength(2)
  const later = pump()
  expect(releases).toHaveLength(3)
  releases[2]?.()
  await later
})

it('no longer counts a run that was cut off with its request', async () => {
  const { pump, releases, time } = heldPump()
  void pump()
  time.now += 119
  await pump()
  expect(releases).toHaveLength(1)
  time.now += 1
  void pump()
  expect(releases).toHaveLength(2)
})
