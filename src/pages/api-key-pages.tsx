import type { ApiKeyPages, ApiKeysView, RefusedKey } from '../api/oauth/api-keys'
import type { Pages } from '../api/pages'
import type { ListedApiKey } from '../flows/oauth/create-api-key'
import { API_KEY_DAYS } from '../oauth/api-key'
import type { ScopeTexts } from '../oauth/scope-texts'
import { includesScope, type Resource } from '../oauth/scopes'
import { AccountForm, AccountSection } from './account-section'
import { bare } from './account-sessions'
import { ScopeWords } from './consent-parts'
import { Hidden } from './form'
import { Layout } from './layout'
import { type PageContext, withReturnTo } from './page'
import { apiKeyTexts } from './texts/api-key-texts'

/** Below the base path. */
const PATH = '/account/api-keys'

/** The lives that the form offers, in days. */
const OFFERED_DAYS = [7, 30, 90, 180, 365]

interface WithTexts {
  readonly context: PageContext
  readonly scopeTexts: ScopeTexts
}

/** Creates the pages of API keys. */
export function createApiKeyPages(
  pages: Pages,
  { scopeTexts }: { readonly scopeTexts: ScopeTexts },
): ApiKeyPages {
  return {
    wanted: (c) => pages.wanted(c),
    list: (c, view) =>
      pages.show(
        c,
        (context: PageContext) => <ApiKeysPage context={context} view={view} scopeTexts={scopeTexts} />,
        { status: view.refused === null ? 200 : 400 },
      ),
    created: (c, key, secret) =>
      pages.show(c, (context: PageContext) => <CreatedPage context={context} apiKey={key} secret={secret} />),
  }
}

/** Renders `GET /account/api-keys`: the keys of the account, and how to make and revoke them. */
export function ApiKeysPage({ context, view, scopeTexts }: WithTexts & { readonly view: ApiKeysView }) {
  const words = apiKeyTexts(context)
  const { userId, keys, resources, changeable, refused } = view
  const { texts, basePath } = context
  return (
    <Layout context={context} title={words.title} signedIn wide>
      <div class="title">
        <h1>{words.title}</h1>
        <p class="intro">{words.intro}</p>
        <p>
          <a href={`${basePath}/account`}>{words.account}</a>
        </p>
      </div>
      {refused !== null && (
        <p class="alert" role="alert" tabindex={-1} autofocus>
          {refused.why === 'incomplete' ? words.incomplete : words.tooMany}
        </p>
      )}
      <AccountSection id="keys-section" title={words.yours} intro={keys.length === 0 ? words.none : ''}>
        <ul class="rows">
          {keys.map((key) => (
            <KeyRow context={context} userId={userId} apiKey={key} scopeTexts={scopeTexts} />
          ))}
        </ul>
      </AccountSection>
      {resources.map((resource, index) => (
        <AccountSection
          id={`new-key-${index}`}
          title={resources.length === 1 ? words.create : words.createAt(resource.uri)}
          intro={words.nameHint}
        >
          {changeable ? (
            <NewKeyForm
              context={context}
              userId={userId}
              resource={resource}
              index={index}
              refused={refused?.resource === resource.uri ? refused : null}
              scopeTexts={scopeTexts}
            />
          ) : (
            <>
              <p class="intro">{texts.reauthenticate.recent}</p>
              <p>
                <a class="button" href={withReturnTo(`${basePath}/reauthenticate`, `${basePath}${PATH}`)}>
                  {texts.reauthenticate.go}
                </a>
              </p>
            </>
          )}
        </AccountSection>
      ))}
    </Layout>
  )
}

function KeyRow({
  context,
  userId,
  apiKey,
  scopeTexts,
}: WithTexts & { readonly userId: string; readonly apiKey: ListedApiKey }) {
  const { texts, language, basePath } = context
  const words = apiKeyTexts(context)
  const { id, app, expiresAt, keyUsedAt } = apiKey
  const name = app?.name ?? ''
  return (
    <li class="row">
      <div>
        <p class="row-title">{name}</p>
        <p class="row-details">
          {(app?.scope ?? '').split(' ').map((scope, index) => (
            <>
              {index > 0 && ', '}
              <ScopeWords scope={scope} texts={scopeTexts} language={language} />
            </>
          ))}
          {` ${texts.account.at(app?.resource ?? '')}`}
        </p>
        <p class="row-details">
          {words.until} {dayText(expiresAt, language)}
          {' · '}
          {keyUsedAt === null ? words.neverUsed : `${words.lastUsed} ${dayText(keyUsedAt, language)}`}
        </p>
      </div>
      <AccountForm
        accountId={userId}
        form={bare(context, `revoke-${id}`)}
        action={`/api-keys/${encodeURIComponent(id)}/revoke`}
        returnTo={`${basePath}${PATH}`}
      >
        <button type="submit">
          {words.revoke}
          <span class="visually-hidden">: {name}</span>
        </button>
      </AccountForm>
    </li>
  )
}

/** Returns a day in UTC: nothing about a key is shown more precisely. No `<time>`, which the script of the pages gives the reader's own hour. */
function dayText(at: number, language: PageContext['language']): string {
  return new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeZone: 'UTC' }).format(at * 1000)
}

function NewKeyForm({
  context,
  userId,
  resource: { uri, scopes },
  index,
  refused,
  scopeTexts,
}: WithTexts & {
  readonly userId: string
  readonly resource: Resource
  readonly index: number
  /** Holds what this form said when it was refused. */
  readonly refused: RefusedKey | null
}) {
  const words = apiKeyTexts(context)
  const id = (field: string) => `key-${index}-${field}`
  return (
    <form
      class="form"
      method="post"
      action={`${context.basePath}/api-keys`}
      data-working={context.texts.form.working}
    >
      <Hidden name="account_id" value={userId} />
      <Hidden name="resource" value={uri} />
      <div class="field">
        <label for={id('name')}>{words.name}</label>
        <input
          id={id('name')}
          name="name"
          type="text"
          value={refused?.name ?? ''}
          spellcheck={false}
          maxlength={100}
          required
        />
      </div>
      <fieldset class="field">
        <legend>{words.scopes}</legend>
        {scopes.map((scope, nth) => (
          <label class="choice" for={id(`scope-${nth}`)}>
            <input
              id={id(`scope-${nth}`)}
              name="scope"
              type="checkbox"
              value={scope}
              checked={includesScope(refused?.scope ?? '', scope)}
            />
            <ScopeWords scope={scope} texts={scopeTexts} language={context.language} />
          </label>
        ))}
      </fieldset>
      <div class="field">
        <label for={id('days')}>{words.lifetime}</label>
        <select id={id('days')} name="expires_in_days">
          {OFFERED_DAYS.map((days) => (
            <option value={String(days)} selected={days === (refused?.days ?? API_KEY_DAYS.usual)}>
              {words.days(days)}
            </option>
          ))}
        </select>
      </div>
      <button type="submit" class="primary">
        {words.submit}
      </button>
    </form>
  )
}

/** Shows the answer to the form that made a key. Nothing else shows it. */
export function CreatedPage({
  context,
  apiKey,
  secret,
}: {
  readonly context: PageContext
  readonly apiKey: ListedApiKey
  readonly secret: string
}) {
  const words = apiKeyTexts(context)
  return (
    <Layout context={context} title={words.createdTitle} signedIn>
      <h1>{words.createdTitle}</h1>
      <p class="intro">{apiKey.app?.name}</p>
      <div class="grant">
        <p class="permissions">
          <code class="secret">{secret}</code>
        </p>
        <p>{words.once}</p>
      </div>
      <div class="actions">
        <a class="button primary" href={`${context.basePath}${PATH}`}>
          {words.kept}
        </a>
      </div>
    </Layout>
  )
}
