// Everything that can go wrong for one move at a time: a permission is refused, an attachment sticks, a volume is deleted, a
// hook fails. People are told of each once, with what to do; the rest goes live.
import { APPROVERS, APPROVES, type Scenario, wrongsOfMoved } from '../scenario.ts'
import { SOURCE, smallVolumes, TARGET, worldOf } from '../servers.ts'

const MINUTE_MS = 60_000
const DATA = { device: '/dev/sdf', sizeGib: 50, usedGib: 30, type: 'gp3', snapshotMinutes: 20 }

const RULES = `
${APPROVERS}services:
  web: { freeze: document, check: true, volumes: [web] }
  db: { freeze: document, check: true, volumes: [db] }
  search: { freeze: document, volumes: [search] }
  uploads: { freeze: document, volumes: [uploads] }
  mail: { freeze: document, need: deferrable, hook: drain the mail queue, volumes: [mail] }
  bulk: { freeze: document }
`

/**
 * Ends live with a failed hook: all has moved but search, which people go on without, and uploads, which is deleted.
 */
export const badMorning: Scenario = {
  name: 'bad-morning',
  world: (volumes) =>
    worldOf({
      'web-server': [{ name: 'web', ...DATA }],
      'db-server': [{ name: 'db', ...DATA }],
      'search-server': [{ name: 'search', ...DATA }],
      'uploads-server': [{ name: 'uploads', ...DATA, snapshotMinutes: 30 }],
      'mail-server': [{ name: 'mail', ...DATA, snapshotMinutes: 40 }],
      ...smallVolumes(volumes),
    }),
  rules: RULES,
  command: `/migrate start ${SOURCE} ${TARGET} --no-seed`,
  deeds: [
    {
      kind: 'happen',
      when: ({ asking }) => asking?.gate === 'freeze',
      what: (ec2, m) => {
        ec2.failNext('CreateSnapshot', 'UnauthorizedOperation', idOf(m, 'db'))
        ec2.mishapNext('zonehop-hook', { kind: 'fails', exit: 1, stderr: 'mailq: 312 messages are stuck' })
        ec2.stickNext(m.plan.moves.find(({ service }) => service === 'search')?.successor ?? '')
      },
    },
    { kind: 'press', who: 'harry', sees: /^retry-step .*Retry/, times: 1 },
    {
      kind: 'press',
      who: 'harry',
      sees: /Go on without search/,
      fills: { reason: 'search can be rebuilt from the database' },
    },
    {
      kind: 'happen',
      when: ({ phase }) => phase === 'moving',
      what: (ec2, m) => void ec2.perform('DetachVolume', { VolumeId: idOf(m, 'uploads'), Force: 'true' }),
    },
    {
      kind: 'happen',
      when: ({ freezes, phase }, nowMs) => phase === 'moving' && nowMs - (freezes[0]?.atMs ?? nowMs) > 8 * MINUTE_MS,
      what: (ec2, m) => void ec2.perform('DeleteVolume', { VolumeId: idOf(m, 'uploads') }),
    },
    {
      kind: 'type',
      who: 'giles',
      when: ({ phase }) => phase === 'moving',
      reads: /^uploads .* was deleted in EC2/,
      text: '/migrate defer uploads because its volume was deleted and comes back from the backup',
    },
    ...APPROVES,
  ],
  isOver: (m) =>
    m.phase === 'live' &&
    m.effects.values().some(({ effect, status }) => effect.step === 'hook' && status === 'failed'),
  wrongs: (before, after) => {
    const rest = { ...before, volumes: before.volumes.filter(({ name }) => name !== 'uploads') }
    return wrongsOfMoved(rest, after, ['search'])
  },
}

function idOf(m: Parameters<Scenario['isOver']>[0], name: string): string {
  return m.plan.moves.find(({ service }) => service === name)?.id ?? ''
}
