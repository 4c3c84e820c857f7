import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { both, type Edit, examine, set, without, wrong } from './examine-config.ts'
import { documentedToml, SAMPLE_SECRET, writeOwnToml } from './sample-config.ts'

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
})
