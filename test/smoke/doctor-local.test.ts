import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { testedDate } from '../../packages/cli/doctor/janus-itself.ts'
import { MIGRATIONS_DIR } from '../../packages/cli/init/needs.ts'
import { planProject } from '../../packages/cli/init/plan.ts'
import { MIGRATIONS } from '../../packages/cli/place.ts'
import { both, type Edit, examine, set, without, wrong } from './examine-config.ts'
import { documentedToml, makeFolder, SAMPLE_SECRET, writeOwnToml } from './sample-config.ts'

const OWN_HOST = documentedToml('own-host')

describe('the doctor, of a local configuration', () => {
  const overrides = { ISSUER: 'http://localhost:8787', MAILER: 'console', PLAYGROUND: 'on' }
  const localToml = both(
    without('MAIL_FROM = "Example <login@example.com>"\n'),
    set('ALLOWED_ORIGINS', '"none"'),
  )

  function local(devVars: string | null, edit: Edit = (toml) => toml) {
    const config = writeOwnToml(both(localToml, edit)(OWN_HOST))
    if (devVars !== null) writeFileSync(join(config.folder, '.dev.vars'), devVars)
    return examine(config, { target: 'local', overrides })
  }

  it.each([
    ['a good secret', `AUTH_SECRET="${SAMPLE_SECRET}"`, []],
    ['no .dev.vars', null, ['error settings.AUTH_SECRET']],
    ['a short secret', 'AUTH_SECRET=short', ['error settings.AUTH_SECRET']],
    [
      'the same secret twice',
      `AUTH_SECRET="${SAMPLE_SECRET},${SAMPLE_SECRET}"`,
      ['error settings.AUTH_SECRET'],
    ],
  ])('finds: %s', async (_, devVars, expected) => {
    const findings = await local(devVars)
    expect(wrong(findings)).toEqual(expected)
    expect(JSON.stringify(findings)).not.toContain(SAMPLE_SECRET)
  })

  it('refuses the values of .dev.vars.example', async () => {
    const example = readFileSync('.dev.vars.example', 'utf8')
    expect(example).toMatch(/^AUTH_SECRET=/m)
    expect(wrong(await local(example))).toEqual(['error settings.AUTH_SECRET'])
  })

  it('tells of a key that wrangler leaves out because it is not named', async () => {
    const resend = both(set('MAILER', '"resend"'), set('MAIL_FROM', '"a@example.com"'))
    const devVars = `AUTH_SECRET="${SAMPLE_SECRET}"\nRESEND_API_KEY=re_sample`
    const config = writeOwnToml(both(localToml, resend)(OWN_HOST))
    writeFileSync(join(config.folder, '.dev.vars'), devVars)
    const issuer = { ISSUER: overrides.ISSUER }
    const findings = await examine(config, { target: 'local', overrides: issuer })
    expect(findings.find(({ check }) => check === 'settings.RESEND_API_KEY')?.fix).toContain('[secrets]')

    const named = both(localToml, resend, set('required', '["AUTH_SECRET", "RESEND_API_KEY"]'))
    const better = writeOwnToml(named(OWN_HOST))
    writeFileSync(join(better.folder, '.dev.vars'), devVars)
    expect(wrong(await examine(better, { target: 'local', overrides: issuer }))).toEqual([])
  })

  it('does not ask for routes or a plan, and looks at origins', async () => {
    const edit = both(
      set('routes', '[]'),
      set('ALLOWED_ORIGINS', '"http://localhost:3000, https://app.example.com"'),
    )
    expect(wrong(await local(`AUTH_SECRET="${SAMPLE_SECRET}"`, edit))).toEqual(['warning origins.site'])
  })

  it('finds nothing wrong with the configuration that janus init writes', async () => {
    const folder = makeFolder()
    const migrations = join(folder, MIGRATIONS_DIR)
    mkdirSync(dirname(migrations), { recursive: true })
    symlinkSync(MIGRATIONS, migrations)
    for (const { path, after } of planProject(folder, testedDate()).changes) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), after)
    }
    writeFileSync(join(folder, '.dev.vars'), `AUTH_SECRET="${SAMPLE_SECRET}"`)
    const issuer = { ISSUER: overrides.ISSUER, MAILER: 'console' }
    const config = { configPath: join(folder, 'wrangler.jsonc') }
    expect(wrong(await examine(config, { target: 'local', overrides: issuer }))).toEqual([])
  })
})
