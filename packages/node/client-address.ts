/**
 * Returns the address of a client: that of its socket, or the last one in the header that a proxy sets, which is what the proxy itself saw.
 * `null` if the proxy has not set it: such a request shares the limits of all whose address is unknown.
 *
 * @param header Its name in lower case; `null` for the socket.
 * @param headers As Node has them: lines of one name are joined by commas.
 */
export function clientAddress(
  header: string | null,
  socketAddress: string | undefined,
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
): string | null {
  // guard: the address of a client is what the socket says, unless a header of a proxy is named
  if (header === null) return plainAddress(socketAddress ?? '')
  const given = headers[header]
  const last = (typeof given === 'string' ? given : (given?.join(',') ?? '')).split(',').at(-1) ?? ''
  return plainAddress(last.trim())
}

/** Returns an address as IPv4 if an IPv6 socket maps it, and without its zone, which has a meaning only on this machine. */
function plainAddress(text: string): string | null {
  const address = text.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '')
  return /^[0-9a-fA-F:.]{2,45}$/.test(address) ? address : null
}
