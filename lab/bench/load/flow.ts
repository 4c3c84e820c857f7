import type { Socket } from 'node:net'
import type { Answer } from './answer.ts'
import type { FlowStep } from './job.ts'
import { createRenderer } from './render.ts'
import { send } from './send.ts'

/**
 * Makes a flow ready to be sent again and again. It begins with the token that it is given, and returns the last one that an answer gave.
 *
 * @throws At the first answer that is not what its step expects.
 */
export function createFlow(steps: readonly FlowStep[]) {
  const ready = steps.map((step) => ({ step, render: createRenderer(step) }))
  return async (socket: Socket | undefined, first: string): Promise<string> => {
    if (!socket) throw new Error('A flow needs a connection')
    let token = first
    for (const { step, render } of ready) {
      const answer = await send(socket, render(token))
      checkStep(step, answer)
      if (step.take) token = taken(step.take, answer)
    }
    return token
  }
}

function checkStep(
  { expect: { status, text, subject } }: FlowStep,
  { status: got, head, body }: Answer,
): void {
  const whole = `${head}\r\n\r\n${body}`
  if (got !== status || !whole.includes(text))
    throw new Error(`Expected ${status} with ${text}, got ${whole.slice(0, 1500)}`)
  if (subject !== undefined && subjectOf(body) !== subject)
    throw new Error(`Expected an ID token of ${subject}, got ${subjectOf(body)}`)
}

function subjectOf(body: string): unknown {
  const [, payload = ''] = String(JSON.parse(body).id_token).split('.')
  return JSON.parse(Buffer.from(payload, 'base64url').toString()).sub
}

function taken(take: NonNullable<FlowStep['take']>, { head, body }: Answer): string {
  if ('member' in take) return String(JSON.parse(body)[take.member])
  const [, location = ''] = /\r\nlocation: *(\S+)/i.exec(head) ?? []
  const value = new URL(location).searchParams.get(take.parameter)
  if (value === null) throw new Error(`No ${take.parameter} in ${location}`)
  return value
}
