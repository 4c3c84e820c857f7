import * as v from 'valibot'
import { Text } from '../fields'

/** Longer than other fields: a sealed attempt. */
const Sealed = v.pipe(v.string('Send a string.'), v.maxLength(6000, 'Use at most 6000 characters.'))

/** Holds what a provider answers (RFC 6749 §4.1.2, RFC 9207 §2). */
const providerFields = {
  state: Sealed,
  code: v.optional(Sealed),
  iss: v.optional(Text),
  error: v.optional(Text),
  error_description: v.optional(Text),
}

/** As an app hands it on that began in token mode. */
export const answerFields = {
  ...providerFields,
  /** The name that came beside it, sealed. */
  profile: v.optional(Text),
  binding: Text,
}

/** As a provider posts it (OAuth 2.0 Form Post Response Mode), with what Apple adds. */
export const postedFields = { ...providerFields, user: v.optional(Text) }

/** Holds what a person came back with who has an account already. */
export const OfferField = v.optional(Sealed)
