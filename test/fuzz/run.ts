// Types drawn inputs into the product's own answering, over use cases that only write down what they are asked.
import { fold } from '../../src/core/journal/fold.ts'
import type { EntryBody } from '../../src/core/model/entries.ts'
import type { Migration } from '../../src/core/model/migration.ts'
import type { UseCases } from '../../src/core/ports.ts'
import { parseCommand } from '../../src/slack/command.ts'
import { answerTyped } from '../../src/slack/commands.ts'
import { randomFrom } from '../simulation/world/random.ts'
import { entries, move, plan, planned, service } from '../support/plans.ts'
import { drawInput } from './inputs.ts'
import { type Call, HOME, wrongOf } from './oracle.ts'

/** How many inputs were typed, at how many something was thrown or nothing answered, and at how many something was not what they ask for. */
export type Sums = { readonly inputs: number; threw: number; unintended: number }

const CHANNEL = 'C-1'
const PLAN = plan([move({ id: 'vol-1', name: 'logs' }), move({ id: 'vol-2', name: 'the big logs' })], {
  services: [service('logs'), service('the big logs'), service('Dropbox', { need: 'deferrable' })],
})
const migration = (id: string, said: readonly EntryBody[], channel = CHANNEL): Migration => {
  const m = fold(entries(planned(id, { plan: PLAN, channel }), ...said))
  if (!m) throw new Error('nothing is folded')
  return m
}
const RUNNING = [migration(HOME, []), migration('mig-bb', [{ kind: 'began' }], 'C-2')]
const ENDED = [
  migration('mig-e1', [{ kind: 'began' }, { kind: 'aborting', by: 'U-2', reason: 'x' }, { kind: 'aborted' }]),
]

/** Types `inputs` drawn texts; `tell` hears of each that went wrong, and why. */
export async function fuzz(inputs: number, seed: number, tell: (wrong: string) => void): Promise<Sums> {
  const random = randomFrom(seed)
  const sums: Sums = { inputs, threw: 0, unintended: 0 }
  for (let index = 0; index < inputs; index++) {
    const input = drawInput(random)
    const typed = await typing(input)
    if (typed.thrown) sums.threw++
    const wrong = typed.thrown ?? wrongOf(input, typed.answer, typed.calls)
    if (wrong && !typed.thrown) sums.unintended++
    if (wrong) tell(`${JSON.stringify(input.slice(0, 200))}: ${wrong}`)
  }
  return sums
}

type Typed = { readonly answer: string; readonly calls: readonly Call[]; readonly thrown: string | null }

async function typing(input: string): Promise<Typed> {
  const calls: Call[] = []
  const errors: Error[] = []
  const onError = (error: Error): void => void errors.push(error)
  const asker = { by: 'U-1', channel: CHANNEL, thread: null, isDirect: false, client: {} as never }
  const permalink = async ({ ts }: { readonly ts: string }) => (ts === '1.0' ? 'https://slack.test/p1' : null)
  try {
    const answer = await answerTyped(parseCommand(input), asker, {
      operations: writingDown(calls),
      permalink,
      onError,
    })
    const thrown = errors[0]?.message ?? (answer.trim() === '' ? 'nothing is answered' : null)
    return { answer, calls, thrown }
  } catch (error) {
    return { answer: '', calls, thrown: String(error) }
  }
}

/** Use cases that do nothing; whatever is called by a name that is not known here counts as a change too. */
function writingDown(calls: Call[]): UseCases {
  const looking: Partial<UseCases> = {
    running: async () => RUNNING,
    aside: async () => [],
    untold: () => null,
    ended: async () => ENDED,
    standing: async () => ({ progress: null, nowMs: 60_000 }),
    statusMessage: async (id) => (id === HOME ? { channel: CHANNEL, ts: '1.0' } : null),
    inThread: async () => null,
    plan: async () => ({ ok: true, text: 'A plan.' }),
  }
  const say = (name: keyof UseCases) => async (request: Call['request']) => {
    calls.push({ name, request })
    return { ok: true, text: 'Taken.' }
  }
  return new Proxy({} as UseCases, {
    get: (_, name) => looking[name as keyof UseCases] ?? say(name as keyof UseCases),
  })
}
