// Passkeys on the pages: sign in with one, also from the list that the browser shows in the address field, or in its second step, prove again who one is, add one, and tell the browser which
// ones there are. Without this file
// every other way in works.

/** A challenge lasts five minutes (src/passkeys/challenge.ts). One that is chosen in the last moment has to arrive in time. */
const LISTEN_MS = 4 * 60 * 1000

const signIn = document.querySelector('[data-passkey-sign-in]')
const step = document.querySelector('[data-passkey-step]')
const prove = document.querySelector('[data-passkey-prove]')
const add = document.querySelector('[data-passkey-add]')
const enrol = document.querySelector('[data-passkey-enrol]')
const known = typeof PublicKeyCredential === 'function' ? PublicKeyCredential : null

if (signIn instanceof HTMLElement && known && 'parseRequestOptionsFromJSON' in known) offerSignIn(signIn)
if (known && 'parseRequestOptionsFromJSON' in known) {
  if (step instanceof HTMLElement) offerUse(step, '/login/second-factor/passkey', {})
  if (prove instanceof HTMLElement)
    offerUse(prove, '/reauthenticate/passkey', { account_id: prove.dataset.accountId })
}
if (known && 'parseCreationOptionsFromJSON' in known) {
  if (add instanceof HTMLElement) offerAdd(add, '/passkeys', { account_id: add.dataset.accountId })
  if (enrol instanceof HTMLElement) offerAdd(enrol, '/login/second-factor/set-up/passkey', {})
}
if (add instanceof HTMLElement) tellBrowser(add)

/** @param {HTMLElement} box */
function offerSignIn(box) {
  let waiting = new AbortController()
  box.hidden = false
  button(box).addEventListener('click', async () => {
    // A browser asks one question at a time.
    waiting.abort()
    if (!(await usePasskey(box, {}))) listen()
  })

  /** Lets the browser offer passkeys where the address is typed, for as long as the page is open. */
  async function listen() {
    if (!(await known?.isConditionalMediationAvailable?.())) return
    const mine = new AbortController()
    waiting = mine
    const timer = setTimeout(() => {
      mine.abort()
      whenSeen(listen)
    }, LISTEN_MS)
    await usePasskey(box, { mediation: 'conditional', signal: mine.signal })
    clearTimeout(timer)
  }
  listen()
}

/** Calls at once, or as soon as somebody looks at the page again. @param {() => void} call */
function whenSeen(call) {
  if (!document.hidden) return call()
  document.addEventListener('visibilitychange', call, { once: true })
}

/** Returns whether it led on. @param {HTMLElement} box @param {object} how */
async function usePasskey(box, how) {
  const asked = await send(box, '/login/passkey/options', {})
  if (!asked.ok) return fail(box)
  let credential
  try {
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(asked.body.options)
    credential = await navigator.credentials.get({ publicKey, ...how })
  } catch {
    // Cancelled, timed out, or no passkey here: the person knows, and the form is still there.
    return false
  }
  const answer = await send(box, '/login/passkey', {
    credential: toJson(credential),
    binding: asked.body.binding,
    mode: 'session',
  })
  if (answer.ok) {
    location.assign(box.dataset.next ?? '/')
    return true
  }
  if (answer.body.code === 'passkey-unknown' && credential) {
    const signal = { rpId: asked.body.options.rpId, credentialId: credential.id }
    await Reflect.get(PublicKeyCredential, 'signalUnknownCredential')?.call(PublicKeyCredential, signal)
  }
  return fail(box)
}

/**
 * Offers a passkey of an account that is known: as the second step of a sign-in, or to prove again who one is.
 *
 * @param {HTMLElement} box @param {string} path @param {object} more
 */
function offerUse(box, path, more) {
  box.hidden = false
  button(box).addEventListener('click', async () => {
    const asked = await send(box, `${path}/options`, more)
    if (!asked.ok) return fail(box)
    let credential
    try {
      const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(asked.body)
      credential = await navigator.credentials.get({ publicKey })
    } catch {
      return fail(box)
    }
    const answer = await send(box, path, { credential: toJson(credential), ...more })
    if (answer.ok) location.assign(answer.body.return_to ?? box.dataset.next ?? '/')
    else fail(box)
    return answer.ok
  })
}

/**
 * Offers to make a passkey: for the account that is signed in, or as the second factor that a sign-in waits for.
 *
 * @param {HTMLElement} box @param {string} path @param {object} more
 */
function offerAdd(box, path, more) {
  box.hidden = false
  button(box).addEventListener('click', async () => {
    const asked = await send(box, `${path}/options`, more)
    if (asked.body.code === 'insufficient-user-authentication')
      return location.assign(box.dataset.prove ?? '/')
    if (!asked.ok) return fail(box)
    let credential
    try {
      const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(asked.body)
      credential = await navigator.credentials.create({ publicKey })
    } catch {
      return fail(box)
    }
    const answer = await send(box, path, { credential: toJson(credential), ...more })
    if (answer.ok) location.assign(answer.body.return_to ?? box.dataset.next ?? '/')
    else fail(box)
    return answer.ok
  })
}

/**
 * Tells the browser which passkeys the account has left and what it is called now, so that it offers no removed one and shows no old name
 * (WebAuthn L3 §5.1.10). Browsers that do not know this lose nothing.
 *
 * @param {HTMLElement} box
 */
async function tellBrowser(box) {
  const { rpId, userHandle: userId, accepted = '', email: name, displayName } = box.dataset
  if (!known || !rpId || !userId) return
  const allAcceptedCredentialIds = accepted.split(' ').filter(Boolean)
  const signals = {
    signalAllAcceptedCredentials: { rpId, userId, allAcceptedCredentialIds },
    signalCurrentUserDetails: { rpId, userId, name, displayName },
  }
  for (const [signal, details] of Object.entries(signals)) {
    try {
      await Reflect.get(known, signal)?.call(known, details)
    } catch {
      // The browser keeps what it has.
    }
  }
}

/** @param {HTMLElement} box @param {string} path @param {object} body */
async function send(box, path, body) {
  try {
    const response = await fetch(`${box.dataset.base ?? ''}${path}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
      body: JSON.stringify(body),
    })
    return { ok: response.ok, body: await response.json() }
  } catch {
    return { ok: false, body: { code: '' } }
  }
}

/** @param {HTMLElement} box */
function fail(box) {
  const words = box.querySelector('[role=status]')
  if (words) words.textContent = box.dataset.failed ?? ''
  return false
}

/** @param {HTMLElement} box */
function button(box) {
  return /** @type {HTMLButtonElement} */ (box.querySelector('button'))
}

/** @param {Credential | null} credential */
function toJson(credential) {
  return credential instanceof PublicKeyCredential ? credential.toJSON() : null
}
