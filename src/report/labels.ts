// Text in the picture: how wide it is at most, where it is cut, how it wraps, and where labels go so that no two overlap.
import { cut, seenOf } from '../core/model/text.ts'

/** Widths of characters of DejaVu Sans in parts of its size, rounded up; what is not named here is as wide as the widest. */
const WIDTHS: readonly (readonly [characters: RegExp, width: number])[] = [
  [/[ijlI.,:;'|!/ ·]/, 0.41],
  [/[ftrJ()[\]-]/, 0.42],
  [/[a-km-vx-z0-9_"*?#$`]/, 0.65],
  [/[A-FKLPR-TV-Z{}]/, 0.78],
  [/[GHNOQUw~+=<>&→]/, 0.84],
]
const WIDEST = 1.15

/** The most that a text can be wide in the picture's font, in pixels. */
export function widthOf(text: string, size: number): number {
  return [...text].reduce((sum, letter) => sum + (WIDTHS.find(([of]) => of.test(letter))?.[1] ?? WIDEST), 0) * size
}

/** Of a text as much as fits, with an ellipsis for the rest. */
export function fitted(text: string, size: number, widthPx: number): string {
  const whole = seenOf(text).trim()
  if (widthOf(whole, size) <= widthPx) return whole
  for (let length = Math.min(whole.length - 1, Math.floor(widthPx / (size * 0.4))); length > 1; length--) {
    const shorter = cut(whole, length)
    if (widthOf(shorter, size) <= widthPx) return shorter
  }
  return '…'
}

/** A name as `fitted` has it, but cut in its middle: names of volumes often differ in their ends alone. */
export function fittedName(name: string, size: number, widthPx: number): string {
  const whole = seenOf(name).trim()
  if (widthOf(whole, size) <= widthPx) return whole
  const letters = [...whole]
  for (let kept = letters.length - 1; kept > 1; kept--) {
    const shorter = `${letters.slice(0, Math.ceil(kept / 2)).join('')}…${letters.slice(-Math.floor(kept / 2)).join('')}`
    if (widthOf(shorter, size) <= widthPx) return shorter
  }
  return '…'
}

/** A text in as many lines as it takes; a word that is wider than a line is cut. */
export function wrapped(text: string, size: number, widthPx: number): string[] {
  const lines: string[] = []
  for (const word of seenOf(text).split(' ').filter(Boolean)) {
    const longer = [lines.at(-1), word].filter(Boolean).join(' ')
    if (lines.length > 0 && widthOf(longer, size) <= widthPx) lines[lines.length - 1] = longer
    else lines.push(fitted(word, size, widthPx))
  }
  return lines
}

/** Whether the picture's font has every character of a name, written from left to right: Latin, Greek, Cyrillic. */
export function isDrawable(text: string): boolean {
  return /^[\u0020-\u052F\u1E00-\u1FFF\u2010-\u205E]*$/.test(seenOf(text))
}

/** A label that wants to begin at `x`; `lane` counts from 0. */
export type Placed = { readonly text: string; readonly x: number; readonly atX: number; readonly lane: number }

/** Space between two labels of one lane, in pixels. */
const BETWEEN_PX = 24

/**
 * Each label in the first lane with room for it, in the order given, which is that of `atX`. One that would leave the picture is moved
 * to the left.
 */
export function inLanes(
  labels: readonly { readonly text: string; readonly atX: number }[],
  size: number,
  [leftX, rightX]: readonly [number, number],
): Placed[] {
  const ends: number[] = []
  return labels.map(({ text, atX }) => {
    const said = fitted(text, size, rightX - leftX)
    const width = widthOf(said, size)
    const x = Math.max(leftX, Math.min(atX, rightX - width))
    const free = ends.findIndex((endX) => endX + BETWEEN_PX <= x)
    const lane = free < 0 ? ends.length : free
    ends[lane] = x + width
    return { text: said, x, atX, lane }
  })
}
