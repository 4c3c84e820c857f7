import type { Flow, FlowStep } from './flows'

/** In units of the picture, which is 360 wide. */
const WIDTH = 360
const LANES_BEGIN = 30
const STEP_HEIGHT = 27
const GROUP_HEIGHT = 34
/** About what a letter takes at the size of the labels. */
const LETTER_WIDTH = 5.6

/** Draws a picture of who says what to whom, and the same in words for who cannot see it. */
export function FlowPicture({ id, flow }: { readonly id: string; readonly flow: Flow }) {
  const { caption, lanes, groups } = flow
  const rows = placeRows(flow)
  const height = LANES_BEGIN + groups.length * GROUP_HEIGHT + rows.steps.length * STEP_HEIGHT + 8
  return (
    <figure class="flow">
      <svg
        viewBox={`0 0 ${WIDTH} ${height}`}
        role="img"
        aria-label={caption}
        aria-describedby={`${id}-steps`}
      >
        {Object.entries(lanes).map(([name, x]) => (
          <>
            <line class="lane" x1={x} x2={x} y1={LANES_BEGIN} y2={height} />
            <text class="lane-name" x={x} y="18">
              {name}
            </text>
          </>
        ))}
        {rows.groups.map(({ title, y }) => (
          <>
            <rect class="band" x="0" width={WIDTH} y={y - 13} height="19" rx="4" />
            <text class="group" x="8" y={y}>
              {title}
            </text>
          </>
        ))}
        {rows.steps.map(({ step, y }) => (
          <Arrow step={step} lanes={lanes} y={y} />
        ))}
      </svg>
      <figcaption>{caption}</figcaption>
      <ol class="visually-hidden" id={`${id}-steps`}>
        {groups.flatMap(({ title, steps }) =>
          steps.map(({ from, to, label }) => (
            <li>{from === to ? `${title}: ${from}: ${label}` : `${title}: ${from} to ${to}: ${label}`}</li>
          )),
        )}
      </ol>
    </figure>
  )
}

interface ArrowProps {
  readonly step: FlowStep
  readonly lanes: Flow['lanes']
  /** Of the line. */
  readonly y: number
}

function Arrow({ step, lanes, y }: ArrowProps) {
  const { from, to, label, refused } = step
  const [start = 0, end = 0] = [lanes[from], lanes[to]]
  if (from === to) {
    const width = label.length * LETTER_WIDTH + 14
    return (
      <g class="step">
        <rect class="note" x={start - width / 2} width={width} y={y - 15} height="20" rx="10" />
        <text x={start} y={y - 1}>
          {label}
        </text>
      </g>
    )
  }
  const ahead = end > start ? 1 : -1
  return (
    <g class={refused ? 'step refused' : 'step'}>
      <line x1={start} x2={end - 3 * ahead} y1={y} y2={y} />
      <path d={`M${end - 1 * ahead} ${y}l${-6 * ahead} -3.5v7z`} />
      <text x={(start + end) / 2} y={y - 5}>
        {label}
      </text>
    </g>
  )
}

/** Returns the rows from top to bottom: the title of each group, and its steps. */
function placeRows({ groups }: Flow) {
  let y = LANES_BEGIN
  const titles: { title: string; y: number }[] = []
  const steps: { step: FlowStep; y: number }[] = []
  for (const group of groups) {
    y += GROUP_HEIGHT
    titles.push({ title: group.title, y: y - 13 })
    for (const step of group.steps) {
      y += STEP_HEIGHT
      steps.push({ step, y: y - 5 })
    }
  }
  return { groups: titles, steps }
}
