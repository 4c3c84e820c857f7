import * as v from 'valibot'

/** Seconds since the epoch, as a claim has them. */
export const InstantClaim = v.pipe(
  v.number(),
  v.check((seconds) => Number.isSafeInteger(seconds) && seconds >= 0),
)

/** Creates what parses the payload of a token: its claims, or `null` if they have another form. */
export function claimsParser<C>(Claims: v.GenericSchema<unknown, C>): (payload: unknown) => C | null {
  return (payload) => {
    const claims = v.safeParse(Claims, payload)
    return claims.success ? claims.output : null
  }
}
