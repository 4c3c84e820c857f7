import type { Context } from 'hono'
import type { PageServices } from '../services'
import type { FormState } from './form-state'
import type { Frame } from './frame'
import { findMailedLink } from './mailed-link'
import type { PageContext } from './page'
import type { ProviderView } from './provider-buttons'
import type { Screen } from './screen'

/** Describes what the pages of a service are made of. */
export interface Site {
  readonly services: PageServices
  readonly frame: Frame
  /** Those that there are with these parts. */
  readonly screens: readonly Screen[]
  /** Says where one may sign in besides. */
  readonly providers: readonly ProviderView[]
}

/** Returns the screen at a path below that of Janus. */
export function screenAt({ screens }: Site, path: string): Screen | undefined {
  return screens.find((screen) => screen.path === path)
}

/** Returns the path that was requested, below that of Janus. */
export function pathOf({ services }: Site, c: Context): string {
  return c.req.path.slice(services.config.basePath.length)
}

/** Renders a screen for the link that led to it. @throws {Problem} `invalid-link` */
export async function renderScreen(
  { services, providers }: Site,
  { c, context, screen }: { readonly c: Context; readonly context: PageContext; readonly screen: Screen },
  state: FormState,
) {
  const link = await findMailedLink(services, c, screen.linkPurposes)
  return screen.form({ c, context, config: services.config, link, providers }, state)
}
