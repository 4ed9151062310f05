// The floor of an outage, with each sum done by hand beside it.
import { describe, expect, test } from 'vitest'
import type { Move, Service } from '../../../src/core/model/plan.ts'
import type { Durations, TimedAttachment, TimedRun, TimedVolume } from '../../../src/demo/ec2/world/durations.ts'
import { longestPath } from '../../../src/demo/floor/floor.ts'
import { move, replicaMove, service } from '../../support/plans.ts'
import { seconds } from '../ec2/simulated.ts'

const NOTHING: Durations = { snapshots: new Map(), volumes: new Map(), runs: [], turns: [], syncs: [] }

/** A document of zonehop's that ran on an instance from one second to another. */
function ran(document: string, about: string, instance: string, [from, to]: readonly [number, number]): TimedRun {
  return { document: `zonehop-${document}`, about, instance, sentAtMs: seconds(from), endedAtMs: seconds(to) }
}

function attached(instance: string, [from, to]: readonly [number, number]): TimedAttachment {
  return {
    instance,
    beganAtMs: seconds(from),
    attachedAtMs: seconds(to),
    detachAskedAtMs: null,
    detachedAtMs: Number.POSITIVE_INFINITY,
  }
}

function made([from, to]: readonly [number, number], ...attachments: TimedAttachment[]): TimedVolume {
  return { createdAtMs: seconds(from), usableAtMs: seconds(to), snapshotsAtOnce: 5, attachments }
}

type Cut = { readonly at: number; readonly own: number; readonly ends?: number; readonly copies?: readonly string[] }

function cut({ at, own, ends = at + own, copies = [] }: Cut) {
  return { startedAtMs: seconds(at), ownMs: seconds(own), endsAtMs: seconds(ends), copies }
}

/** The terms of an outage from second 1000 to second 5000, as `service step seconds`. */
function path(services: readonly Service[], moves: readonly Move[], durations: Partial<Durations>): string[] {
  const outage = { services, moves, fromMs: seconds(1000), untilMs: seconds(5000) }
  return longestPath({ ...outage, durations: { ...NOTHING, ...durations } }).map(
    ({ service: name, step, ms }) => `${name} ${step} ${ms / 1000}`,
  )
}

const LOGS = service('logs', { method: 'document' })
const DB = service('db', { method: 'stop-instances' })
const ON_LOGS = move({ id: 'vol-logs', instance: 'i-logs' }, 'logs')
const ON_DB = move({ id: 'vol-db', instance: 'i-db' }, 'db')
const COPY = { snapshots: new Map([['vol-logs', [cut({ at: 1010, own: 100, copies: ['vol-copy'] })]]]) }
const COPIED: Partial<Durations> = {
  ...COPY,
  volumes: new Map([
    ['vol-logs', made([0, 0])],
    ['vol-copy', made([1120, 1123], attached('i-target', [1130, 1132]))],
  ]),
}

describe('one volume by snapshot', () => {
  test('each step counts for what it took, and no gap between two of them does', () => {
    const runs = [
      ran('freeze', 'logs', 'i-logs', [1001, 1004]),
      ran('after-attach', 'logs', 'i-target', [1140, 1142]),
      ran('check', 'logs', 'i-target', [1150, 1155]),
      ran('open', 'logs', 'i-target', [1300, 1301]),
    ]
    const checked = { ...LOGS, afterAttach: true, check: true }
    expect(path([checked], [ON_LOGS], { ...COPIED, runs })).toEqual([
      'logs freeze 3',
      'logs snapshot 100',
      'logs restore 3',
      'logs attach 2',
      'logs afterAttach 2',
      'logs verify 5',
      'logs open 1',
    ])
  })

  test('of several runs on one host the quickest counts, of several hosts the slowest, and none outside the outage', () => {
    const runs = [
      ran('open', 'logs', 'i-target', [900, 901]),
      ran('open', 'logs', 'i-target', [1300, 1307]),
      ran('open', 'logs', 'i-target', [1400, 1404]),
      ran('open', 'logs', 'i-second', [1300, 1306]),
      ran('open', 'db', 'i-target', [1300, 1390]),
    ]
    const second = { ...ON_LOGS, id: 'vol-second', successor: 'i-second' }
    expect(path([LOGS], [ON_LOGS], { runs })).toEqual(['logs open 4'])
    expect(path([LOGS], [ON_LOGS, second], { runs })).toEqual(['logs open 6'])
  })

  test('an older pending snapshot counts for as long as the final one waits for it to complete', () => {
    const runs = [ran('freeze', 'logs', 'i-logs', [1001, 1004])]
    const older = cut({ at: 500, own: 700 })
    const final = cut({ at: 1010, own: 100, ends: 1200, copies: ['vol-copy'] })
    const snapshots = new Map([['vol-logs', [older, final]]])
    // It ends at 1200, 196 s after the freeze; 100 s of these the final one copies itself.
    expect(path([LOGS], [ON_LOGS], { ...COPIED, runs, snapshots })).toEqual([
      'logs freeze 3',
      'logs olderSnapshot 96',
      'logs snapshot 100',
      'logs restore 3',
      'logs attach 2',
    ])
  })

  test('where EC2 takes one snapshot at a time, all of the older one comes before the final one', () => {
    const runs = [ran('freeze', 'logs', 'i-logs', [1001, 1004])]
    const snapshots = new Map([
      ['vol-logs', [cut({ at: 500, own: 550 }), cut({ at: 1060, own: 100, copies: ['vol-copy'] })]],
    ])
    const volumes = new Map([...(COPIED.volumes ?? [])].map(([id, one]) => [id, { ...one, snapshotsAtOnce: 1 }]))
    expect(path([LOGS], [ON_LOGS], { runs, snapshots, volumes })).toContain('logs olderSnapshot 46')
  })

  test('the copy that stands counts, not one of a snapshot before the outage, nor one that never came to the successor', () => {
    const snapshots = new Map([
      [
        'vol-logs',
        [
          cut({ at: 100, own: 800, copies: ['vol-old'] }),
          cut({ at: 1010, own: 300, copies: ['vol-stuck'] }),
          cut({ at: 1350, own: 100, copies: ['vol-copy'] }),
        ],
      ],
    ])
    const volumes = new Map([
      ...(COPIED.volumes ?? []),
      ['vol-old', made([1000, 1400], attached('i-target', [1700, 1799]))] as const,
      ['vol-stuck', made([1320, 1330], attached('i-target', [1340, Number.POSITIVE_INFINITY]))] as const,
    ])
    expect(path([LOGS], [ON_LOGS], { snapshots, volumes })).toEqual([
      'logs snapshot 100',
      'logs restore 3',
      'logs attach 2',
    ])
  })
})

describe('several services', () => {
  test('the longest ladder counts up to go-live, and the longest chain of openings behind it', () => {
    const uploads = service('uploads', { method: 'document', after: ['db'] })
    const moves = [ON_LOGS, { ...ON_DB, successor: 'i-db-next' }, move({ id: 'vol-up', instance: 'i-up' }, 'uploads')]
    const runs = [
      ran('freeze', 'logs', 'i-logs', [1001, 1004]),
      ran('open', 'logs', 'i-target', [1300, 1330]),
      ran('open', 'uploads', 'i-target', [1350, 1352]),
    ]
    const turns = [
      { instance: 'i-db', goal: 'stopped', turnedAtMs: seconds(1001), settlesAtMs: seconds(1061) },
      { instance: 'i-db-next', goal: 'running', turnedAtMs: seconds(1300), settlesAtMs: seconds(1340) },
    ] as const
    expect(path([LOGS, DB, uploads], moves, { ...COPIED, runs, turns })).toEqual([
      'logs freeze 3',
      'logs snapshot 100',
      'logs restore 3',
      'logs attach 2',
      'db open 40',
      'uploads open 2',
    ])
  })

  test('an instance that has run since before the outage is started at no cost', () => {
    const turns = [{ instance: 'i-target', goal: 'running', turnedAtMs: 0, settlesAtMs: seconds(30) }] as const
    expect(path([DB], [ON_DB], { turns })).toEqual([])
  })

  test('where people stop and open one by hand, no stopping and no opening counts', () => {
    const runs = [
      ran('freeze', 'logs', 'i-logs', [1001, 1004]),
      ran('check', 'logs', 'i-target', [1150, 1155]),
      ran('open', 'logs', 'i-target', [1300, 1301]),
    ]
    const checked = { ...LOGS, check: true }
    expect(path([checked, service('mail')], [ON_LOGS], { ...COPIED, runs })).toEqual([
      'logs snapshot 100',
      'logs restore 3',
      'logs attach 2',
      'logs verify 5',
    ])
  })
})

test('a replica: what is left to sync goes on beside the demotion, and both sides go down at once', () => {
  const away = { ...attached('i-backup', [0, 0]), detachAskedAtMs: seconds(1060), detachedAtMs: seconds(1064) }
  const durations = {
    runs: [
      ran('freeze', 'files', 'i-files', [1001, 1004]),
      ran('replica-demote', 'files', 'i-files', [1010, 1012]),
      ran('replica-down', 'files', 'i-files', [1045, 1046]),
      ran('replica-down', 'files', 'i-backup', [1050, 1053]),
      ran('replica-promote', 'files', 'i-files-next', [1080, 1082]),
      ran('replica-check', 'files', 'i-files-next', [1090, 1091]),
    ],
    volumes: new Map([['vol-files-copy', made([0, 0], away, attached('i-files-next', [1070, 1071]))]]),
    syncs: [{ resource: 'files', endedAtMs: seconds(1040) }],
  }
  const files = service('files', { method: 'document' })
  // The sync ended 36 s after the freeze, of which the demotion takes 2.
  expect(path([files], [replicaMove()], durations)).toEqual([
    'files freeze 3',
    'files demote 2',
    'files sync 34',
    'files down 3',
    'files detach 4',
    'files attach 1',
    'files promote 2',
    'files checkReplica 1',
  ])
  const synced = { ...durations, syncs: [{ resource: 'files', endedAtMs: seconds(900) }] }
  expect(path([files], [replicaMove()], synced)).not.toContain('files sync 34')
  expect(path([files], [replicaMove()], synced)).toHaveLength(7)
})
