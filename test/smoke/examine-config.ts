import { expect } from 'vitest'
import type { Plan } from '../../packages/cli/doctor/check-plan.ts'
import { type DeploymentSource, readDeployment } from '../../packages/cli/doctor/deployment.ts'
import { diagnose } from '../../packages/cli/doctor/diagnose.ts'
import type { Finding } from '../../packages/cli/doctor/finding.ts'

/** A change to a wrangler.toml. */
export type Edit = (toml: string) => string

export function set(setting: string, value: string): Edit {
  return (toml) => {
    const line = new RegExp(`^${setting} = .*$`, 'm')
    return line.test(toml)
      ? toml.replace(line, `${setting} = ${value}`)
      : toml.replace('[vars]\n', `[vars]\n${setting} = ${value}\n`)
  }
}

export function without(text: string): Edit {
  return (toml) => {
    expect(toml).toContain(text)
    return toml.replace(text, '')
  }
}

export function first(line: string): Edit {
  return (toml) => `${line}\n${toml}`
}

export function both(...edits: readonly Edit[]): Edit {
  return (toml) => edits.reduce((edited, edit) => edit(edited), toml)
}

export async function examine(
  { configPath }: { readonly configPath: string },
  given: Partial<DeploymentSource> = {},
  plan: Plan = 'paid',
): Promise<readonly Finding[]> {
  const secretNames = ['AUTH_SECRET']
  const source = { configPath, target: 'deployed', secretNames, ...given } as const
  return diagnose(await readDeployment(source), plan)
}

/** Returns the findings in short: `error site.host`. */
export function wrong(findings: readonly Finding[]): readonly string[] {
  return findings.filter(({ level }) => level !== 'ok').map(({ level, check }) => `${level} ${check}`)
}
