// What a trial's faults are, drawn: each kind in some trials only, so that trials differ in kind and not in degree. They end
// after a while, so that trials can.
import type { Entry } from '../../../src/core/model/entries.ts'
import type { Faults } from '../../../src/demo/ec2/world/entities.ts'
import type { SsmFaults } from '../../../src/demo/ssm/entities.ts'
import type { Random } from './random.ts'

export type FaultPlan = {
  /** At each point where a process waits for a reply: how often it dies there, or is suspended. */
  readonly crash: number
  readonly suspend: number
  /** The same between winning `issued` and its call. */
  readonly crashIssued: number
  readonly suspendIssued: number
  readonly ec2: Faults
  readonly ssm: SsmFaults
  readonly isLate: boolean
  /** Whether EC2 never answers CreateSnapshot of one volume, as long as there are faults. */
  readonly isSilent: boolean
  /** Where the first snapshot of one volume of a required service stands, and for how long; `at`: of which, from 0 up to 1. Null: of none. */
  readonly stall: { readonly at: number; readonly percent: number; readonly minutes: number } | null
  /** The move is rehearsed first, and started after so many minutes, whether the rehearsal is over or not; 0: nobody rehearses. */
  readonly rehearsesForMin: number
  /** The zones are watched and seeded day by day, the move started after so many minutes, in which days are short; 0: nobody watches. */
  readonly seedsForMin: number
  /** How often a reply of the journal is lost, and its command sent again. */
  readonly lostReply: number
  /** Of jobs: begun late, run twice, never run. */
  readonly late: number
  readonly twice: number
  readonly never: number
  /** How often something befalls all of Redis or a clock, in minutes between two; 0 for never. */
  readonly wipeEveryMin: number
  readonly putBackEveryMin: number
  readonly clockStepEveryMin: number
  /** When a copy of the stack comes up beside it, in minutes from the start; 0 for never. */
  readonly rivalAtMin: number
  /** Redis is put back just after an entry of this kind, and to before it. */
  readonly loses: Entry['kind'] | null
  /** How often somebody who may tag writes one of zonehop's own tags, in minutes between two; 0 for never. */
  readonly tagEveryMin: number
  /** The same of who plants snapshots and copies, who sends commands under our comments, and who is in the channel and may do nothing. */
  readonly plantEveryMin: number
  readonly commandEveryMin: number
  readonly guestEveryMin: number
  /** How often EC2 or SSM cannot be reached by anybody, and how often EC2 answers a call with some other code than it should. */
  readonly awayEveryMin: number
  readonly darkEveryMin: number
  readonly answerEveryMin: number
  /** How often somebody deletes a message; where it is not 0, there is a Slack, and not all of its calls arrive. */
  readonly slackEveryMin: number
  /** When Redis is replaced by an empty one, in minutes from the start; 0 for never. */
  readonly emptyAtMin: number
  untilMs: number
}

/** What it would be worst to lose. */
const LOSSES: readonly [Entry['kind'], ...Entry['kind'][]] = [
  'wentLive',
  'wentLive',
  'wentLive',
  'wentLive',
  'freezing',
  'aborting',
  'aborted',
  'issued',
  'seen',
  'confirmed',
]

/** When faults are over, in minutes from the start. */
const SOON_MIN: [number, number] = [5, 20]
const LATE_MIN: [number, number] = [15, 40]

/** `own` draws what was added later: with `random` it would change the story of every seed. */
export function drawFaults(random: Random, fromMs: number, own: Random): FaultPlan {
  const isCalm = random.chance(0.05)
  const some = (share: number, most: number): number => (!isCalm && random.chance(share) ? random.between(0, most) : 0)
  const every = (share: number, least: number, most: number): number =>
    !isCalm && random.chance(share) ? random.between(least, most) : 0
  const loses = !isCalm && random.chance(0.4) ? random.pick(LOSSES) : null
  const plan = {
    crash: some(0.7, 0.004),
    suspend: some(0.4, 0.002),
    crashIssued: some(0.5, 0.1),
    suspendIssued: some(0.5, 0.15),
    ec2: {
      throttle: some(0.3, 0.1),
      serverError: some(0.4, 0.05),
      serverErrorAfter: some(0.4, 0.08),
      lostRequest: some(0.4, 0.08),
      lostResponse: some(0.5, 0.12),
      stuckAttachment: some(0.3, 0.25),
      failedSnapshot: some(0.2, 0.1),
      failedVolume: some(0.2, 0.1),
    },
    ssm: {
      throttle: some(0.3, 0.1),
      serverError: some(0.3, 0.05),
      lostResponse: some(0.4, 0.15),
      never: some(0.35, 0.2),
      late: some(0.35, 0.25),
      twice: some(0.3, 0.2),
      fails: some(0.35, 0.3),
      hangs: some(0.35, 0.25),
    },
    isLate: !isCalm && random.chance(0.4),
    stall: !isCalm && own.chance(0.1) ? drawStall(own) : null,
    rehearsesForMin: own.chance(0.12) ? own.between(1, 25) : 0,
    seedsForMin: own.chance(0.12) ? own.between(5, 45) : 0,
    lostReply: some(0.4, 0.05),
    late: some(0.4, 0.1),
    twice: some(0.4, 0.1),
    never: some(0.3, 0.05),
    wipeEveryMin: every(0.2, 2, 15),
    putBackEveryMin: every(0.25, 3, 20),
    clockStepEveryMin: every(0.2, 2, 15),
    isSilent: !isCalm && random.chance(0.16),
    rivalAtMin: !isCalm && random.chance(0.1) ? random.between(2, 20) : 0,
    loses,
    // What is written late can only be lost late.
    untilMs: fromMs + random.whole(...(loses ? LATE_MIN : SOON_MIN)) * 60_000,
    tagEveryMin: every(0.15, 1, 6),
    plantEveryMin: every(0.15, 0.5, 4),
    commandEveryMin: every(0.15, 0.5, 4),
    guestEveryMin: every(0.15, 0.5, 4),
    awayEveryMin: every(0.15, 2, 10),
    answerEveryMin: every(0.15, 0.5, 4),
    darkEveryMin: every(0.15, 2, 10),
    slackEveryMin: every(0.15, 1, 5),
    emptyAtMin: !isCalm && random.chance(0.12) ? random.between(1, 12) : 0,
  }
  // Drawn after all others, so that a seed from before it draws the story that it drew.
  return { ...plan, ec2: { ...plan.ec2, refusedRate: some(0.3, 0.6) } }
}

function drawStall(random: Random): FaultPlan['stall'] {
  return { at: random.next(), percent: random.whole(0, 98), minutes: random.whole(6, 20) }
}

/** The same, as long as the trial has faults. */
export function whileFaulty<T extends object>(faults: T, isFaulty: () => boolean): T {
  return new Proxy(faults, { get: (target, key) => (isFaulty() ? Reflect.get(target, key) : 0) })
}
