import { type Resource, servedWords } from '../../oauth/scopes'

// What settings have still of what was granted, as `servedScope` has it (scopes.ts), where a statement must use nothing up without it.

/** Settings name the resource of the row and a word of what is asked for, or the row has no resource. */
export const SERVED = `(resource IS NULL OR EXISTS (SELECT 1 FROM json_each(:served) AS served
  WHERE served.value ->> 'uri' = resource
    AND replace(' ' || coalesce(CAST(:part AS TEXT), scope) || ' ', ' ' || (served.value ->> 'word') || ' ', '')
        <> ' ' || coalesce(CAST(:part AS TEXT), scope) || ' '))`

/** Returns what {@link SERVED} compares. Without a part, all of the scope of the row is asked for. */
export function servedValues(served: readonly Resource[], part: string | null = null) {
  const words = served.flatMap((each) => servedWords(each).map((word) => ({ uri: each.uri, word })))
  return { served: JSON.stringify(words), part }
}
