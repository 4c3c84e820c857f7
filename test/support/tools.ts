// What some tests need and npm does not bring. A test that needs a tool says so by test/support/with-tools.ts. `.ci/run` installs all of it:
// run alone, this prints the packages of Debian that are missing.
import { existsSync, globSync } from 'node:fs'

/** For each tool: its name in words, the places where Debian has it, and the packages that bring it. */
const TOOLS = {
  // The first has no window to draw, and takes a third of the time; the second serves as well.
  chromium: {
    what: 'Chromium',
    places: ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium'],
    packages: ['chromium-headless-shell'],
  },
  firefox: { what: 'Firefox', places: ['/usr/bin/firefox-esr'], packages: ['firefox-esr'] },
  webkit: { what: 'WebKit', places: ['/usr/bin/WebKitWebDriver'], packages: ['webkit2gtk-driver'] },
  miniBrowser: {
    what: "WebKit's MiniBrowser",
    places: ['/usr/lib/*/webkit2gtk-4.*/MiniBrowser'],
    packages: ['webkit2gtk-driver'],
  },
  xvfb: { what: 'Xvfb', places: ['/usr/bin/Xvfb'], packages: ['xvfb'] },
  // Debian's Python has Debian's PyJWT; another one on the path may not.
  python: { what: 'Python', places: ['/usr/bin/python3'], packages: ['python3'] },
  pyJwt: {
    what: 'PyJWT',
    places: ['/usr/lib/python3/dist-packages/jwt'],
    packages: ['python3-jwt'],
  },
  pythonCryptography: {
    what: "Python's cryptography",
    places: ['/usr/lib/python3/dist-packages/cryptography'],
    packages: ['python3-cryptography'],
  },
  postgres: {
    what: 'PostgreSQL',
    places: ['/usr/lib/postgresql/*/bin/postgres'],
    packages: ['postgresql'],
  },
  pgbouncer: { what: 'PgBouncer', places: ['/usr/sbin/pgbouncer'], packages: ['pgbouncer'] },
  redis: { what: 'Redis', places: ['/usr/bin/redis-server'], packages: ['redis-server'] },
  memcached: { what: 'Memcached', places: ['/usr/bin/memcached'], packages: ['memcached'] },
  oathtool: { what: 'oathtool', places: ['/usr/bin/oathtool'], packages: ['oathtool'] },
  zbarimg: { what: 'zbarimg', places: ['/usr/bin/zbarimg'], packages: ['zbar-tools'] },
  git: { what: 'Git', places: ['/usr/bin/git', '/usr/local/bin/git'], packages: ['git'] },
  openssl: { what: 'OpenSSL', places: ['/usr/bin/openssl', '/usr/local/bin/openssl'], packages: ['openssl'] },
  // Without the service that the package apache2 would start.
  apache: { what: 'Apache', places: ['/usr/sbin/apache2'], packages: ['apache2-bin'] },
  modAuthOpenidc: {
    what: 'mod_auth_openidc',
    places: ['/usr/lib/apache2/modules/mod_auth_openidc.so'],
    packages: ['libapache2-mod-auth-openidc'],
  },
  modOauth2: {
    what: 'mod_oauth2',
    places: ['/usr/lib/apache2/modules/mod_oauth2.so'],
    packages: ['libapache2-mod-oauth2'],
  },
  authlib: {
    what: 'Authlib',
    places: ['/usr/lib/python3/dist-packages/authlib'],
    packages: ['python3-authlib'],
  },
  flask: { what: 'Flask', places: ['/usr/lib/python3/dist-packages/flask'], packages: ['python3-flask'] },
  requests: {
    what: "Python's requests",
    places: ['/usr/lib/python3/dist-packages/requests'],
    packages: ['python3-requests'],
  },
  oidcAgent: { what: 'oidc-agent', places: ['/usr/bin/oidc-agent'], packages: ['oidc-agent-cli'] },
  curl: { what: 'curl', places: ['/usr/bin/curl', '/usr/local/bin/curl'], packages: ['curl'] },
} as const

export type Tool = keyof typeof TOOLS

const ALL = Object.keys(TOOLS) as Tool[]

/** Other places, by the variables that name them. */
const NAMED: Readonly<Partial<Record<Tool, string | undefined>>> = {
  chromium: process.env.CHROMIUM,
  python: process.env.PYTHON,
}

/** Says what a Python imports. */
const OF_PYTHON: readonly Tool[] = ['pyJwt', 'pythonCryptography', 'authlib', 'flask', 'requests']

/** Returns where a tool is, or `null` if it is not installed. */
export function findTool(tool: Tool): string | null {
  // Whoever names a Python has seen to what it can import.
  if (NAMED.python !== undefined && OF_PYTHON.includes(tool)) return NAMED.python
  const places = NAMED[tool] === undefined ? TOOLS[tool].places : [NAMED[tool]]
  return (
    places
      .flatMap((place) => (place.includes('*') ? globSync(place) : place))
      .find((place) => existsSync(place)) ?? null
  )
}

/** Returns why a test that needs these tools cannot run, or `null` if every tool is there. */
export function reasonToSkip(tools: readonly Tool[]): string | null {
  const missing = tools.filter((tool) => findTool(tool) === null)
  return missing.length === 0 ? null : `${missing.map((tool) => TOOLS[tool].what).join(', ')} not found`
}

/** Returns the packages of Debian that bring what is missing on this machine. */
export function missingPackages(tools: readonly Tool[] = ALL): readonly string[] {
  const missing = tools.filter((tool) => findTool(tool) === null)
  return [...new Set<string>(missing.flatMap((tool) => TOOLS[tool].packages))]
}

if (import.meta.main) console.log(missingPackages().join(' '))
