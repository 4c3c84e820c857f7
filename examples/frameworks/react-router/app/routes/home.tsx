import { useLoaderData } from 'react-router'
import { userOf } from '../auth.server'

export async function loader({ request }: { request: Request }) {
  const user = await userOf(request)
  return { email: user?.email ?? null }
}

export default function Home() {
  const { email } = useLoaderData<typeof loader>()
  // A plain link: Janus answers it, not the router of the browser.
  return email === null ? <a href="/auth/login?return_to=/private">Sign in</a> : <p>Signed in as {email}.</p>
}
