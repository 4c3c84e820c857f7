import { createCommonList, type IsCommon } from './common-list'
import { SHORT_COMMON_PASSWORDS } from './common-short-passwords'

/** Makes what looks up passwords of less than 15 characters, which are accepted only where `PASSWORD_MIN_LENGTH` allows them. */
export const createShortPasswords = (): IsCommon => createCommonList(SHORT_COMMON_PASSWORDS)
