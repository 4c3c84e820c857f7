import { encodeBase64url } from '../crypto/base64url'
import type { Keyring } from '../crypto/keyring'
import { PENDING_SECONDS } from './pending-sign-in'
import { acceptedSteps, hotp, TOTP_STEP_SECONDS, totpStep } from './totp'

/**
 * The codes that an authenticator app will show while a sign-in waits, as MACs. The first step of a sign-in has read the seed anyway, so it
 * stores them with the pending sign-in, and the second step needs no read before its one transaction. Six digits can be tried through in a
 * moment: without the secret nobody can tell from the database which code is right. The hash of the handle goes into each MAC, so those of
 * one pending sign-in say nothing of another.
 */
export interface ExpectedCodes {
  /** Returns the MAC of each code that is accepted from `now` until the pending sign-in expires. */
  list(seed: Uint8Array<ArrayBuffer>, tokenHash: string, now: number): Promise<readonly string[]>
  /** Returns what a code that was typed at `now` would have to be found as. */
  candidates(
    tokenHash: string,
    code: string,
    now: number,
  ): Promise<readonly { readonly mac: string; readonly step: number }[]>
}

export function createExpectedCodes(keyring: Keyring): ExpectedCodes {
  async function macOf(key: CryptoKey, tokenHash: string, step: number, code: string): Promise<string> {
    const text = new TextEncoder().encode(`${tokenHash}.${step}.${code}`)
    return encodeBase64url(new Uint8Array(await crypto.subtle.sign('HMAC', key, text)))
  }

  return {
    async list(seed, tokenHash, now) {
      const { key } = await keyring.newest('second-factor-code')
      const first = totpStep(now) - 1
      const steps = Array.from(
        { length: PENDING_SECONDS / TOTP_STEP_SECONDS + 2 },
        (_, index) => first + index,
      )
      return Promise.all(steps.map(async (step) => macOf(key, tokenHash, step, await hotp(seed, step))))
    },

    async candidates(tokenHash, code, now) {
      const keys = await keyring.all('second-factor-code')
      const tried = acceptedSteps(now).flatMap((step) => keys.map(({ key }) => ({ key, step })))
      return Promise.all(
        tried.map(async ({ key, step }) => ({ step, mac: await macOf(key, tokenHash, step, code) })),
      )
    },
  }
}
