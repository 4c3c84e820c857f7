// Measures what it costs to verify the signature of a session's copy, beside an access token, in workerd.
import { startWorker } from './harness/start-worker.ts'

const ROUNDS = 5

const running = await startWorker({
  name: 'the copy of a session',
  server: 'servers/session-copy.ts',
  settings: { ISSUER: 'https://bench.example' },
  enter: null,
})
try {
  const rounds: { copyMicroseconds: number; tokenMicroseconds: number }[] = []
  for (let round = 0; round < ROUNDS; round++) {
    rounds.push(await (await fetch(`http://127.0.0.1:${running.port}/`)).json())
  }
  const copy = median(rounds.map(({ copyMicroseconds }) => copyMicroseconds))
  const token = median(rounds.map(({ tokenMicroseconds }) => tokenMicroseconds))
  console.log(
    `copy of a session ${copy.toFixed(0)} µs · access token (ES256) ${token.toFixed(0)} µs · ${(copy / token).toFixed(2)}`,
  )
} finally {
  await running.stop()
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}
