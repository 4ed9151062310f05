// Pieces of SVG. Every text is escaped here; numbers are rounded, so that the same story gives the same bytes.

/** Whatever is drawn: SVG, and nothing else. */
export type Svg = string & { readonly isSvg: true }

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** A run of text; `y` is its baseline. It keeps free of what is behind it by an edge of paper. */
export function text(said: string, [x, y]: readonly [number, number], size: number, fill = INK): Svg {
  const safe = said.replace(/[&<>"]/g, (odd) => ESCAPES[odd] ?? odd)
  const place = `x="${round(x)}" y="${round(y)}" font-size="${size}"`
  return `<text ${place} fill="${fill}" stroke="${PAPER}" ${EDGE}>${safe}</text>` as Svg
}

const EDGE = 'stroke-width="10" stroke-linejoin="round" paint-order="stroke"'

/** A rectangle with a fill: a colour, or `url(#name)` of a pattern. */
export function box([x, y]: readonly [number, number], [width, height]: readonly [number, number], fill: string): Svg {
  return `<rect x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" fill="${fill}"/>` as Svg
}

/** The same with an edge. */
export function edged(at: readonly [number, number], size: readonly [number, number], fill: string): Svg {
  return box(at, size, fill).replace('/>', ` stroke="${INK}" stroke-width="2"/>`) as Svg
}

/** A straight line. */
export function line(from: readonly [number, number], to: readonly [number, number], width: number, stroke = INK): Svg {
  const ends = `x1="${round(from[0])}" y1="${round(from[1])}" x2="${round(to[0])}" y2="${round(to[1])}"`
  return `<line ${ends} stroke="${stroke}" stroke-width="${width}"/>` as Svg
}

/** A diamond around a point, hollow or filled. */
export function diamond([x, y]: readonly [number, number], radius: number, isFilled: boolean): Svg {
  const points = [
    [x, y - radius],
    [x + radius, y],
    [x, y + radius],
    [x - radius, y],
  ].map((point) => point.map(round).join(','))
  return `<polygon points="${points.join(' ')}" fill="${isFilled ? INK : PAPER}" stroke="${INK}" stroke-width="4"/>` as Svg
}

/** Several pieces, one over the other. */
export function drawn(...pieces: readonly Svg[]): Svg {
  return pieces.join('\n') as Svg
}

/** The whole picture on its paper, with the patterns that its fills name. */
export function sheet(width: number, height: number, ...pieces: readonly Svg[]): Svg {
  const head = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${Math.ceil(height)}" font-family="DejaVu Sans">`
  return drawn(head as Svg, PATTERNS, box([0, 0], [width, Math.ceil(height)], PAPER), ...pieces, '</svg>' as Svg)
}

/** The colours; none means anything by itself. */
export const INK = '#1b1f24'
/** The ground. */
export const PAPER = '#ffffff'
/** Lines that only lead the eye. */
export const FAINT = '#c3c9d0'

function pattern(name: string, ground: string, strokes: string, size = 16): string {
  const frame = `id="${name}" width="${size}" height="${size}" patternUnits="userSpaceOnUse"`
  return `<pattern ${frame}><rect width="${size}" height="${size}" fill="${ground}"/>${strokes}</pattern>`
}

function strokes(path: string, width: number, stroke = INK): string {
  return `<path d="${path}" stroke="${stroke}" stroke-width="${width}" fill="none"/>`
}

const RISING = 'M-4,4 L4,-4 M0,16 L16,0 M12,20 L20,12'
const FALLING = 'M-4,12 L4,20 M0,0 L16,16 M12,-4 L20,4'

const PATTERNS = `<defs>${[
  pattern('seed', '#eef3f8', `<circle cx="8" cy="8" r="3.5" fill="${INK}"/>`),
  pattern('snapshot', '#cfe3f7', strokes(RISING, 3)),
  pattern('restore', '#fdf0cf', strokes(`${RISING} ${FALLING}`, 2)),
  pattern('attach', INK, ''),
  pattern('replica', '#dff0e1', strokes('M0,4 L16,4 M0,12 L16,12', 3)),
  pattern('open', '#d8f0d8', strokes('M4,0 L4,16 M12,0 L12,16', 3)),
  pattern('failed', '#f6c9c5', strokes(`${RISING} ${FALLING}`, 5, '#8c1d18')),
  pattern('outage', '#fbe9e4', strokes(FALLING, 1, '#d9a79a')),
].join('')}</defs>` as Svg

function round(px: number): number {
  return Math.round(px * 10) / 10
}
