import * as v from 'valibot'
import { Text } from './fields'

/** Six digits, however they were copied: with blanks or a hyphen between them, or as full-width digits. */
export const Code = v.pipe(
  Text,
  v.transform((code) => code.normalize('NFKC').replace(/[\p{White_Space}\p{Cf}-]/gu, '')),
  v.regex(/^[0-9]{6}$/, 'Send the six digits from the email.'),
)
