import { hotp, totpStep } from '../../src/factors/totp.ts'
import { decodeBase32 } from '../support/base32.ts'
import type { Visitor } from './visitor.ts'

/** Begins to set up an authenticator app. @returns What the page says to type into it. */
export async function beginTotp({ go, page }: Visitor): Promise<string> {
  await go('/account')
  const button = page.locator('form[action$="/me/totp"] button')
  await Promise.all([page.waitForEvent('load'), button.click()])
  return (await page.locator('.secret').innerText()).replaceAll(' ', '')
}

/** Returns the code that the app shows, so many steps of 30 seconds from now. */
export function appCode(seed: string, steps = 0): Promise<string> {
  return hotp(decodeBase32(seed), totpStep(Date.now() / 1000) + steps)
}

/** Returns six digits that the app shows neither now nor soon. */
export async function otherCode(seed: string): Promise<string> {
  const near = await Promise.all([-2, -1, 0, 1, 2].map((steps) => appCode(seed, steps)))
  return (
    ['000000', '111111', '222222', '333333', '444444', '555555'].find((code) => !near.includes(code)) ?? ''
  )
}

/** Types the first code, that of the step before, so that the next one is unused. @returns The recovery codes. */
export async function confirmTotp({ page }: Visitor, seed: string): Promise<readonly string[]> {
  const codes = page.locator('.codes code')
  // Where a step has just ended, the code of the one before counts no longer: the next try has the next one.
  for (let tries = 0; tries < 3 && (await codes.count()) === 0; tries++) {
    await page.locator('[name=code]').fill(await appCode(seed, -1))
    await Promise.all([page.waitForEvent('load'), page.locator('main button.primary').click()])
  }
  return codes.allInnerTexts()
}
