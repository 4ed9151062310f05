// /migrate as it is answered, on real use cases: only Bolt is not there.
import type { App } from '@slack/bolt'
import { expect, test } from 'vitest'
import { listenForCommands } from '../../src/slack/commands.ts'
import { checkEntry } from '../../src/store/entry-schema.ts'
import { memoryJournal } from '../support/memory-journal.ts'
import { move, plan, planned } from '../support/plans.ts'
import { useCasesOf } from '../support/use-cases.ts'

const PLAN = plan([move({ id: 'vol-1', name: 'logs' }), move({ id: 'vol-2', name: 'dropbox' })])
const ASIDE =
  'This zonehop stands aside from mig-bb: it is written in version 2 of the journal. Start a zonehop that writes version 2 of the journal, and ask there.'

/** `mig-aa` runs in version 1, and, where wanted, `mig-bb` in version 2. */
async function typing(...ids: readonly ('mig-aa' | 'mig-bb')[]): Promise<(text: string) => Promise<string>> {
  const journal = memoryJournal(() => 60_000)
  const later = journal.open(undefined, {
    version: 2,
    write: (entry) => ({ ...entry, version: 2 }),
    read: (written) => checkEntry({ ...(written as object), version: 1 }),
  })
  for (const id of ids) await (id === 'mig-aa' ? journal : later).append(id, null, planned(id, { plan: PLAN }))
  const use = useCasesOf(journal)
  type Listener = (given: object) => Promise<void>
  const listeners: Listener[] = []
  const app = { command: (_: string, listener: Listener) => void listeners.push(listener) } as unknown as App
  const onError = (error: Error): void => expect.unreachable(error.message)
  listenForCommands(app, { operations: use, permalink: async () => null, onError })
  return async (text) => {
    let answered = ''
    const respond = async ({ text: sentence }: { readonly text: string }): Promise<void> => {
      answered = sentence
    }
    for (const listen of listeners)
      await listen({ command: { text, user_id: 'U-2', channel_id: 'C-1' }, ack: async () => undefined, respond })
    return answered
  }
}

test('status names those that run, and says from which this zonehop stands aside', async () => {
  const type = await typing('mig-aa', 'mig-bb')
  expect(await type('status')).toBe(
    `*mig-aa: us-east-1a to us-east-1c, not started*\nNo outage: nothing was stopped.\nWho must act: nobody.\n${ASIDE}`,
  )
  const alone = await typing('mig-bb')
  expect(await alone('status')).toBe(ASIDE)
  const none = await typing()
  expect(await none('status')).toMatch(/^No migration is running/)
})

test.each([
  ['pause', ASIDE],
  ['abort mig-bb because it is late', ASIDE],
  ['return mig-bb dropbox because it is slow', ASIDE],
  ['pause mig-cc', 'mig-cc is not running; /migrate status lists those that are.'],
])('%s: of one it stands aside from it says that, and of no other', async (text, then) => {
  const type = await typing('mig-bb')
  expect(await type(text)).toBe(then)
})

test('return is handed on with its service and its reason', async () => {
  const type = await typing('mig-aa')
  expect(await type('return dropbox because its copy is slow')).toBe(
    'mig-aa is planned: before it goes live, /migrate abort brings everything back.',
  )
})
