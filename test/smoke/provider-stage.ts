// A Janus at which apps of others sign people in, and the people who do.
import { createHash } from 'node:crypto'
import { expect } from 'vitest'
import { run as clients } from '../../packages/cli/clients/clients.ts'
import { addClient, type NewClient } from '../../packages/cli/clients/statements.ts'
import { runCommand } from '../support/run-command.ts'
import { CookieBrowser, type Page } from './cookie-browser.ts'
import { documentedBlocks } from './documented.ts'
import { databaseFile, execute, type LocalService, startDev } from './local-service.ts'
import type { AppUrls, Provider } from './relying-party-apps.ts'

const PASSWORD = 'analytical engine no. 1'

/** The secret of every app that is registered without the command. */
export const SECRET = 'a secret of the app, as long as it needs to be'

/** The service of the guide for machines, and another one. */
export const NOTES = 'https://notes.example.com/mcp'
export const OTHER = 'https://files.example.com/'

export interface ProviderStage {
  readonly janus: LocalService
  readonly provider: Provider
  /** Registers an app, as `janus clients add` does. @returns Its `client_id`. */
  register(name: string, urls: AppUrls, others?: Partial<NewClient>): string
  newPerson(): Promise<StagePerson>
}

export interface StagePerson {
  readonly id: string
  readonly email: string
  /** Says what they type into the form of the sign-in page. */
  readonly credentials: { readonly email: string; readonly password: string }
  /** Signed in nowhere, at first. */
  readonly browser: CookieBrowser
  /** Goes to an app, signs in at Janus and allows what the app asks for. */
  signIn(start: string | URL, stopAt?: string | null): Promise<Page>
  /** Returns `true` if Janus asks the person to sign in. */
  isSignedIn(): Promise<boolean>
  /** Signs out at Janus, where no app asks for it. */
  signOut(): Promise<void>
}

export async function startProvider(): Promise<ProviderStage> {
  const janus = await startDev([
    'OAUTH_SERVER:on',
    'REGISTRATION:open',
    `OAUTH_RESOURCES:${NOTES} notes:read, ${OTHER} files:read`,
  ])

  function register(
    name: string,
    { redirectUri, afterSignOut, toldAt = null }: AppUrls,
    others: Partial<NewClient> = {},
  ): string {
    const id = `c_${crypto.randomUUID().replaceAll('-', '').slice(0, 22)}`
    const client = {
      id,
      name,
      secretHash: createHash('sha256').update(SECRET).digest('base64url'),
      firstParty: false,
      redirectUris: [redirectUri],
      scopes: ['openid', 'profile', 'email'],
      openId: {
        idTokenAlg: 'RS256',
        sector: null,
        postLogoutRedirectUris: [afterSignOut],
        backChannelLogoutUri: toldAt,
      },
      ...others,
    }
    execute(janus.state, addClient(client, 'operator:test').join(';\n'))
    return id
  }

  return {
    janus,
    provider: { issuer: janus.url, secret: SECRET, register },
    register,
    newPerson: () => newPerson(janus),
  }
}

/** Returns a person with an account, and a browser that is signed in nowhere. */
async function newPerson(janus: LocalService): Promise<StagePerson> {
  const email = `${crypto.randomUUID()}@example.com`
  const registered = await fetch(`${janus.url}/register`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ email, password: PASSWORD, name: 'Ada Lovelace', mode: 'token' }),
  })
  expect(registered.status).toBe(201)
  const { user } = (await registered.json()) as { user: { id: string } }
  const browser = new CookieBrowser()
  const credentials = { email, password: PASSWORD }
  return {
    id: user.id,
    email,
    credentials,
    browser,
    async signIn(start, stopAt = null) {
      const login = await browser.open(start)
      expect(login.url.href.startsWith(`${janus.url}/login`)).toBe(true)
      const consent = await browser.submit(login, credentials)
      return browser.submit(consent, { decision: 'allow' }, stopAt)
    },
    async isSignedIn() {
      return !(await browser.open(`${janus.url}/account`)).url.pathname.startsWith('/login')
    },
    async signOut() {
      // Without an ID token Janus asks first.
      await browser.submit(await browser.open(`${janus.url}/oauth/logout`), {})
    },
  }
}

export interface Credentials {
  readonly client_id: string
  readonly client_secret?: string
}

/**
 * Registers a client by a command of a guide, at the Janus of the stage.
 *
 * @param changed What is otherwise here, as in the name of a host.
 */
export async function registerAsDocumented(
  { janus }: ProviderStage,
  command: string,
  changed: (text: string) => string = (text) => text,
): Promise<Credentials> {
  const words = [...command.replaceAll('\\\n', ' ').matchAll(/"([^"]*)"|(\S+)/g)].map(
    ([, quoted, plain]) => quoted ?? plain ?? '',
  )
  expect(words.slice(0, 4)).toEqual(['npx', 'janus', 'clients', 'add'])
  const given = words.slice(3).filter((word) => word !== '--remote')
  const { code, printed } = await runCommand(
    clients,
    ...given.map(changed),
    '--json',
    '--sqlite',
    databaseFile(janus.state),
  )
  expect({ code, printed }).toMatchObject({ code: 0 })
  return JSON.parse(printed)
}

export const GUIDE = 'docs/guides/openid.md'

/** Returns the one block of a language in a section of the guide. */
export function guideBlock(heading: string, language: string): string {
  const [block = '', ...others] = documentedBlocks(GUIDE, heading, language)
  expect(others).toEqual([])
  return block
}
