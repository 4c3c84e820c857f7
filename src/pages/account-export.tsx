import { AccountSection, type AccountView, ConfirmFirst } from './account-section'
import type { PageContext } from './page'

/** Shows the export of everything that is kept of the account, as a file, for whoever has proven lately to be its owner. */
export function AccountExport({
  context,
  recent,
}: {
  readonly context: PageContext
  readonly recent: AccountView['recent']
}) {
  const { texts, basePath } = context
  return (
    <AccountSection id="export-section" title={texts.account.export} intro={texts.account.exportIntro}>
      {recent ? (
        <p>
          <a class="button" href={`${basePath}/me/export`} download="account.json">
            {texts.account.submitExport}
          </a>
        </p>
      ) : (
        <ConfirmFirst context={context} />
      )}
    </AccountSection>
  )
}
