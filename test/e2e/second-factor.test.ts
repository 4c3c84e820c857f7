// The second step in Chromium: set up by the QR code, used, and turned off.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { findTool } from '../support/tools.ts'
import { describeWith } from '../support/with-tools.ts'
import { appCode, beginTotp, confirmTotp, otherCode } from './app.ts'
import { newPerson, register, signIn, verifyAddress } from './person.ts'
import { it } from './stage.ts'
import type { Visitor } from './visitor.ts'

const SECTION = 'Two-step verification'

/** Returns what a phone reads from the page. */
async function scan({ page }: Visitor): Promise<URL> {
  const folder = mkdtempSync(join(tmpdir(), 'janus-qr-'))
  try {
    const file = join(folder, 'qr.png')
    writeFileSync(file, await page.locator('svg.qr').screenshot())
    return new URL(
      execFileSync(findTool('zbarimg') ?? '', ['--raw', '--quiet', file], { encoding: 'utf8' }).trim(),
    )
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function signOut(visitor: Visitor): Promise<void> {
  await visitor.go('/')
  await visitor.press('Sign out')
}

/** Sends the second step of a sign-in. */
async function sendSecondStep({ page }: Visitor, form: 'app' | 'recovery', code: string): Promise<void> {
  await page.locator(`#${form} input:not([type=hidden])`).fill(code)
  await page.locator(`#${form} button`).click()
  await page.getByRole('heading', { name: 'Signed in as Ada Lovelace.' }).waitFor()
}

describeWith(['zbarimg'], 'a second step in Chromium', () => {
  it.for([
    { javaScript: true, dark: false },
    { javaScript: false, dark: true },
  ])(
    'MFA-05: is set up by the QR code, asked for, and turned off, with scripts: $javaScript',
    async (options, { visit }) => {
      const visitor = await visit(options)
      const ada = newPerson()
      await register(visitor, ada)
      await verifyAddress(visitor, ada)
      const seed = await beginTotp(visitor)
      const scanned = await scan(visitor)
      expect(`${scanned.protocol}//${scanned.host}`).toBe('otpauth://totp')
      expect(decodeURIComponent(scanned.pathname)).toContain(ada.email)
      expect(scanned.searchParams.get('secret')).toBe(seed)

      await visitor.fill({ 'Code from your authenticator app': await otherCode(seed) })
      const refused = await visitor.press('Turn on')
      expect(refused.status()).toBe(401)
      expect(await visitor.alert()).toContain("That code isn't right")
      expect(await visitor.focused()).toBe('Code from your authenticator app')
      expect((await scan(visitor)).href).toBe(scanned.href)

      const codes = await confirmTotp(visitor, seed)
      expect(new Set(codes).size).toBe(10)
      expect(visitor.where()).toBe('/me/totp/confirm')
      const kept = JSON.stringify(await visitor.context.storageState())
      for (const secret of [seed, ...codes]) expect(kept).not.toContain(secret)
      await visitor.follow('I have saved them')
      expect(await visitor.page.locator('#second-factor-section').innerText()).toContain(
        'Recovery codes left: 10',
      )
      // What was shown once is not there a second time.
      await visitor.go('/me/totp/confirm')
      expect(visitor.where()).toBe('/account')

      await signOut(visitor)
      await signIn(visitor, ada)
      expect(await visitor.heading()).toBe('One more step')
      await sendSecondStep(visitor, 'app', await appCode(seed))

      await signOut(visitor)
      await signIn(visitor, ada)
      await visitor.unfold("Don't have your phone?")
      await sendSecondStep(visitor, 'recovery', codes[0] ?? '')

      await visitor.go('/account')
      const renewed = await visitor.press('Get new recovery codes', SECTION)
      expect(renewed.headers()['cache-control']).toBe('no-store')
      const newCodes = await visitor.page.locator('.codes code').allInnerTexts()
      expect(new Set([...codes, ...newCodes]).size).toBe(20)

      await visitor.go('/account')
      const removed = await visitor.press('Turn off', SECTION)
      expect(removed.status()).toBe(303)
      await visitor.page.locator('.notice').waitFor()
      expect(await visitor.notice()).toBe('Two-step verification is off. Other devices are signed out.')
      await signOut(visitor)
      await signIn(visitor, ada)
      expect(await visitor.heading()).toBe('Signed in as Ada Lovelace.')
    },
  )
})
