import { execFileSync } from 'node:child_process'
import { existsSync, globSync } from 'node:fs'

/** What some tests need and npm does not bring: for each the places where Debian has it, and the packages. */
const TOOLS = {
  // The first has no window to draw, and takes a third of the time; the second serves as well.
  chromium: {
    what: 'Chromium',
    places: ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium'],
    packages: ['chromium-headless-shell'],
  },
  firefox: { what: 'Firefox', places: ['/usr/bin/firefox-esr'], packages: ['firefox-esr'] },
  webkit: { what: 'WebKit', places: ['/usr/bin/WebKitWebDriver'], packages: ['webkit2gtk-driver', 'xvfb'] },
  miniBrowser: {
    what: "WebKit's MiniBrowser",
    places: ['/usr/lib/*/webkit2gtk-4.*/MiniBrowser'],
    packages: ['webkit2gtk-driver', 'xvfb'],
  },
  xvfb: { what: 'Xvfb', places: ['/usr/bin/Xvfb'], packages: ['webkit2gtk-driver', 'xvfb'] },
  // Debian's has PyJWT; another one on the path may not.
  python: { what: 'Python', places: ['/usr/bin/python3'], packages: ['python3-jwt', 'python3-cryptography'] },
} as const

export type Tool = keyof typeof TOOLS

/** Other places, by the variables that name them. */
const NAMED: Readonly<Partial<Record<Tool, string | undefined>>> = {
  chromium: process.env.CHROMIUM,
  python: process.env.PYTHON,
}

/** Returns where a tool is, or `null` if it is not installed. */
export function findTool(tool: Tool): string | null {
  const places = NAMED[tool] === undefined ? TOOLS[tool].places : [NAMED[tool]]
  return (
    places
      .flatMap((place) => (place.includes('*') ? globSync(place) : place))
      .find((place) => existsSync(place)) ?? null
  )
}

/** Returns why a test cannot run, with the command that installs what it lacks, or `null` if every tool is there. */
export function reasonToSkip(tools: readonly Tool[]): string | null {
  const missing = tools.filter((tool) => findTool(tool) === null)
  return missing.length === 0 ? null : describeMissing(missing)
}

/** As {@link reasonToSkip}, for the PyJWT of that Python. */
export function reasonToSkipPyJwt(): string | null {
  const python = findTool('python')
  try {
    if (python === null) return describeMissing(['python'], 'PyJWT')
    execFileSync(python, ['-c', 'import cryptography, jwt'], { stdio: 'ignore' })
    return null
  } catch {
    return describeMissing(['python'], 'PyJWT')
  }
}

function describeMissing(
  tools: readonly Tool[],
  what = tools.map((tool) => TOOLS[tool].what).join(', '),
): string {
  const packages = new Set<string>(tools.flatMap((tool) => TOOLS[tool].packages))
  return `${what} not found. Install: sudo apt-get install ${[...packages].join(' ')}`
}
