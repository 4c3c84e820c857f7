import { currentUser } from '../auth'

export const dynamic = 'force-dynamic'

export default async function Home() {
  const user = await currentUser()
  // A plain link: Janus answers it, not the router of the browser.
  return user ? <p>Signed in as {user.email}.</p> : <a href="/auth/login?return_to=/private">Sign in</a>
}
