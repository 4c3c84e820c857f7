/**
 * Stands in for `LOGIN_LIMIT`, and always says yes, because all clients have one address here. Cloudflare counts in the memory of the machine. The
 * local binding writes a row of a Durable Object for each request, which took a third of what a refresh cost.
 */
export const CLIENT_LIMIT = { limit: async () => ({ success: true }) }
