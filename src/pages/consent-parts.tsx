import { type ScopeTexts, scopeText } from '../oauth/scope-texts'
import { includesScope, OFFLINE_ACCESS } from '../oauth/scopes'
import type { Language } from '../request-source/language'
import { Hidden } from './form'
import type { PageContext } from './page'
import { consentTexts } from './texts/consent-texts'

// Parts of the pages that ask whether an app may act for a person: after an authorization request, and for a device.

const DAY_SECONDS = 24 * 60 * 60

interface GrantedProps {
  readonly context: PageContext
  readonly granted: { readonly scope: string; readonly resource: string | null }
}

/** Lists what the app may do, and at which service. */
export function Permissions({
  context,
  granted: { scope, resource },
  scopeTexts,
}: GrantedProps & { readonly scopeTexts: ScopeTexts }) {
  const words = consentTexts(context)
  return (
    <div class="permissions">
      <p>{resource === null ? words.may : `${words.may} ${words.at(resource)}`}:</p>
      <ul>
        {scope
          .split(' ')
          .filter((word) => word !== OFFLINE_ACCESS)
          .map((word) => (
            <li>
              <ScopeWords scope={word} texts={scopeTexts} language={context.language} />
            </li>
          ))}
        {includesScope(scope, OFFLINE_ACCESS) && <li>{words.offline}</li>}
      </ul>
    </div>
  )
}

/** Says how long the app may do that. */
export function Duration({
  context,
  granted: { scope },
  lastsSeconds,
}: GrantedProps & { readonly lastsSeconds: number }) {
  const words = consentTexts(context)
  return (
    <p class="muted">
      {!includesScope(scope, OFFLINE_ACCESS) && `${words.signedIn} `}
      {words.lasts(Math.ceil(lastsSeconds / DAY_SECONDS))} {words.revoke}
    </p>
  )
}

/** Takes the answer of the person. */
export function Decision({
  context,
  at,
  sealed,
  userId,
}: {
  readonly context: PageContext
  /** The path that takes the form, below the base path. */
  readonly at: string
  readonly sealed: string
  readonly userId: string
}) {
  const words = consentTexts(context)
  return (
    <form class="form" method="post" action={`${context.basePath}${at}`}>
      <Hidden name="request" value={sealed} />
      <Hidden name="account_id" value={userId} />
      <button type="submit" class="primary" name="decision" value="allow">
        {words.allow}
      </button>
      <button type="submit" class="button" name="decision" value="deny">
        {words.deny}
      </button>
    </form>
  )
}

/** Shows what a scope allows, in words, or its name as it is where nobody wrote any. */
export function ScopeWords({
  scope,
  texts,
  language,
}: {
  readonly scope: string
  readonly texts: ScopeTexts
  readonly language: Language
}) {
  return scopeText(texts, scope, language) ?? <code>{scope}</code>
}
