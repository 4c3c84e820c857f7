import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { run as init } from '../../packages/cli/init/init.ts'
import { readVars } from '../../packages/cli/named-database.ts'
import { runCommand } from '../support/run-command.ts'
import { makeFolder } from './sample-config.ts'

/** Returns a folder with these files. */
function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = makeFolder()
  for (const [path, text] of Object.entries(files)) writeFileSync(join(folder, path), text)
  return folder
}

describe('init in a project whose configuration', () => {
  it.each([
    ['wrangler.json', '{"secrets":{"required":["STRIPE_KEY"]}}'],
    ['wrangler.toml', '[secrets]\nrequired = ["STRIPE_KEY"]\n'],
    ['wrangler.toml', '[secrets]\n'],
  ])('names secrets adds its own, because wrangler reads no other: %s %s', async (file, text) => {
    const folder = folderWith({ [file]: text, '.dev.vars': 'STRIPE_KEY="of-the-app"\n' })
    expect((await runCommand(init, '--yes', '--folder', folder)).code).toBe(0)
    const vars = await readVars(join(folder, file), 'here')
    expect(vars.AUTH_SECRET).toMatch(/^[\w-]{43}$/)
    if (text.includes('STRIPE_KEY')) expect(vars.STRIPE_KEY).toBe('of-the-app')
  })

  it('names no secrets leaves it so, because wrangler would not read the others', async () => {
    const folder = folderWith({ 'wrangler.json': '{}', '.dev.vars': 'STRIPE_KEY="of-the-app"\n' })
    await runCommand(init, '--yes', '--folder', folder)
    expect(await readVars(join(folder, 'wrangler.json'), 'here')).toMatchObject({
      STRIPE_KEY: 'of-the-app',
      AUTH_SECRET: expect.stringMatching(/^[\w-]{43}$/),
    })
  })
})
