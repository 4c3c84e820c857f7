// What the playground makes its markup with: elements and texts, never HTML.

/** The element marked `data-part="name"`. @param {ParentNode} root @param {string} name @returns {any} */
export function part(root, name) {
  return root.querySelector(`[data-part="${name}"]`)
}

/**
 * @param {string} tag
 * @param {string} className
 * @param {...(Node | string)} children
 */
export function make(tag, className, ...children) {
  const element = document.createElement(tag)
  if (className) element.className = className
  element.append(...children)
  return element
}

/** A text with `{name}` filled in. @param {string} text @param {Record<string, unknown>} values */
export function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (_, name) => String(values[name]))
}

/** The time of day of an instant in seconds. @param {number} at */
export function clockTime(at) {
  return new Date(at * 1000).toLocaleTimeString('en-GB')
}

/** The day and time of an instant in seconds. @param {unknown} at */
export function dayAndTime(at) {
  return new Date(Number(at) * 1000).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'medium' })
}

/** Seconds as minutes and seconds. @param {number} seconds */
export function duration(seconds) {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}

export function now() {
  return Math.floor(Date.now() / 1000)
}

/** Whether a name in a record or a claim is that of an instant. @param {string} name */
export function isInstant(name) {
  return /(_at|At)$|^(iat|exp|auth_time)$/.test(name)
}
