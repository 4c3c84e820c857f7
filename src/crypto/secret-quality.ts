/** 32 random bytes (RFC 7518 §3.2 asks for 256 bits), in base64 and in hex. */
const BASE64_MIN_LENGTH = 43
const HEX_LENGTH = 64

/** Words that samples hold; one of them in 43 random characters is a chance of one in a million. */
const SAMPLE_WORDS =
  /secret|password|passwd|change|replace|example|sample|default|janus|insert|placeholder|qwerty|1234567|abcdefg/i

/** Fewer different characters than this is a pattern; 43 random base64 characters have 20 or more. */
const MIN_DISTINCT = 12

/** Sets how often random characters change between upper case, lower case and digits, at the very least; words hardly do. */
const MIN_CHANGES = 10

/**
 * Returns what is wrong with a secret, or `null`. Nothing can prove that a text is random, but much of what people paste in place of
 * random bytes is none of their usual encodings, or a word, a phrase or a pattern.
 */
export function checkSecret(secret: string): 'too-short' | 'not-random' | null {
  const isHex = /^[0-9a-f]+$/i.test(secret)
  if (secret.length < (isHex ? HEX_LENGTH : BASE64_MIN_LENGTH)) return 'too-short'
  const isEncodedBytes = /^[A-Za-z0-9+/_-]+={0,2}$/.test(secret)
  const runs = secret.replace(/[^A-Za-z0-9]/g, '').match(/[A-Z]+|[a-z]+|[0-9]+/g) ?? []
  const looksRandom =
    isEncodedBytes &&
    !SAMPLE_WORDS.test(secret) &&
    new Set(secret).size >= MIN_DISTINCT &&
    runs.length > MIN_CHANGES &&
    !/(.{8}).*\1/.test(secret)
  // guard: weak secrets are refused
  return looksRandom ? null : 'not-random'
}
