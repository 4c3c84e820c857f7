import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

/** Where Debian has it. The first has no window to draw, and takes a third of the time; the second serves as well. */
const PLACES = ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium']

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
  const { CHROMIUM } = process.env
  const executablePath = CHROMIUM ?? PLACES.find((place) => existsSync(place))
  if (executablePath === undefined) {
    throw new Error(
      `There is no Chromium at ${PLACES.join(' or ')}. Install it (Debian: apt-get install chromium-headless-shell), or say where it is: CHROMIUM=/path/to/chromium npm test`,
    )
  }
  return chromium.launch({ executablePath, args: ARGUMENTS })
}
