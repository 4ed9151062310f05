// SVG to PNG, by a renderer that brings everything with it: of fonts it sees the one file beside this, and none of the system's, so
// that every machine draws the same bytes.
import { join } from 'node:path'
import { Resvg } from '@resvg/resvg-js'
import type { Svg } from './drawing.ts'

const FONT = join(import.meta.dirname, 'fonts', 'DejaVuSans.ttf')

/** The picture as the bytes of a PNG file. */
export function pngOf(svg: Svg): Uint8Array {
  const font = { fontFiles: [FONT], loadSystemFonts: false, defaultFontFamily: 'DejaVu Sans' }
  return new Resvg(svg, { font }).render().asPng()
}
