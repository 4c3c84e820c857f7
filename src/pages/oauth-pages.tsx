import type { ConsentQuestion, OAuthPages } from '../api/oauth/authorize'
import type { Pages } from '../api/pages'
import { formTarget, isClaimedHost } from '../oauth/redirect-uri'
import { type ScopeTexts, scopeText } from '../oauth/scope-texts'
import { includesScope, OFFLINE_ACCESS } from '../oauth/scopes'
import type { Language } from '../request-source/language'
import { ContinuePage } from './continue-page'
import { Hidden } from './form'
import { Layout } from './layout'
import type { PageContext } from './page'
import { consentTexts } from './texts/consent-texts'

/** The pages of the authorization endpoint. */
export function createOAuthPages(
  pages: Pages,
  { scopeTexts }: { readonly scopeTexts: ScopeTexts },
): OAuthPages {
  return {
    consent(c, question) {
      // guard: the form of consent may end at the client, and nowhere else
      const options = { formTargets: [formTarget(question.request.redirectUri)] }
      const page = (context: PageContext) => (
        <ConsentPage context={context} question={question} scopeTexts={scopeTexts} />
      )
      return pages.show(c, page, options)
    },

    onward(c, url) {
      c.header('Refresh', `0;url=${url}`)
      const host = placeOf(url) ?? url.replace(/[?#].*/s, '')
      return pages.show(c, (context: PageContext) => (
        <ContinuePage context={context} href={url} host={host} />
      ))
    },
  }
}

const DAY_SECONDS = 24 * 60 * 60

interface ConsentPageProps {
  readonly context: PageContext
  readonly question: ConsentQuestion
  readonly scopeTexts: ScopeTexts
}

/** Asks somebody who is signed in whether an app may act for them: who asks, where the answer goes, for what and for how long. */
export function ConsentPage({ context, question, scopeTexts }: ConsentPageProps) {
  const { client, request, person, sealed, lastsSeconds } = question
  const words = consentTexts(context.language)
  const offline = includesScope(request.scope, OFFLINE_ACCESS)
  const place = placeOf(request.redirectUri)
  const known = client.registeredBy === 'operator'
  // guard: an app that nobody here registered is called by its host, and not by its own word
  const name = known ? client.name : (placeOf(client.id) ?? place ?? words.thisDevice)
  return (
    <Layout context={context} title={words.title(name)} signedIn>
      <h1>{words.title(name)}</h1>
      <p class="intro">{words.intro(name, person.email)}</p>
      <div class="grant">
        {!isClaimedHost(request.redirectUri) && <p class="alert">{words.local}</p>}
        {!known && <p class="alert">{words.unchecked}</p>}
        <p>
          {words.from} <strong>{place ?? words.thisDevice}</strong>.
        </p>
        <div class="permissions">
          <p>{request.resource === null ? words.may : `${words.may} ${words.at(request.resource)}`}:</p>
          <ul>
            {request.scope
              .split(' ')
              .filter((scope) => scope !== OFFLINE_ACCESS)
              .map((scope) => (
                <li>
                  <ScopeWords scope={scope} texts={scopeTexts} language={context.language} />
                </li>
              ))}
            {offline && <li>{words.offline}</li>}
          </ul>
        </div>
        <p class="muted">{known ? words.registered : words.callsItself(client.name)}</p>
        <p class="muted">
          {!offline && `${words.signedIn} `}
          {words.lasts(Math.ceil(lastsSeconds / DAY_SECONDS))} {words.revoke}
        </p>
      </div>
      <form class="form" method="post" action={`${context.basePath}/oauth/consent`}>
        <Hidden name="request" value={sealed} />
        <Hidden name="account_id" value={person.userId} />
        <button type="submit" class="primary" name="decision" value="allow">
          {words.allow}
        </button>
        <button type="submit" class="button" name="decision" value="deny">
          {words.deny}
        </button>
      </form>
    </Layout>
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

/** Returns the host of a URL, or `null` for an app on the device and for an id that is no URL. */
function placeOf(url: string): string | null {
  return isClaimedHost(url) ? new URL(url).host : null
}
