import { newAddress } from './person'
import type { Service } from './service'

/** Posts a form that goes on for a megabyte, and returns the answer and how many kilobytes of it were read. */
export async function postEndlessForm(
  service: Service,
  path: string,
): Promise<[status: number, read: number]> {
  let read = 0
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      read += 1
      if (read === 1024) controller.close()
      else controller.enqueue(new Uint8Array(1024).fill(120))
    },
  })
  const headers = {
    'CF-Connecting-IP': newAddress(),
    'Content-Type': 'application/x-www-form-urlencoded',
    'Sec-Fetch-Site': 'cross-site',
  }
  const request = new Request(`${service.issuer}${path}`, { method: 'POST', headers, body })
  const { status } = await service.fetch(request)
  return [status, read]
}
