import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { CONTENDERS } from '../../lab/bench/harness/contenders.ts'
import { OAUTH_CONTENDERS } from '../../lab/bench/harness/oauth-contenders.ts'

it('the benchmark finds each of its servers', () => {
  const contenders = [...Object.values(CONTENDERS), ...Object.values(OAUTH_CONTENDERS)]
  const servers = contenders.map(({ server }) => server)
  const missing = servers.filter((server) => server !== 'express' && !existsSync(join('lab/bench', server)))
  expect(missing).toEqual([])
})
