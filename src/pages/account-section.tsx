import type { Child, PropsWithChildren } from 'hono/jsx'
import { Form, type FormProps, Hidden } from './form'
import { type PageContext, withReturnTo } from './page'
import type { Texts } from './texts/en'

/** An account as its owner sees it. */
export interface AccountView {
  readonly id: string
  readonly name: string | null
  readonly email: string
  readonly emailVerified: boolean
  readonly hasPassword: boolean
  /** Holds what a change of the account takes: its password, nothing more than the proof there is, or another proof first. */
  readonly proof: 'password' | 'recent' | 'needed'
  /** Says whether its owner has proven who they are in the last minutes. */
  readonly recent: boolean
}

interface AccountSectionProps {
  readonly id: string
  readonly title: string
  readonly intro: string
  readonly children: Child
}

/** Renders a part of the account page: its explanation beside its forms. */
export function AccountSection({ id, title, intro, children }: AccountSectionProps) {
  return (
    <section class="section" id={id} aria-labelledby={`${id}-title`}>
      <div>
        <h2 id={`${id}-title`}>{title}</h2>
        <p class="intro">{intro}</p>
      </div>
      <div class="content">{children}</div>
    </section>
  )
}

interface FoldedProps {
  readonly summary: Child
  /** So that a form that came back is in sight. */
  readonly open: boolean
  readonly danger?: boolean
  readonly children: Child
}

/** Hides what is seldom done behind its name. */
export function Folded({ summary, open, danger = false, children }: FoldedProps) {
  return (
    <details open={open} {...(danger ? { class: 'danger' } : {})}>
      <summary>{summary}</summary>
      <div class="folded">{children}</div>
    </details>
  )
}

/** Renders a form of the account page. It says whose account it is about: another tab may have signed in to another one since. */
export function AccountForm({
  accountId,
  children,
  ...form
}: PropsWithChildren<FormProps & { readonly accountId: string }>) {
  return (
    <Form {...form}>
      <Hidden name="account_id" value={accountId} />
      {children}
    </Form>
  )
}

/** Returns where the forms of the account page come back to, and what it then says was done. */
export function accountPath({ basePath }: PageContext, done?: keyof Texts['account']['notices']): string {
  return `${basePath}/account${done === undefined ? '' : `?done=${done}`}`
}

/** Returns where somebody who is signed in proves again who they are, and comes back from to the account page. */
export function reauthenticatePath(context: PageContext): string {
  return withReturnTo(`${context.basePath}/reauthenticate`, accountPath(context))
}

/** Renders what replaces a form that needs a recent proof. */
export function ConfirmFirst({ context }: { readonly context: PageContext }) {
  const { recent, go } = context.texts.reauthenticate
  return (
    <>
      <p class="intro">{recent}</p>
      <p>
        <a class="button" href={reauthenticatePath(context)}>
          {go}
        </a>
      </p>
    </>
  )
}
