import type { ConsentQuestion, OAuthPages } from '../api/oauth/authorize'
import type { Pages } from '../api/pages'
import { formTarget, isClaimedHost } from '../oauth/redirect-uri'
import { includesScope, OFFLINE_ACCESS } from '../oauth/scopes'
import { ContinuePage } from './continue-page'
import { Hidden } from './form'
import { Layout } from './layout'
import type { PageContext } from './page'
import { consentTexts } from './texts/consent-texts'

/** The pages of the authorization endpoint. */
export function createOAuthPages(pages: Pages): OAuthPages {
  return {
    consent(c, question) {
      // guard: the form of consent may end at the client, and nowhere else
      const options = { formTargets: [formTarget(question.request.redirectUri)] }
      const page = (context: PageContext) => <ConsentPage context={context} question={question} />
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
}

/** Asks somebody who is signed in whether an app may act for them: who asks, where the answer goes, for what and for how long. */
export function ConsentPage({ context, question }: ConsentPageProps) {
  const { client, request, person, sealed, lastsSeconds } = question
  const words = consentTexts(context.language)
  const offline = includesScope(request.scope, OFFLINE_ACCESS)
  const place = placeOf(request.redirectUri)
  return (
    <Layout context={context} title={words.title(client.name)} signedIn>
      <h1>{words.title(client.name)}</h1>
      <p class="intro">{words.intro(client.name, person.email)}</p>
      <div class="grant">
        {!isClaimedHost(request.redirectUri) && <p class="alert">{words.local}</p>}
        <div class="permissions">
          <p>
            {words.may} {words.at(request.resource)}:
          </p>
          <ul>
            {request.scope
              .split(' ')
              .filter((scope) => scope !== OFFLINE_ACCESS)
              .map((scope) => (
                <li>
                  <code>{scope}</code>
                </li>
              ))}
            {offline && <li>{words.offline}</li>}
          </ul>
        </div>
        <p class="muted">
          {words.from} <strong>{place ?? words.thisDevice}</strong>. {words.registered}
        </p>
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

/** Returns the host to which an answer goes, or `null` for an app on the device. */
function placeOf(redirectUri: string): string | null {
  return isClaimedHost(redirectUri) ? new URL(redirectUri).host : null
}
