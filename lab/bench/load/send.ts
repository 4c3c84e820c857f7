import { connect, type Socket } from 'node:net'
import { type Answer, readAnswer } from './answer.ts'

/** Sends a request, and returns the answer once it is whole. */
export function send(socket: Socket, request: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let arrived = ''
    function settle(result: Answer | Error): void {
      socket.off('data', onData).off('error', settle).off('close', onClose)
      if (result instanceof Error) reject(result)
      else resolve(result)
    }
    function onClose(): void {
      settle(new Error('The server closed the connection'))
    }
    function onData(text: string): void {
      arrived += text
      try {
        const answer = readAnswer(arrived)
        if (answer) settle(answer)
      } catch (error) {
        settle(error instanceof Error ? error : new Error(String(error)))
      }
    }
    socket.on('data', onData).on('error', settle).on('close', onClose)
    socket.write(request, 'latin1')
  })
}

/** Opens a connection to a port of this machine. */
export function open(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    socket.setEncoding('latin1')
    socket.once('connect', () => resolve(socket)).once('error', reject)
  })
}
