import { globSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'

/** Lists the files that a person writes for the same app, and the commands from those files to an app that is served. */
export const APPS = {
  Janus: {
    folder: 'lab/compare/janus',
    local: ['npx janus dev'],
    deployed: ['npx wrangler deploy --secrets-file secrets.json', 'npx janus migrate --remote'],
  },
  'Better Auth': {
    folder: 'lab/bench/rivals/shop',
    local: [
      'echo "BETTER_AUTH_SECRET=$(openssl rand -base64 32)" > .dev.vars',
      'npx wrangler dev --var BETTER_AUTH_URL:http://localhost:8787',
      'curl -X POST http://localhost:8787/migrate',
    ],
    deployed: ['npx wrangler deploy --secrets-file secrets.json', 'curl -X POST https://example.com/migrate'],
  },
} as const

export type App = (typeof APPS)[keyof typeof APPS]

/** Counts the lines of each file of an app that are neither blank nor a comment. */
export function linesOf({ folder }: App): ReadonlyMap<string, number> {
  const files = globSync(`${folder}/*.{ts,toml}`).filter((file) => !file.endsWith('.d.ts'))
  return new Map(files.sort().map((file) => [basename(file), countLines(readFileSync(file, 'utf8'))]))
}

/** Counts the lines that are neither blank nor only a comment of TypeScript or TOML. */
export function countLines(text: string): number {
  const withoutBlocks = text.replaceAll(/^\s*\/\*[\s\S]*?\*\/\s*$/gm, '')
  return withoutBlocks.split('\n').filter((line) => !/^\s*(?:\/\/.*|#.*)?$/.test(line)).length
}

/** Returns the table of docs/explain/lines-of-code.md. */
export function table(): string {
  const rows = [
    ['`index.ts`: routes', 'index.ts'],
    ['`auth.ts`: settings and mail', 'auth.ts'],
    ['`pages.ts`: pages', 'pages.ts'],
    ['`wrangler.toml`', 'wrangler.toml'],
  ] as const
  const apps = Object.values(APPS)
  const lines = apps.map(linesOf)
  const sum = (counts: ReadonlyMap<string, number>) => [...counts.values()].reduce((a, b) => a + b, 0)
  const counted = [
    ...rows.map(([label, file]) => [label, ...lines.map((counts) => counts.get(file) ?? 0)]),
    ['**lines in all**', ...lines.map((counts) => `**${sum(counts)}**`)],
    ['commands to serve it locally', ...apps.map(({ local }) => local.length)],
    ['commands to deploy it first', ...apps.map(({ deployed }) => deployed.length)],
  ]
  const head = ['| | Janus | Better Auth |', '| --- | ---: | ---: |']
  return [...head, ...counted.map((cells) => `| ${cells.join(' | ')} |`)].join('\n')
}
