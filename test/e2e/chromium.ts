import { type Browser, chromium } from 'playwright-core'
import { findTool, reasonToSkip } from '../support/tools.ts'

/** A domain whose every host is this machine: browsers let hosts of a domain plant cookies on each other, and not on `localhost`. */
export const SIBLING_DOMAIN = 'siblings.test'

/** It asks nobody for anything but what a page needs. The profile is new, empty, and gone afterwards. */
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  `--host-resolver-rules=MAP *.${SIBLING_DOMAIN} localhost`,
]

/** @throws If there is none, saying what to install. */
export async function startChromium(): Promise<Browser> {
  const executablePath = findTool('chromium')
  if (executablePath === null) throw new Error(reasonToSkip(['chromium']) ?? '')
  return chromium.launch({ executablePath, args: ARGUMENTS })
}
