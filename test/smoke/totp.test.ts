import { execFileSync } from 'node:child_process'
import { randomBytes, randomInt } from 'node:crypto'
import { expect, it } from 'vitest'
import { encodeBase32, hotp, TOTP_SEED_BYTES, totpStep } from '../../src/factors/totp.ts'
import { findTool } from '../support/tools.ts'
import { needTools } from '../support/with-tools.ts'

it('MFA-02: oathtool shows the same code for sixty random seeds and instants', async (context) => {
  needTools(context, 'oathtool')
  for (let each = 0; each < 60; each++) {
    const seed = Uint8Array.from(randomBytes(TOTP_SEED_BYTES))
    const at = randomInt(2 ** 31)
    const args = ['--totp', '--base32', encodeBase32(seed), `--now=@${at}`]
    const shown = execFileSync(findTool('oathtool') ?? '', args, { encoding: 'utf8' }).trim()
    expect(await hotp(seed, totpStep(at))).toBe(shown)
  }
})
