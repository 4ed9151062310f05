// What a button of the thread does: pressed as it stands there, on real use cases; only Bolt is not there.
import type { App } from '@slack/bolt'
import type { ModalView } from '@slack/types'
import { expect, test } from 'vitest'
import type { Effect } from '../../src/core/model/effects.ts'
import type { EntryBody } from '../../src/core/model/entries.ts'
import type { Migration } from '../../src/core/model/migration.ts'
import { ofMove, ofService } from '../../src/core/model/subjects.ts'
import { listenForClicks } from '../../src/slack/clicks.ts'
import { threadMessages } from '../../src/slack/messages/thread.ts'
import { memoryJournal } from '../support/memory-journal.ts'
import { entries, move, plan, planned, service } from '../support/plans.ts'
import { useCasesOf } from '../support/use-cases.ts'

const PLAN = plan([move({ id: 'vol-1', name: 'logs' }), move({ id: 'vol-2', name: 'dropbox' })], {
  services: [service('logs'), service('dropbox', { need: 'deferrable' })],
})
const ASKED: EntryBody = { kind: 'asked', gate: 'start', basis: 'b1', evidence: [], again: null }
const FREEZING: EntryBody = { kind: 'freezing', freeze: 'f', services: ['logs', 'dropbox'] }
const HANDS: Effect = {
  subject: ofService('logs'),
  step: 'freeze',
  generation: 1,
  direction: 'forward',
  ...{ service: 'logs', instances: ['i-source'], work: { method: 'manual', todo: ['umount'] } },
}
const ATTACH: Effect = {
  subject: ofMove('vol-2'),
  step: 'attach',
  generation: 1,
  direction: 'forward',
  ...{ volumeId: 'vol-copy', instance: 'i-target', device: '/dev/sdf' },
}
const FENCE: Effect = {
  subject: ofMove('vol-1'),
  step: 'fence',
  generation: 1,
  direction: 'back',
  ...{ service: 'logs', resource: 'files', instances: ['i-target'], document: 'zonehop-replica-fence' },
}
const failed = (effect: string): EntryBody => ({
  kind: 'failed',
  effect,
  ...{ issued: null, code: 'DocumentFailed', problem: 'silence', remedy: 'look' },
})
const ABORTING: EntryBody = { kind: 'aborting', by: 'U-3', reason: 'enough' }
const CLEANING: readonly EntryBody[] = [ABORTING, { kind: 'aborted' }, { kind: 'cleaning', by: 'U-3' }]

type Given = Readonly<Record<string, unknown>>
type Listener = (given: Given) => Promise<void>
type Answered = { readonly said: unknown[]; readonly refusal: string | null; readonly form: ModalView | null }

/** Presses the button of this label in the thread of what was said; a form that opens is sent with the reason, or what is typed. */
async function press(said: readonly EntryBody[], label: string, typed = 'I have seen it'): Promise<Answered> {
  const journal = memoryJournal(() => 60_000)
  journal.load(entries(planned('mig-1', { plan: PLAN }), ...said))
  journal.putBack(journal.keep(), { runId: 'r1', replicationId: 'h1' })
  const use = useCasesOf(journal)
  const listeners: { readonly on: RegExp; readonly listen: Listener }[] = []
  const hear = (on: RegExp, listen: Listener) => void listeners.push({ on, listen })
  listenForClicks({ action: hear, view: hear } as unknown as App, use, (error) => expect.unreachable(error.message))
  const send = async (name: string, given: Given): Promise<void> => {
    for (const { on, listen } of listeners) if (on.test(name)) await listen(given)
  }

  const all = await journal.entries('mig-1')
  const blocks = threadMessages((await journal.read('mig-1')) as Migration, all, []).flatMap(
    ({ message }) => message.blocks,
  )
  const buttons = blocks.flatMap((block) => (block.type === 'actions' ? block.elements : []))
  const button = buttons.findLast((each) => each.type === 'button' && each.text.text === label)
  if (button?.type !== 'button' || !button.action_id) throw new Error(`the thread has no button "${label}"`)
  let refusal: string | null = null
  let form: ModalView | null = null
  const body = { user: { id: 'U-2' }, trigger_id: 't' }
  await send(button.action_id, {
    action: button,
    body,
    ack: async () => undefined,
    respond: async ({ text }: { text: string }) => {
      refusal = text
    },
    client: {
      views: {
        open: async ({ view }: { view: ModalView }) => {
          form = view
        },
      },
    },
  })
  const opened = form as ModalView | null
  if (opened) {
    const state = { values: { reason: { reason: { value: typed } } } }
    const ack = async (answer?: { errors: Record<string, string> }) => {
      refusal = answer?.errors.reason ?? null
    }
    await send(opened.callback_id ?? '', { ack, body, view: { ...opened, state } })
  }
  const since = (await journal.entries('mig-1')).slice(all.length)
  return { said: since.map(({ rev, atMs, nonce, runId, replicationId, ...rest }) => rest), refusal, form: opened }
}

const BY = { by: 'U-2' }
const WHY = { by: 'U-2', reason: 'I have seen it' }

test.each<[string, readonly EntryBody[], EntryBody]>([
  ['Start', [ASKED], { kind: 'approved', asked: 'n2', gate: 'start', basis: 'b1', ...BY }],
  ['Decline', [ASKED], { kind: 'declined', asked: 'n2', gate: 'start', ...BY }],
  [
    'This is done',
    [FREEZING, { kind: 'intended', effects: [HANDS] }],
    { kind: 'confirmed', intended: 'n3', effects: ['service/logs.freeze.1'], ...BY },
  ],
  [
    'Retry',
    [FREEZING, { kind: 'intended', effects: [ATTACH] }, failed('vol-2.attach.1')],
    { kind: 'retried', effect: 'vol-2.attach.1', failed: 'n4', ...BY },
  ],
  ['Pass this began', [{ kind: 'began' }, { kind: 'began' }], { kind: 'skipped', entry: 'n3', ...BY }],
  ['They are stopped: go on', [{ kind: 'halted', why: 'somebody else drives' }], { kind: 'resumed', ...BY }],
  ['Abort', [{ kind: 'halted', why: 'somebody else drives' }], { kind: 'aborting', ...WHY }],
  [
    'Give dropbox back',
    [FREEZING, { kind: 'wentLive', percents: {} }, { kind: 'intended', effects: [ATTACH] }, failed('vol-2.attach.1')],
    { kind: 'returned', service: 'dropbox', ...WHY },
  ],
  [
    'It is down, I have seen it',
    [ABORTING, { kind: 'intended', effects: [FENCE] }, failed('vol-1.fence.1')],
    { kind: 'confirmed', intended: 'n3', effects: ['vol-1.fence.1'], ...WHY },
  ],
])('%s', async (label, said, then) => {
  expect(await press(said, label)).toMatchObject({ said: [then], refusal: null })
})

test('a cleanup is approved by typing which', async () => {
  const asked: EntryBody = { kind: 'asked', gate: 'cleanup', basis: 'b1', evidence: ['Deletes 1 of 1.'], again: null }
  const approved: EntryBody = { kind: 'approved', asked: 'n5', gate: 'cleanup', basis: 'b1', by: 'U-2' }
  expect(await press([...CLEANING, asked], 'Delete', 'mig-1')).toMatchObject({
    said: [approved],
    refusal: null,
  })
  expect(await press([...CLEANING, asked], 'Delete', 'mig-2')).toMatchObject({
    said: [],
    refusal: 'Type mig-1 to approve; you typed "mig-2".',
  })
})

test('what a form asks names its service', async () => {
  const live: readonly EntryBody[] = [FREEZING, { kind: 'wentLive', percents: {} }]
  const { form, refusal, said } = await press(
    [...live, { kind: 'intended', effects: [ATTACH] }, failed('vol-2.attach.1')],
    'Give dropbox back',
    ' ',
  )
  expect(form).toMatchObject({ callback_id: 'return', title: { text: 'Give it back' } })
  expect(JSON.stringify(form?.blocks)).toContain('Why does dropbox go back?')
  expect([refusal, said]).toEqual(['Say why: /migrate return dropbox because <reason>.', []])
})
