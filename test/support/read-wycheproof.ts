import { existsSync, readFileSync } from 'node:fs'

/** Vectors of the Wycheproof project (C2SP), testvectors_v1, or `null` where they are not at hand. */
export type Wycheproof = Readonly<Record<'pbkdf2' | 'jws' | 'jwk', unknown>> | null

const FILES = {
  pbkdf2: 'pbkdf2_hmacsha256_test.json',
  jws: 'json_web_signature_test.json',
  jwk: 'json_web_key_test.json',
}

/** Reads them from WYCHEPROOF_DIR, or from `shared/vectors` beside the checkout. */
export function readWycheproof(): Wycheproof {
  const folder = process.env.WYCHEPROOF_DIR ?? '../shared/vectors'
  if (!existsSync(`${folder}/${FILES.jws}`)) return null
  const read = (file: string) => JSON.parse(readFileSync(`${folder}/${file}`, 'utf8'))
  return { pbkdf2: read(FILES.pbkdf2), jws: read(FILES.jws), jwk: read(FILES.jwk) }
}
