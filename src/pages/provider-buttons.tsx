import { Form } from './form'
import { FRESH_FORM } from './form-state'
import type { PageContext } from './page'

/** A provider as a button shows it. */
export interface ProviderView {
  readonly name: string
  readonly label: string
}

interface ProviderButtonsProps {
  readonly context: PageContext
  readonly providers: readonly ProviderView[]
  readonly returnTo: string | null
}

/** Shows a form for each provider that begins a sign-in there, below the form of a page. It needs no script. */
export function ProviderButtons({ context, providers, returnTo }: ProviderButtonsProps) {
  const { texts } = context
  if (providers.length === 0) return null
  return (
    <>
      <p class="or">{texts.login.or}</p>
      {providers.map(({ name, label }) => (
        <Form form={providerForm(context, name)} action={`/login/social/${name}`} returnTo={returnTo}>
          <button type="submit" class="button">
            {texts.providers.proceed(label)}
          </button>
        </Form>
      ))}
    </>
  )
}

function providerForm(context: PageContext, name: string) {
  return { context, id: `provider-${name}`, state: FRESH_FORM, fields: [], retry: null }
}
