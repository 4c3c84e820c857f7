import { Layout } from './layout'
import type { PageContext } from './page'

interface HomePageProps {
  readonly context: PageContext
  /** `null`: nobody is signed in. */
  readonly user: { readonly name: string | null; readonly email: string } | null
  readonly registration: boolean
}

/** Shows `GET /`. */
export function HomePage({ context, user, registration }: HomePageProps) {
  const { texts, basePath } = context
  if (user) {
    return (
      <Layout context={context} title={texts.home.title} signedIn>
        <h1>{texts.home.signedInAs(user.name ?? user.email)}</h1>
        {user.name !== null && <p class="intro">{user.email}</p>}
        <div class="actions">
          <a class="button primary" href={`${basePath}/account`}>
            {texts.home.account}
          </a>
        </div>
      </Layout>
    )
  }
  return (
    <Layout context={context} title={texts.home.title}>
      <h1>{texts.home.signedOut}</h1>
      <div class="actions">
        <a class="button primary" href={`${basePath}/login`}>
          {texts.home.signIn}
        </a>
        {registration && (
          <a class="button" href={`${basePath}/register`}>
            {texts.home.register}
          </a>
        )}
      </div>
    </Layout>
  )
}
