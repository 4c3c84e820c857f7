// A command line that gets tokens by the device grant.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { describeWith } from '../support/with-tools.ts'
import { documentedBlocks } from './documented.ts'
import { GUIDE, type ProviderStage, registerAsDocumented } from './provider-stage.ts'

/** Its process answers a moment after it said where it is. It ends with the shell. */
const AGENT_IS_UP = `
trap 'oidc-agent --kill' EXIT
timeout 60 bash -c 'until oidc-agent --status; do sleep 0.1; done' > /dev/null 2>&1
`

/** Returns a shell in which the commands run that a person types. */
function startShell(commands: string) {
  const home = mkdtempSync(join(tmpdir(), 'agent-'))
  const shell = spawn('bash', ['-euo', 'pipefail', '-c', commands], {
    env: { ...process.env, HOME: home, TMPDIR: home },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const ended = new Promise<number | null>((resolve) => shell.once('exit', resolve))
  onTestFinished(async () => {
    // Its agent ends with it.
    shell.stdin.end()
    await ended
    rmSync(home, { recursive: true })
  })
  let seen = ''
  let read = () => {}
  for (const stream of [shell.stdout, shell.stderr])
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      seen += chunk
      read()
    })

  /** Returns the first match in what is printed or will be. @throws If the shell ends before. */
  function printed(pattern: RegExp): Promise<string> {
    return new Promise((resolve, reject) => {
      read = () => {
        const [, found] = pattern.exec(seen) ?? []
        if (found !== undefined) resolve(found)
      }
      read()
      ended.then(() => reject(new Error(`Not printed: ${pattern}\n${seen}`)))
    })
  }
  return { printed, ended, enter: (line: string) => shell.stdin.write(`${line}\n`) }
}

/** Tests that oidc-agent gets, refreshes and revokes tokens as the guide has it. */
export function judgedByOidcAgent(stage: () => ProviderStage): void {
  describeWith(['oidcAgent'], 'OP-06: oidc-agent', () => {
    it('gets a token that a person allows in a browser, refreshes it, and ends its access', async () => {
      const { janus, newPerson } = stage()
      const [add = '', connect = '', use = '', leave = ''] = documentedBlocks(
        GUIDE,
        'A command line \\(oidc-agent\\)',
      )
      const { client_id } = await registerAsDocumented(stage(), add)
      const here = (commands: string) =>
        commands.replace('CLIENT_ID', client_id).replace('https://auth.example.com', janus.url).trim()
      const password = '--pw-cmd "echo of the file" < /dev/null'
      const shell = startShell(`
mkdir -p "$HOME/.config/oidc-agent"
${here(connect).replace('\n', AGENT_IS_UP)} --no-url-call ${password}
echo "first: $(${use.trim()}) ."
echo "second: $(${use.trim()} --force-new) ."
read -r
${leave.trim()} --confirm-yes ${password}
`)
      const code = await shell.printed(/enter the code: ([A-Z-]+)\s/)
      const person = await newPerson()
      const login = await person.browser.open(`${janus.url}/device`)
      const enter = await person.browser.submit(login, person.credentials)
      const question = await person.browser.submit(enter, { user_code: code })
      expect((await person.browser.submit(question, { decision: 'allow' })).status).toBe(200)

      const first = await shell.printed(/first: (\S+) \./)
      const second = await shell.printed(/second: (\S+) \./)
      expect(second).not.toBe(first)
      const ask = () =>
        fetch(`${janus.url}/oauth/userinfo`, { headers: { Authorization: `Bearer ${second}` } })
      expect(await (await ask()).json()).toMatchObject({ sub: person.id, email: person.email })
      shell.enter('go on')
      expect(await shell.ended).toBe(0)
      expect((await ask()).status).toBe(401)
    })
  })
}
