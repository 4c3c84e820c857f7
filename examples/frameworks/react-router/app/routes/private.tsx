import { redirect, useLoaderData } from 'react-router'
import { userOf } from '../auth.server'

export async function loader({ request }: { request: Request }) {
  const user = await userOf(request)
  if (!user) throw redirect('/auth/login?return_to=/private', 303)
  return { email: user.email }
}

export default function Private() {
  const { email } = useLoaderData<typeof loader>()
  return (
    <>
      <p>Only for {email}.</p>
      <form method="post" action="/auth/logout">
        <input type="hidden" name="return_to" value="/" />
        <button type="submit">Sign out</button>
      </form>
    </>
  )
}
