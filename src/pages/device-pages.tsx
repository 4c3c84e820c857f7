import type { DevicePages, DeviceQuestion } from '../api/oauth/device-pages'
import type { Pages } from '../api/pages'
import type { ScopeTexts } from '../oauth/scope-texts'
import { Decision, Duration, Permissions } from './consent-parts'
import { Hidden } from './form'
import { Layout } from './layout'
import type { PageContext } from './page'
import { consentTexts } from './texts/consent-texts'
import { deviceTexts } from './texts/device-texts'

/** Creates the pages on which a person connects a device. */
export function createDevicePages(
  pages: Pages,
  { scopeTexts }: { readonly scopeTexts: ScopeTexts },
): DevicePages {
  return {
    enter(c, state) {
      const page = (context: PageContext) => <EnterPage context={context} {...state} />
      return pages.show(c, page, { status: state.wrong ? 400 : 200 })
    },
    ask: (c, question) =>
      pages.show(c, (context: PageContext) => (
        <AskPage context={context} question={question} scopeTexts={scopeTexts} />
      )),
    done: (c, allowed) =>
      pages.show(c, (context: PageContext) => <DonePage context={context} allowed={allowed} />),
  }
}

interface EnterPageProps {
  readonly context: PageContext
  readonly userCode: string | null
  readonly wrong: boolean
  readonly userId: string
}

/** Renders `GET /device`: enter the code, or compare the one that the link brought along. */
function EnterPage({ context, userCode, wrong, userId }: EnterPageProps) {
  const words = deviceTexts(context)
  return (
    <Layout context={context} title={words.title} signedIn>
      <h1>{words.title}</h1>
      <p class="intro">{userCode === null ? words.intro : words.compare}</p>
      <form class="form" method="post" action={`${context.basePath}/device`}>
        {wrong && (
          <p class="alert" role="alert">
            {words.wrong}
          </p>
        )}
        <Hidden name="account_id" value={userId} />
        <div class="field">
          <label for="user_code">{words.code}</label>
          <input
            id="user_code"
            name="user_code"
            type="text"
            autocomplete="off"
            autocapitalize="characters"
            spellcheck={false}
            value={userCode ?? ''}
            autofocus={userCode === null}
            required
          />
        </div>
        <button type="submit" class="primary">
          {words.proceed}
        </button>
      </form>
    </Layout>
  )
}

interface AskPageProps {
  readonly context: PageContext
  readonly question: DeviceQuestion
  readonly scopeTexts: ScopeTexts
}

/** Asks whether the app on a device may act for a person: which app, for which account, with which code, for what and for how long. */
function AskPage({ context, question, scopeTexts }: AskPageProps) {
  const { client, granted, userCode, person, sealed, lastsSeconds } = question
  const words = deviceTexts(context)
  const consent = consentTexts(context)
  return (
    <Layout context={context} title={consent.title(client.name)} signedIn>
      <h1>{consent.title(client.name)}</h1>
      <p class="intro">{consent.intro(client.name, person.email)}</p>
      <p class="intro">
        {words.from} <strong>{userCode}</strong>.
      </p>
      <div class="grant">
        <p class="alert">{words.started}</p>
        <Permissions context={context} granted={granted} scopeTexts={scopeTexts} />
        <Duration context={context} granted={granted} lastsSeconds={lastsSeconds} />
      </div>
      <Decision context={context} at="/device/decide" sealed={sealed} userId={person.userId} />
    </Layout>
  )
}

function DonePage({ context, allowed }: { readonly context: PageContext; readonly allowed: boolean }) {
  const words = deviceTexts(context)
  return (
    <Layout context={context} title={words.title} signedIn>
      <h1>{words.title}</h1>
      <p class="intro" role="status">
        {allowed ? words.allowed : words.denied}
      </p>
      <div class="actions">
        <a class="button" href={`${context.basePath}/account`}>
          {words.back}
        </a>
      </div>
    </Layout>
  )
}
