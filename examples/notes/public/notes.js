// The session cookie goes along by itself: page, notes and Janus are one origin.
const element = (id) => document.getElementById(id)

async function call(method, path, body) {
  const headers = body === undefined ? {} : { 'Content-Type': 'application/json' }
  const response = await fetch(path, { method, headers, body: JSON.stringify(body) })
  const answer = response.status === 204 ? null : await response.json()
  if (!response.ok) throw new Error(answer.title)
  return answer
}

async function show() {
  const { authenticated, user } = await call('GET', '/auth')
  element('signed-in').hidden = !authenticated
  element('signed-out').hidden = authenticated
  if (!authenticated) return
  element('email').textContent = user.email
  const { notes } = await call('GET', '/notes')
  element('notes').replaceChildren(...notes.map(item))
}

function item({ id, text }) {
  const line = document.createElement('li')
  const button = document.createElement('button')
  button.type = 'button'
  button.className = 'quiet'
  button.textContent = 'Delete'
  button.ariaLabel = `Delete ${text}`
  button.onclick = attempt(() => call('DELETE', `/notes/${id}`))
  // As text, whatever it says.
  line.append(text, button)
  return line
}

/** Does something, shows what there is afterwards, and says so if it failed. */
function attempt(work) {
  return async (event) => {
    event?.preventDefault()
    const problem = element('problem')
    problem.hidden = true
    try {
      await work()
      await show()
    } catch (error) {
      problem.textContent = error.message
      problem.hidden = false
    }
  }
}

element('new-note').onsubmit = attempt(async () => {
  await call('POST', '/notes', { text: element('text').value })
  element('new-note').reset()
})

await attempt(async () => {})()
