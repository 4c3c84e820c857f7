import { expect, it } from 'vitest'
import type { JanusEvent } from '../../src/events/event'
import { createWebhook } from '../../src/events/webhook'
import { documentedBlocks } from '../smoke/documented.ts'

const SECRETS = ['the new secret, 32 bytes of text', 'the old secret, 32 bytes of text'] as const

it('docs/guides/events.md: what verifies a webhook takes what Janus sends, and nothing that was changed', async () => {
  const [source = ''] = documentedBlocks('docs/guides/events.md', 'Options', 'js')
  const module = `data:text/javascript,${encodeURIComponent(source)}`
  const { readEvent } = (await import(/* @vite-ignore */ module)) as {
    readEvent(request: Request, secret: string): Promise<JanusEvent | null>
  }
  const [json = ''] = documentedBlocks('docs/guides/events.md', 'What is sent', 'json')
  const event = JSON.parse(json) as JanusEvent
  const [sent] = await sendOne(event)
  const [headers, body] = [sent?.headers, await sent?.text()]
  const asked = (changed: Record<string, string> = {}, text = body ?? '') => {
    const request = new Request('https://hooks.example.com', {
      method: 'POST',
      headers: headers ?? {},
      body: text,
    })
    for (const [name, value] of Object.entries(changed)) request.headers.set(name, value)
    return request
  }
  for (const secret of SECRETS) expect(await readEvent(asked(), `whsec_${btoa(secret)}`)).toEqual(event)
  const secret = `whsec_${btoa(SECRETS[0])}`
  expect(await readEvent(asked(), `whsec_${btoa('another secret of 32 bytes......')}`)).toBeNull()
  expect(await readEvent(asked({}, `${body} `), secret)).toBeNull()
  expect(await readEvent(asked({ 'webhook-id': 'evt_2_2' }), secret)).toBeNull()
  expect(
    await readEvent(asked({ 'webhook-timestamp': String(Math.floor(Date.now() / 1000) - 5) }), secret),
  ).toBeNull()
  expect(await readEvent(asked({ 'webhook-signature': '' }), secret)).toBeNull()
})

async function sendOne(event: JanusEvent): Promise<readonly Request[]> {
  const requests: Request[] = []
  const { fetch } = globalThis
  globalThis.fetch = async (input, init) => {
    requests.push(new Request(input, init))
    return new Response()
  }
  try {
    const secrets = SECRETS.map((secret) => Uint8Array.from(new TextEncoder().encode(secret)))
    const clock = () => Math.floor(Date.now() / 1000)
    await createWebhook({ url: 'https://hooks.example.com/', secrets, clock }).deliver(event)
  } finally {
    globalThis.fetch = fetch
  }
  return requests
}
