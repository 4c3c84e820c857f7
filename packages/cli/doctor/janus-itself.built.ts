// What commands need of Janus itself, in the package: tools/build-package.ts puts this in the place of janus-itself.ts.
import * as oauthSettings from '../../../src/config/oauth-settings.ts'
import { parseConfig } from '../../../src/config/parse-config.ts'
import * as socialSettings from '../../../src/config/social-settings.ts'
import * as scopes from '../../../src/oauth/scopes.ts'

/** Defined by tools/build-package.ts. */
declare const TESTED_DATE: string

export async function loadParseConfig(): Promise<typeof parseConfig> {
  return parseConfig
}

export async function loadSocialSettings(): Promise<typeof socialSettings> {
  return socialSettings
}

export async function loadOAuth(): Promise<typeof oauthSettings & typeof scopes> {
  return { ...oauthSettings, ...scopes }
}

export function testedDate(): string {
  return TESTED_DATE
}
