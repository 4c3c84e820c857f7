import { Layout } from './layout'
import type { PageContext } from './page'

interface DonePageProps {
  readonly context: PageContext
  readonly title: string
  readonly text: string
  /** The one way on. */
  readonly link: { readonly href: string; readonly text: string }
}

/** Renders that something is finished, with one thing to do next. */
export function DonePage({ context, title, text, link }: DonePageProps) {
  return (
    <Layout context={context} title={title}>
      <svg class="emblem success" viewBox="0 0 24 24" aria-hidden="true">
        <circle cx="12" cy="12" r="9.5" />
        <path d="m8 12.5 2.75 2.75L16 9.5" />
      </svg>
      <h1>{title}</h1>
      <p class="intro">{text}</p>
      <div class="actions">
        <a class="button primary" href={link.href}>
          {link.text}
        </a>
      </div>
    </Layout>
  )
}
