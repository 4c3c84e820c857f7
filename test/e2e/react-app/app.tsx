/** @jsxImportSource react */
import { createRoot } from 'react-dom/client'
import { createJanusClient } from '../../../packages/client/index.ts'
import { useSession } from '../../../packages/client/react.ts'

// A page of an app: two components that use one client, without a provider.
const auth = createJanusClient({ issuer: document.documentElement.dataset.issuer ?? '', mode: 'session' })

function Name() {
  const { status, user } = useSession(auth)
  return <p id="name">{status === 'signed-in' ? user.email : status}</p>
}

function SignOut() {
  const { status, refresh } = useSession(auth)
  return (
    <>
      <button type="button" id="sign-out" disabled={status !== 'signed-in'} onClick={() => auth.signOut()}>
        Sign out
      </button>
      <button type="button" id="refresh" onClick={refresh}>
        Refresh
      </button>
    </>
  )
}

Object.assign(globalThis, { auth })
createRoot(document.querySelector('main') as Element).render(
  <>
    <Name />
    <SignOut />
  </>,
)
