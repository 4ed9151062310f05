// A migration of a later version: while nobody runs who understands it, its channel is told once which version to start.
import { expect, test } from 'vitest'
import { handOn, tellAside } from '../../jobs/aside.ts'
import { JOURNAL_VERSION } from '../../src/core/model/entries.ts'
import type { Aside } from '../../src/store/entry-schema.ts'
import type { Views } from '../../src/store/views.ts'

/** The version of a process that is newer than this one. */
const LATER = JOURNAL_VERSION + 1
const NEWER: Aside = { version: LATER, why: `it is written in version ${LATER} of the journal` }
const UNKNOWN: Aside = { version: null, why: 'its journal holds "transmuted", which is not known here' }

async function told(aside: Aside | null, isNewer: boolean, times = 1): Promise<string[]> {
  const said: string[] = []
  const posted: Record<string, string> = {}
  const views = {
    posted: async () => ({ ...posted }),
    remember: async (_id: string, key: string, value: string) => void Object.assign(posted, { [key]: value }),
  } as unknown as Views
  const ports = {
    journal: { aside: async () => aside, channelOf: async () => 'C-1' },
    views,
    speaker: {
      post: async (channel: string, _thread: string | null, { text }: { readonly text: string }) => {
        said.push(`${channel} ${text}`)
        return '1.1'
      },
    },
    living: { announce: async () => undefined, isNewer: async () => isNewer },
  }
  for (let time = 0; time < times; time++) await tellAside('mig-1', ports)
  return said
}

test.each<[string, Aside | null, boolean, string[]]>([
  ['one that is understood', null, false, []],
  ['one that somebody else drives', NEWER, true, []],
  [
    'one of a known version',
    NEWER,
    false,
    [
      `C-1 Nobody drives mig-1: it is written in version ${LATER} of the journal, and only zonehops run that write version ${JOURNAL_VERSION}. Start a zonehop that writes version ${LATER} of the journal; until then nothing of it goes on.`,
    ],
  ],
  [
    'one with what is not known',
    UNKNOWN,
    false,
    [
      `C-1 Nobody drives mig-1: its journal holds "transmuted", which is not known here, and only zonehops run that write version ${JOURNAL_VERSION}. Start a newer zonehop; until then nothing of it goes on.`,
    ],
  ],
])('%s', async (_, aside, isNewer, said) => {
  expect(await told(aside, isNewer)).toEqual(said)
})

test('it is told once', async () => {
  expect(await told(NEWER, false, 3)).toHaveLength(1)
})

test.each<[string, Aside | null, boolean, string[]]>([
  ['of one that is understood is nobody else’s', null, true, []],
  ['goes on to a newer process', NEWER, true, ['waits 1000', 'nudges mig-1']],
  ['is dropped while no newer process runs', NEWER, false, []],
])('a job %s', async (_case, aside, isNewer, expected) => {
  const did: string[] = []
  await handOn('mig-1', {
    journal: { aside: async () => aside },
    living: { isNewer: async () => isNewer },
    queue: { nudge: async (id) => void did.push(`nudges ${id}`) },
    wait: async (ms) => void did.push(`waits ${ms}`),
  })
  expect(did).toEqual(expected)
})
