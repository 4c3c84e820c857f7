import * as v from 'valibot'
import { AUTHENTICATION_METHODS } from './assurance'

/** Validates proofs as they are stored. */
export const ProvenMethods = v.array(v.object({ method: v.picklist(AUTHENTICATION_METHODS), at: v.number() }))
