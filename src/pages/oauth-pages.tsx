import type { ConsentQuestion, OAuthPages } from '../api/oauth/authorize'
import type { Pages } from '../api/pages'
import type { OAuthError } from '../oauth/oauth-error'
import { formTarget, isClaimedHost } from '../oauth/redirect-uri'
import type { ScopeTexts } from '../oauth/scope-texts'
import { Decision, Duration, Permissions } from './consent-parts'
import { ContinuePage } from './continue-page'
import { Layout } from './layout'
import type { PageContext } from './page'
import { consentTexts } from './texts/consent-texts'

/** Creates the pages of the authorization endpoint. */
export function createOAuthPages(
  pages: Pages,
  { scopeTexts }: { readonly scopeTexts: ScopeTexts },
): OAuthPages {
  return {
    consent(c, question) {
      const target = formTarget(question.request.redirectUri)
      // guard: the form of consent may end at the app whose scheme it is, and nowhere else
      const options = { formTargets: target === null ? [] : [target] }
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

    refused(c, url, error) {
      const page = (context: PageContext) => <RefusedPage context={context} href={url} error={error} />
      return pages.show(c, page, { status: 400 })
    },
  }
}

interface ConsentPageProps {
  readonly context: PageContext
  readonly question: ConsentQuestion
  readonly scopeTexts: ScopeTexts
}

/** Asks somebody who is signed in whether an app may act for them: who asks, where the answer goes, for what and for how long. */
export function ConsentPage({ context, question, scopeTexts }: ConsentPageProps) {
  const { client, request, person, sealed, lastsSeconds } = question
  const words = consentTexts(context)
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
        <Permissions context={context} granted={request} scopeTexts={scopeTexts} />
        <p class="muted">{known ? words.registered : words.callsItself(client.name)}</p>
        <Duration context={context} granted={request} lastsSeconds={lastsSeconds} />
      </div>
      <Decision context={context} at="/oauth/consent" sealed={sealed} userId={person.userId} />
    </Layout>
  )
}

/** Says that an app that nobody here registered asked for what it cannot have. Only a click leads there: anybody may have made the link. */
function RefusedPage({
  context,
  href,
  error: { error, description },
}: {
  readonly context: PageContext
  readonly href: string
  readonly error: OAuthError
}) {
  const words = consentTexts(context)
  const place = placeOf(href) ?? words.thisDevice
  return (
    <Layout context={context} title={words.refusedTitle}>
      <h1>{words.refusedTitle}</h1>
      <p class="intro">{words.refused(place)}</p>
      <div class="actions">
        <a class="button" href={href}>
          {words.goTo(place)}
        </a>
      </div>
      <dl class="facts">
        <dt>400</dt>
        <dd>
          <code>{error}</code>
          <p lang="en">{description}</p>
        </dd>
      </dl>
    </Layout>
  )
}

/** Returns the host of a URL, or `null` for an app on the device and for an id that is no URL. */
function placeOf(url: string): string | null {
  return isClaimedHost(url) ? new URL(url).host : null
}
