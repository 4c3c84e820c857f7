import type { PageContext } from './page'

interface PasskeyBoxProps {
  readonly context: PageContext
  /** Says what assets/passkeys.js does with it, which shows the box where there are passkeys. */
  readonly does: 'step' | 'enrol' | 'prove'
  /** Says where the person goes then. */
  readonly next: string
  readonly label: string
  /** Is shown where it does not work. */
  readonly failed: string
  /** The account that the page is about, where somebody is signed in. */
  readonly accountId?: string
  /** Says whether the page offers something else above it. */
  readonly another?: boolean
  /** Says what else there is, where there are no scripts. */
  readonly instead?: readonly string[]
}

/** Renders the offer to use a passkey instead of the form of the page. */
export function PasskeyBox({
  context,
  does,
  next,
  label,
  failed,
  accountId,
  another = true,
  instead = [],
}: PasskeyBoxProps) {
  const { texts, basePath } = context
  const { needsScript, useNeedsScript } = texts.passkeys
  return (
    <>
      <div
        hidden
        {...{ [`data-passkey-${does}`]: true }}
        data-base={basePath}
        data-next={next}
        {...(accountId === undefined ? {} : { 'data-account-id': accountId })}
        data-failed={failed}
      >
        {another && <p class="or">{texts.login.or}</p>}
        <button type="button" class={another ? 'button' : 'button primary'}>
          {label}
        </button>
        <p role="status" />
      </div>
      <noscript>
        <p>{[does === 'enrol' ? needsScript : useNeedsScript, ...instead].join(' ')}</p>
      </noscript>
    </>
  )
}
