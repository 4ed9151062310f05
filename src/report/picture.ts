// The picture of a run: what was done for each volume over time, the phases, the outage, and where people were asked. It is 1,170 pixels
// wide, three times a phone, so that its text is legible there; and on paper, since colours only repeat what patterns and words say.
import { isMove } from '../core/journal/state.ts'
import { type Axis, axisOf, ticksOf, xOf } from './axis.ts'
import { box, diamond, drawn, edged, FAINT, INK, line, type Svg, sheet, text } from './drawing.ts'
import { fitted, fittedName, inLanes, isDrawable, widthOf, wrapped } from './labels.ts'
import { type Course, coursesOf, LEGS, type Leg, type LegKind, lastLeg } from './legs.ts'
import type { Question, Story } from './story.ts'
import { outcomeOf, verdictSentence } from './verdict.ts'
import { counted, GATE_WORDS, lengthOf, stampOf } from './words.ts'

const WIDTH = 1_170
const MARGIN = 30
/** The room for text between the margins. */
const ROOM = WIDTH - 2 * MARGIN
/** Sizes of text: 11 pixels on a phone at least. */
const TITLE = 46
const BODY = 34
const LINE = 48
const TITLE_LINE = LINE + 16
const BAR = 36
/** A row: its words, its bar, and the space below. */
const ROW = LINE + BAR + 24
/** Volumes that have a row of their own, and questions that have a line. */
const ROWS_MAX = 20
const QUESTIONS_MAX = 8
/** What took seconds is shown all the same. */
const LEAST_PX = 10

/** A part of the picture: how high it is, and how it is drawn with its upper edge at `y`. */
type Part = { readonly height: number; readonly at: (y: number) => Svg }

const PHASES_SHOWN = {
  planned: 'planned',
  seeding: 'preparing',
  frozen: 'stopping writes',
  moving: 'copying',
  live: 'live',
  done: 'done',
  aborting: 'going back',
  aborted: 'aborted',
  halted: 'halted',
} as const

const LEG_WORDS: Readonly<Record<LegKind, string>> = {
  seed: 'snapshot taken ahead',
  snapshot: 'final snapshot',
  restore: 'copy made',
  attach: 'copy attached',
  replica: 'replica handed over',
  open: 'service opens',
}

/** The picture as SVG. The same story gives the same text. */
export function pictureSvg(story: Story): Svg {
  const axis = axisOf(story, MARGIN, WIDTH - MARGIN)
  const courses = shownCourses(story)
  const above = [phasesPart(story, axis), ...questionParts(story, axis), outagePart(story, axis)]
  const rows = courses.shown.map((course) => rowPart(course, axis))
  const kinds = LEGS.filter((kind) => courses.shown.some(({ legs }) => legs.some((leg) => leg.kind === kind)))
  const hasFailed = courses.shown.some((course) => course.hasFailed)
  const below = [
    axisPart(axis),
    legendPart(kinds, hasFailed),
    wordsPart([...restWords(courses), ...cutWords(story, axis)]),
  ]
  const head = headPart(story)
  const parts = [head, ...above, ...rows, ...below]
  const tops = [MARGIN]
  for (const { height } of parts) tops.push((tops.at(-1) ?? MARGIN) + height)
  const [shadeY, axisY] = [tops[above.length] ?? 0, tops[1 + above.length + rows.length] ?? 0]
  const shades = story.outages.map(({ fromMs, untilMs }) => {
    const [from, to] = [xOf(axis, fromMs), xOf(axis, untilMs ?? axis.toMs)]
    const edges = [from, to].map((x) => line([x, shadeY], [x, axisY], 4, '#a3493a'))
    return drawn(box([from, shadeY], [Math.max(LEAST_PX, to - from), axisY - shadeY], 'url(#outage)'), ...edges)
  })
  const grid = ticksOf(axis, TICKS_APART).map(({ x }) => line([x, shadeY + LINE], [x, axisY], 2, FAINT))
  const all = parts.map((part, index) => part.at(tops[index] ?? 0))
  return sheet(WIDTH, (tops.at(-1) ?? 0) + MARGIN, ...shades, ...grid, ...all)
}

function headPart(story: Story): Part {
  const { migration: m, fromMs, asOfMs } = story
  const isRehearsal = m.purpose === 'rehearsal'
  const titles = [...(isRehearsal ? [`Rehearsal ${outcomeOf(m)}`] : []), `${m.plan.sourceZone} → ${m.plan.targetZone}`]
  const state = m.endedAtMs === null ? `${PHASES_SHOWN[m.phase]} as of ${stampOf(asOfMs)}` : PHASES_SHOWN[m.phase]
  const told = [`${m.id}, begun ${stampOf(fromMs)}, ${state}`, ...(isRehearsal ? [verdictSentence(story)] : [])]
  const lines = told.flatMap((said) => wrapped(said, BODY, ROOM))
  const below = titles.length * TITLE_LINE
  return {
    height: below + lines.length * LINE,
    at: (y) =>
      drawn(
        ...titles.map((said, index) =>
          text(fitted(said, TITLE, ROOM), [MARGIN, y + index * TITLE_LINE + TITLE], TITLE),
        ),
        ...lines.map((said, index) => text(said, [MARGIN, y + below + index * LINE + BODY], BODY)),
      ),
  }
}

/** A band for each phase; its name stands above it, or higher where there is no room, and a line leads down to where it began. */
function phasesPart({ phases }: Story, axis: Axis): Part {
  const seen = phases.filter(({ fromMs, untilMs }) => fromMs <= axis.toMs && (untilMs ?? axis.toMs) >= axis.fromMs)
  const bands = seen.map(({ phase, fromMs, untilMs }) => ({
    text: PHASES_SHOWN[phase],
    atX: xOf(axis, fromMs),
    toX: xOf(axis, untilMs ?? axis.toMs),
  }))
  const placed = inLanes(bands, BODY, [MARGIN, WIDTH - MARGIN - 8])
  const lanes = Math.max(0, ...placed.map(({ lane }) => lane)) + 1
  const bandY = lanes * LINE
  return {
    height: bandY + BAR + 12,
    at: (y) =>
      drawn(
        ...placed.map(({ atX, lane }) => line([atX, y + lane * LINE + 8], [atX, y + bandY], 2, FAINT)),
        ...bands.map(({ atX, toX }, index) =>
          edged([atX, y + bandY], [Math.max(2, toX - atX), BAR], index % 2 === 0 ? '#dde3ea' : '#f4f6f9'),
        ),
        ...placed.map(({ text: said, x, lane }) => text(said, [x + 8, y + lane * LINE + BODY], BODY)),
      ),
  }
}

/** A line for each question: hollow where it was asked, filled where it was approved, and its name in words. */
function questionParts({ questions }: Story, axis: Axis): Part[] {
  const seen = questions.filter(({ fromMs, untilMs }) => fromMs <= axis.toMs && (untilMs ?? axis.toMs) >= axis.fromMs)
  return seen.slice(-QUESTIONS_MAX).map((question) => questionPart(question, axis))
}

/** The words stand where there is room beside the marks, or else below them. */
function questionPart({ gate, fromMs, untilMs }: Question, axis: Axis): Part {
  const [asked, answered] = [xOf(axis, fromMs), xOf(axis, untilMs ?? axis.toMs)]
  const waited = untilMs === null ? 'no answer yet' : `for ${lengthOf(untilMs - fromMs)}`
  const said = fitted(`${GATE_WORDS[gate]}: asked ${minute(fromMs)}, ${waited}`, BODY, ROOM)
  const width = widthOf(said, BODY)
  const sides = [answered + BESIDE, asked - BESIDE - width]
  const beside = sides.find((x) => x >= MARGIN && x + width <= WIDTH - MARGIN)
  return {
    height: beside === undefined ? 2 * LINE : LINE,
    at: (y) => {
      const middle = y + LINE / 2
      return drawn(
        line([asked, middle], [answered, middle], 4),
        diamond([asked, middle], 12, false),
        ...(untilMs === null ? [] : [diamond([answered, middle], 12, true)]),
        text(said, [beside ?? MARGIN, y + BODY + (beside === undefined ? LINE : 0)], BODY),
      )
    },
  }
}

/** Space between a mark and its words, in pixels. */
const BESIDE = 30

function minute(ms: number): string {
  return new Date(ms).toISOString().slice(11, 16)
}

/** The name of the shaded stretch, with its length. */
function outagePart({ outages, asOfMs }: Story, axis: Axis): Part {
  const labels = outages.map(({ fromMs, untilMs }) => ({
    text: `outage ${lengthOf((untilMs ?? asOfMs) - fromMs)}${untilMs === null ? ' so far' : ''}`,
    atX: xOf(axis, fromMs) + 10,
  }))
  const placed = inLanes(labels, BODY, [MARGIN, WIDTH - MARGIN])
  const lanes = Math.max(-1, ...placed.map(({ lane }) => lane)) + 1
  return {
    height: lanes * LINE + 12,
    at: (y) =>
      drawn(...placed.map(({ text: said, x, lane }) => text(said, [x, y + lane * LINE + BODY], BODY, '#8c1d18'))),
  }
}

type Shown = { readonly shown: readonly Course[]; readonly rest: readonly Course[] }

/** Those that failed, and the slowest; the slowest first. */
function shownCourses(story: Story): Shown {
  const all = coursesOf(story).toSorted((a, b) => b.tookMs - a.tookMs || (a.move.id < b.move.id ? -1 : 1))
  const first = [...all.filter(({ hasFailed }) => hasFailed), ...all.filter(({ hasFailed }) => !hasFailed)]
  const shown = new Set(first.slice(0, ROWS_MAX))
  return { shown: all.filter((course) => shown.has(course)), rest: all.filter((course) => !shown.has(course)) }
}

function rowPart(course: Course, axis: Axis): Part {
  const { name, move, sizeGib, legs } = course
  const behind = `, ${sizeGib} GiB${courseWords(course)}`
  const called = isDrawable(name) ? name : move.id
  const said = `${fittedName(called, BODY, Math.max(ROOM / 3, ROOM - widthOf(behind, BODY)))}${behind}`
  return {
    height: ROW,
    at: (y) =>
      drawn(
        text(fitted(said, BODY, ROOM), [MARGIN, y + BODY], BODY),
        line([MARGIN, y + LINE + BAR / 2], [WIDTH - MARGIN, y + LINE + BAR / 2], 2, FAINT),
        ...bars(legs, axis).map(({ leg, fromX, toX }) =>
          edged([fromX, y + LINE], [toX - fromX, BAR], `url(#${leg.isFailed ? 'failed' : leg.kind})`),
        ),
      ),
  }
}

/** Bars beside each other: one that would be too narrow to see takes a little of the time behind it. */
function bars(legs: readonly Leg[], axis: Axis): { leg: Leg; fromX: number; toX: number }[] {
  const seen = legs.filter(({ fromMs, untilMs }) => fromMs <= axis.toMs && (untilMs ?? axis.toMs) >= axis.fromMs)
  let endX = axis.fromX
  return seen.flatMap((leg) => {
    const fromX = Math.max(endX, Math.min(xOf(axis, leg.fromMs), axis.toX - LEAST_PX))
    const toX = Math.min(axis.toX, Math.max(xOf(axis, leg.untilMs ?? axis.toMs), fromX + LEAST_PX))
    if (toX <= fromX) return []
    endX = toX
    return [{ leg, fromX, toX }]
  })
}

function courseWords(course: Course): string {
  const { legs } = course
  const broken = legs.at(-1)?.isFailed ? (legs.at(-1) ?? null) : null
  const leg = broken ?? lastLeg(course, 'replica') ?? lastLeg(course, 'snapshot') ?? lastLeg(course, 'seed')
  if (!leg) return ''
  const what = leg.kind === 'replica' ? 'replica' : LEG_WORDS[leg.kind]
  if (leg.isFailed) return `, ${what} failed`
  const again = legs.some(({ kind, isFailed }) => isFailed && kind === leg.kind) ? ' after a failure' : ''
  return leg.untilMs === null ? `, ${what} not complete` : `, ${what} ${lengthOf(leg.untilMs - leg.fromMs)}${again}`
}

/** Pixels between two marks of the axis: a time and some space. */
const TICKS_APART = 180

function axisPart(axis: Axis): Part {
  const ticks = ticksOf(axis, TICKS_APART)
  return {
    height: LINE + 40,
    at: (y) =>
      drawn(
        line([MARGIN, y], [WIDTH - MARGIN, y], 4),
        ...ticks.flatMap(({ x, text: said }) => {
          const width = widthOf(said, BODY)
          const left = Math.max(MARGIN, Math.min(x - width / 2, WIDTH - MARGIN - width))
          return [line([x, y], [x, y + 12], 4), text(said, [left, y + 14 + BODY], BODY)]
        }),
      ),
  }
}

/** What the patterns mean, several on a line. */
function legendPart(kinds: readonly LegKind[], hasFailed: boolean): Part {
  const entries = [
    ...kinds.map((kind) => [kind, LEG_WORDS[kind]] as const),
    ...(hasFailed ? [['failed', 'failed'] as const] : []),
  ]
  const swatch = 64
  let [x, row] = [MARGIN, 0]
  const placed = entries.map(([fill, said]) => {
    const width = swatch + 16 + widthOf(said, BODY)
    if (x > MARGIN && x + width > WIDTH - MARGIN) [x, row] = [MARGIN, row + 1]
    const at = { fill, said, x, row }
    x += width + 30
    return at
  })
  return {
    height: (row + 1) * (LINE + 8) + 12,
    at: (y) =>
      drawn(
        ...placed.flatMap(({ fill, said, x: left, row: below }) => {
          const top = y + below * (LINE + 8)
          return [
            edged([left, top], [swatch, BAR], `url(#${fill})`),
            text(said, [left + swatch + 16, top + BODY - 4], BODY),
          ]
        }),
      ),
  }
}

function wordsPart(sentences: readonly string[]): Part {
  const lines = sentences.flatMap((sentence) => wrapped(sentence, BODY, ROOM))
  return {
    height: lines.length * LINE,
    at: (y) => drawn(...lines.map((said, index) => text(said, [MARGIN, y + index * LINE + BODY], BODY, INK))),
  }
}

function restWords({ rest }: Shown): string[] {
  if (rest.length === 0) return []
  const failed = rest.filter(({ hasFailed }) => hasFailed).length
  const most = lengthOf(Math.max(...rest.map(({ tookMs }) => tookMs)))
  const wrong = failed > 0 ? `${failed} of them failed` : 'none of them failed'
  return [`Not drawn: ${counted(rest.length, 'more move')}, of at most ${most} each; ${wrong}.`]
}

function cutWords({ fromMs, asOfMs, migration }: Story, axis: Axis): string[] {
  const endMs = migration.endedAtMs ?? asOfMs
  return [
    ...(axis.isCutBefore ? [`What was before, since ${stampOf(fromMs)}, is not drawn.`] : []),
    ...(axis.isCutAfter ? [`It went on until ${stampOf(endMs)}, which is not drawn.`] : []),
    `Times are UTC. A bar ends when zonehop saw it done.${isMove(migration) ? ' Hollow diamond: people were asked. Filled: they approved.' : ''}`,
  ]
}
