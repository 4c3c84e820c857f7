// Makes the pages handier. Everything works without it.

for (const box of all('.password')) addReveal(box)
for (const input of all('input[data-min-length]')) addStrength(input)
for (const form of all('form[data-confirm]')) askBefore(form)
for (const form of all('form[data-working]')) sendOnce(form)
for (const time of all('time')) localise(time)
for (const box of all('.cf-turnstile')) addEventListener('load', () => explainMissing(box))

/** A button that shows what is typed. @param {HTMLElement} box */
function addReveal(box) {
  const input = box.querySelector('input')
  if (!input) return
  const button = document.createElement('button')
  button.type = 'button'
  button.className = 'reveal'
  button.append(eye())
  button.setAttribute('aria-controls', input.id)
  /** @param {boolean} shown */
  function show(shown) {
    if (!input) return
    input.type = shown ? 'text' : 'password'
    button.classList.toggle('shown', shown)
    button.title = (shown ? box.dataset.hide : box.dataset.show) ?? ''
    button.ariaLabel = button.title
  }
  button.addEventListener('click', () => show(input.type === 'password'))
  // A click leaves the caret.
  button.addEventListener('mousedown', (event) => event.preventDefault())
  // So that the browser saves a password, and keeps no list of texts typed here.
  input.form?.addEventListener('submit', () => show(false))
  show(false)
  box.classList.add('enhanced')
  box.append(button)
}

/** Says how much longer a password must be, in code points as the server counts. @param {HTMLInputElement} input */
function addStrength(input) {
  const { minLength, moreOne, more, enough } = input.dataset
  const needed = Number(minLength)
  const box = document.createElement('div')
  const bar = document.createElement('progress')
  const words = document.createElement('span')
  box.className = 'strength'
  box.hidden = true
  bar.max = needed
  bar.ariaHidden = 'true'
  words.role = 'status'
  box.append(bar, words)
  input.closest('.password')?.after(box)
  let pause = 0
  input.addEventListener('input', () => {
    const length = [...input.value.normalize('NFC')].length
    const missing = needed - length
    box.hidden = length === 0
    bar.value = Math.min(length, needed)
    box.classList.toggle('enough', missing <= 0)
    // Read out when typing pauses.
    clearTimeout(pause)
    pause = setTimeout(() => {
      words.textContent =
        (missing <= 0 ? enough : missing === 1 ? moreOne : more?.replace('{n}', String(missing))) ?? ''
    }, 200)
  })
}

/** @param {HTMLFormElement} form */
function askBefore(form) {
  form.addEventListener('submit', (event) => {
    if (!confirm(form.dataset.confirm)) event.preventDefault()
  })
}

/** Disables the buttons of a form that was sent, and says that work goes on. @param {HTMLFormElement} form */
function sendOnce(form) {
  const words = document.createElement('p')
  words.role = 'status'
  form.append(words)
  /** @param {boolean} working */
  function show(working) {
    for (const button of all('button[type=submit]')) if (button.form === form) button.disabled = working
    words.className = working ? '' : 'visually-hidden'
    words.textContent = working ? (form.dataset.working ?? '') : ''
  }
  form.addEventListener('submit', (event) => {
    // Afterwards, because a disabled button is not part of what is sent, and another listener may stop it.
    setTimeout(() => show(!event.defaultPrevented))
  })
  // A page that the browser kept returns as it was left.
  addEventListener('pageshow', () => show(false))
}

/** The reader's own time. @param {HTMLTimeElement} time */
function localise(time) {
  const format = new Intl.DateTimeFormat(localeOfReader(), { dateStyle: 'medium', timeStyle: 'short' })
  time.title = time.textContent ?? ''
  time.textContent = format.format(new Date(time.dateTime))
}

function eye() {
  const svg = svgOf('svg')
  svg.setAttribute('viewBox', '0 0 24 24')
  svg.ariaHidden = 'true'
  const lines = {
    outline: 'M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12Z',
    pupil: 'M12 9a3 3 0 1 0 0 6 3 3 0 1 0 0-6Z',
    slash: 'M4 20 20 4',
  }
  for (const [name, d] of Object.entries(lines)) {
    const path = svgOf('path')
    path.setAttribute('class', name)
    path.setAttribute('d', d)
    svg.append(path)
  }
  return svg
}

/** @param {string} name */
function svgOf(name) {
  return document.createElementNS('http://www.w3.org/2000/svg', name)
}

/** Says that Cloudflare's script did not load. @param {HTMLElement} box */
function explainMissing(box) {
  if ('turnstile' in window) return
  box.classList.add('error')
  box.role = 'alert'
  box.textContent = box.dataset.unavailable ?? ''
}

/** @param {string} selector @returns {NodeListOf<any>} */
function all(selector) {
  return document.querySelectorAll(selector)
}

/** The reader's own variant of the language of the page: the USA and Britain write dates differently. */
function localeOfReader() {
  const { lang } = document.documentElement
  return navigator.languages.find((tag) => tag === lang || tag.startsWith(`${lang}-`)) ?? lang
}
