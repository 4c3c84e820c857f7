import { createPages as createScreens } from '../pages/create-pages'
import { createActivity } from '../storage/sql/activity'
import { createOwnSessionStore } from '../storage/sql/own-session-store'
import { createSelfService } from './create-self-service'
import type { PagesPart } from './part'
import type { WiredServices } from './wired-services'

/** Makes the pages, with the routes that their account page posts to: an app with pages has self-service. */
export const createPages = (
  services: WiredServices,
  options?: Parameters<typeof createScreens>[1],
): PagesPart => ({
  ...createScreens(
    { ...services, ownSessions: createOwnSessionStore(services.db), activity: createActivity(services.db) },
    options,
  ),
  selfService: createSelfService(services),
})
