import { redirect } from 'next/navigation'
import { currentUser } from '../../auth'

export const dynamic = 'force-dynamic'

export default async function Private() {
  const user = await currentUser()
  if (!user) redirect('/auth/login?return_to=/private')
  return (
    <>
      <p>Only for {user.email}.</p>
      <form method="post" action="/auth/logout">
        <input type="hidden" name="return_to" value="/" />
        <button type="submit">Sign out</button>
      </form>
    </>
  )
}
