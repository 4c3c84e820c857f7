// What apps do at Janus as an authorization server, so that the pages which follow from it are seen.
import type { Page } from 'playwright-core'
import { addClient } from '../../packages/cli/clients/statements.ts'
import { execute, type LocalService } from '../smoke/local-service.ts'
import {
  AT_A_SITE,
  AUTHORIZE,
  DEVICE_REQUEST,
  ON_THIS_DEVICE,
  REGISTERED,
  REGISTERED_ITSELF,
  VERIFIER,
} from './authorize-paths.ts'

const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code'

/** Registers an app that an operator knows, and one that registered itself. */
export function registerApps({ state }: LocalService): void {
  for (const [id, name] of [
    [REGISTERED, 'Notes'],
    [REGISTERED_ITSELF, 'Agent of Notes'],
  ] as const) {
    const [statement = ''] = addClient(
      {
        id,
        name,
        secretHash: null,
        firstParty: false,
        redirectUris: [AT_A_SITE, ON_THIS_DEVICE],
        scopes: ['notes:read', 'notes:write', 'offline_access', 'openid', 'email'],
        grants: ['authorization_code', 'refresh_token', DEVICE_GRANT],
      },
      'operator:test',
    )
    execute(state, statement)
  }
  execute(state, `UPDATE oauth_clients SET registered_by = 'itself' WHERE id = '${REGISTERED_ITSELF}'`)
}

/** Shows the account page of somebody who has allowed two apps. */
export async function showConnectedApps(page: Page, url: string): Promise<void> {
  if ((await page.locator('#apps-section').count()) === 0) {
    await allow(page, { url, path: AUTHORIZE.thisDevice, clientId: REGISTERED, redirectUri: ON_THIS_DEVICE })
    const itself = { clientId: REGISTERED_ITSELF, redirectUri: AT_A_SITE }
    await allow(page, { url, path: AUTHORIZE.registeredItself, ...itself })
    await page.goto(`${url}/account`)
  }
  await page.locator('#apps-section').scrollIntoViewIfNeeded()
}

interface AllowedApp {
  /** Says where Janus is. */
  readonly url: string
  readonly path: string
  readonly clientId: string
  readonly redirectUri: string
}

/** Allows what an app asks for, and exchanges the code as the app does. */
async function allow(page: Page, { url, path, clientId, redirectUri }: AllowedApp): Promise<void> {
  await page.goto(`${url}${path}`)
  const field = (name: string) => page.locator(`main form [name=${name}]`).inputValue()
  const decided = await page.request.post(`${url}/oauth/consent`, {
    form: { request: await field('request'), account_id: await field('account_id'), decision: 'allow' },
    headers: { Origin: url },
    maxRedirects: 0,
  })
  const { location = '' } = decided.headers()
  await ask(page, `${url}/oauth/token`, {
    grant_type: 'authorization_code',
    code: new URL(location).searchParams.get('code') ?? '',
    client_id: clientId,
    redirect_uri: redirectUri,
    code_verifier: VERIFIER,
  })
}

/** Enters the code that a device shows. */
export async function enterDeviceCode(page: Page, url: string): Promise<void> {
  const { user_code } = await ask(page, `${url}/oauth/device_authorization`, DEVICE_REQUEST)
  await page.locator('main [name=user_code]').fill(String(user_code))
  await Promise.all([page.waitForEvent('load'), page.locator('main .primary').click()])
}

async function ask(page: Page, endpoint: string, form: Readonly<Record<string, string>>) {
  const answer = await page.request.post(endpoint, { form, headers: { Cookie: '' } })
  if (!answer.ok()) throw new Error(`${endpoint}: ${answer.status()} ${await answer.text()}`)
  return (await answer.json()) as Readonly<Record<string, unknown>>
}
