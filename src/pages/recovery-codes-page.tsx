import { accountPath } from './account-section'
import { Layout } from './layout'
import type { PageContext } from './page'

interface RecoveryCodesPageProps {
  readonly context: PageContext
  readonly codes: readonly string[]
  /** Says where a sign-in leads that has set them up; `null`: they were asked for on the account page. */
  readonly next: string | null
}

/** Shows the answer to the form that made the codes. Nothing else shows them. */
export function RecoveryCodesPage({ context, codes, next }: RecoveryCodesPageProps) {
  const words = context.texts.recoveryCodes
  return (
    <Layout context={context} title={words.title} signedIn>
      <h1>{words.title}</h1>
      <p class="intro">{words.intro}</p>
      <ol class="codes">
        {codes.map((code) => (
          <li>
            <code>{code}</code>
          </li>
        ))}
      </ol>
      <p class="next">{words.once}</p>
      <div class="actions">
        <a class="button primary" href={next ?? accountPath(context)}>
          {words.kept}
        </a>
      </div>
    </Layout>
  )
}
