// /migrate report as it is typed into Slack: its files go to the migration's thread by Slack's own three steps, or the answer says why not.
import { afterEach, expect, test } from 'vitest'
import { plain } from '../../src/core/model/text.ts'
import type { LocalSlack } from '../../src/demo/slack/entities.ts'
import { ALL_SCOPES } from '../../src/demo/slack/web/scopes.ts'
import { reportOf } from '../../src/report/report.ts'
import { startSlack as connect } from '../../src/slack/app.ts'
import { PEOPLE, startSlack } from '../demo/slack/bolt.ts'
import { DONE } from '../report/journal.ts'
import { memoryJournal } from '../support/memory-journal.ts'
import { NO_VIEWS, useCasesOf } from '../support/use-cases.ts'
import { PATIENT } from './on-bolt.ts'

const HARRY = PEOPLE[1].id
const REPORT = reportOf(DONE)
const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

/** The product's Slack edge and use cases on a journal that is over; its thread hangs on a message where there is one. */
async function open(canWriteFiles: boolean, hasThread = true) {
  const slack = await startSlack(canWriteFiles ? {} : { scopes: ALL_SCOPES.filter((scope) => scope !== 'files:write') })
  slack.say(HARRY, 'the status message', null)
  const [status] = slack.messages()
  const journal = memoryJournal(() => DONE.at(-1)?.atMs ?? 0)
  journal.load(DONE)
  const use = useCasesOf(journal, {
    ...NO_VIEWS,
    posted: async (): Promise<Record<string, string>> => (hasThread && status ? { status: `${status.ts} digest` } : {}),
  })
  const { botToken, appToken, apiUrl } = slack
  const errors: string[] = []
  const desk = { operations: use, hearing: { isFirst: async () => true }, isSlackThere: true }
  const app = await connect({ botToken, appToken, apiUrl }, desk, ({ message }) => void errors.push(message))
  closers.push(
    () => app.close(),
    () => slack.close(),
  )
  return { slack, thread: status?.ts, errors }
}

async function answered(slack: LocalSlack, text: string): Promise<string> {
  await slack.command(HARRY, text)
  const mine = () => slack.messages().findLast(({ onlyFor }) => onlyFor === HARRY)?.text
  await expect.poll(mine, PATIENT).toBeDefined()
  return mine() ?? ''
}

async function bytesOf(slack: LocalSlack, id: string): Promise<Buffer> {
  return Buffer.from(await (await fetch(`${slack.url}/files/${id}`)).arrayBuffer())
}

test('both files are in the thread, byte for byte', async () => {
  const { slack, thread, errors } = await open(true)
  expect(await answered(slack, '/migrate report')).toMatch(
    /^The report of mig-0a1b2c is in its thread\.\n<\S+\|Status message of mig-0a1b2c>$/,
  )
  const shared = slack.messages().filter(({ files }) => files.length > 0)
  expect(shared).toMatchObject([
    {
      thread,
      text: expect.stringContaining('asked to move 3 volumes of 3 services'),
      files: [{ name: 'report-mig-0a1b2c.md' }, { name: 'report-mig-0a1b2c.png' }],
    },
  ])
  const [markdown, picture] = shared[0]?.files ?? []
  expect((await bytesOf(slack, markdown?.id ?? '')).toString()).toBe(REPORT.files['report.md'])
  expect(await bytesOf(slack, picture?.id ?? '')).toEqual(Buffer.from(REPORT.files['report.png']))
  expect(slack.transcript().at(-2)?.text).toMatch(/\n\[file report-mig-0a1b2c\.md\] \[file report-mig-0a1b2c\.png\]$/)
  expect(errors).toEqual([])
})

test.each<[string, boolean, boolean, string]>([
  ['the scope is missing', false, true, 'the bot token lacks the scope files:write'],
  ['no thread stands', true, false, 'No thread of mig-0a1b2c stands'],
])('where %s the answer says so, sums up, and says how to get it', async (_, canWriteFiles, hasThread, sentence) => {
  const { slack } = await open(canWriteFiles, hasThread)
  const read = await answered(slack, '/migrate report mig-0a1b2c')
  expect(read).toContain(sentence)
  expect(read).toContain('zonehop report mig-0a1b2c --to')
  expect(read).toContain('The outage lasted 1h 20m')
  expect(plain(REPORT.summary)).toContain('The outage lasted 1h 20m')
  expect(slack.messages().filter(({ files }) => files.length > 0)).toEqual([])
})

test('of one that is not there it says so', async () => {
  const { slack } = await open(true)
  expect(await answered(slack, '/migrate report mig-99')).toBe('There is no migration mig-99 that ran.')
})
