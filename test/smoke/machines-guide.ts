// The commands of docs/guides/machines.md, run against Janus.
import { expect, it } from 'vitest'
import { describeWith } from '../support/with-tools.ts'
import { documentedBlocks } from './documented.ts'
import { runShell } from './local-service.ts'
import { NOTES, type ProviderStage, registerAsDocumented } from './provider-stage.ts'

const blocks = (heading: string) => documentedBlocks('docs/guides/machines.md', heading)

/** Tests that the guide for machines does what it says. */
export function runsMachinesGuide(stage: () => ProviderStage): void {
  describeWith(['curl'], 'the guide for machines', () => {
    /** Runs a command of the guide, and returns the JSON that it prints. */
    function run(command: string, variables: Readonly<Record<string, string>>) {
      const set = Object.entries(variables).map(([name, value]) => `${name}=${value}`)
      const here = command.replaceAll('https://auth.example.com', stage().janus.url)
      const printed = runShell(`curl() { command curl -sS "$@"; }\n${set.join('\n')}\n${here}`, '.')
      return printed === '' ? null : JSON.parse(printed)
    }

    it('gets a machine a token, and tells a service what it is worth', async () => {
      const [addMachine = '', askForToken = ''] = blocks('The smallest use')
      const machine = await registerAsDocumented(stage(), addMachine)
      const tokens = run(askForToken, variablesOf(machine))
      expect(tokens).toMatchObject({ scope: 'notes:read', expires_in: expect.any(Number) })
      expect(tokens).not.toHaveProperty('refresh_token')

      const [addService = '', askJanus = ''] = blocks('A service that asks')
      const service = variablesOf(await registerAsDocumented(stage(), addService))
      expect(run(askJanus, { ...service, TOKEN: tokens.access_token })).toMatchObject({
        active: true,
        sub: machine.client_id,
        client_id: machine.client_id,
        scope: 'notes:read',
        aud: NOTES,
      })
      expect(run(askJanus, { ...service, TOKEN: 'nonsense' })).toEqual({ active: false })
    })

    it('connects a device, and ends what it was granted', async () => {
      const [addDevice = '', start = '', ask = ''] = blocks('A device without a browser')
      const device = variablesOf(await registerAsDocumented(stage(), addDevice))
      const started = run(start, device)
      const { browser, credentials } = await stage().newPerson()
      const login = await browser.open(started.verification_uri_complete)
      const enter = await browser.submit(login, credentials)
      const question = await browser.submit(enter, { user_code: started.user_code })
      await browser.submit(question, { decision: 'allow' })
      const tokens = run(ask, { ...device, DEVICE_CODE: started.device_code })
      expect(tokens).toMatchObject({ scope: 'notes:read offline_access', token_type: 'Bearer' })

      const [end = ''] = blocks('End a token')
      expect(run(end, { ...device, REFRESH_TOKEN: tokens.refresh_token })).toBeNull()
      const [addService = '', askJanus = ''] = blocks('A service that asks')
      const service = variablesOf(await registerAsDocumented(stage(), addService))
      expect(run(askJanus, { ...service, TOKEN: tokens.access_token })).toEqual({ active: false })
    })
  })
}

function variablesOf({ client_id, client_secret = '' }: { client_id: string; client_secret?: string }) {
  return { CLIENT_ID: client_id, CLIENT_SECRET: client_secret }
}
