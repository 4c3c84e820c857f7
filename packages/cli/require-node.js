// Loaded before each script (package.json). Plain JavaScript, because an older Node cannot read the scripts themselves: it would
// only say that it does not know the file extension ".ts".

/** The first with `import.meta.main`, which the scripts use. It also runs TypeScript. */
const NEEDED = [24, 2]

/** Returns what to do about a version of Node that is too old, or `null`. */
export function reasonAgainst(version) {
  const [major, minor] = version.split('.').map(Number)
  if (major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1])) return null
  return `This needs Node ${NEEDED.join('.')} or newer, and it was started by Node ${version}.
npm installs one for this project, unless it is told to ignore install scripts. Run this, and try again:

  npm rebuild --ignore-scripts=false`
}

const reason = reasonAgainst(process.versions.node)
if (reason !== null) {
  console.error(reason)
  process.exit(1)
}
