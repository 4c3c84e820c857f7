import { toSvgPath } from 'lean-qr/extras/svg'
import { generate } from 'lean-qr/nano'

interface QrCodeProps {
  readonly text: string
  /** For who cannot see it. */
  readonly label: string
}

/** The quiet zone that readers need, in modules (ISO/IEC 18004 §9.1). */
const MARGIN = 4

/** Draws a QR code in the page itself. Dark on light in either colour scheme, because not every reader knows the reverse. */
export function QrCode({ text, label }: QrCodeProps) {
  const code = generate(text)
  const side = code.size + 2 * MARGIN
  return (
    <svg
      class="qr"
      viewBox={`${-MARGIN} ${-MARGIN} ${side} ${side}`}
      role="img"
      aria-label={label}
      shape-rendering="crispEdges"
    >
      <rect x={-MARGIN} y={-MARGIN} width={side} height={side} fill="#fff" />
      <path d={toSvgPath(code)} fill="#000" />
    </svg>
  )
}
