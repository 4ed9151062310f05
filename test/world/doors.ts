// The doors through which people come: what they type after /migrate, answered by the product's own listener.
import type { App } from '@slack/bolt'
import { NO_RULES } from '../../src/core/model/rules.ts'
import type { UseCases } from '../../src/core/ports.ts'
import { type OperationPorts, operations } from '../../src/operations.ts'
import { listenForCommands } from '../../src/slack/commands.ts'
import { memoryInventories, notWatching } from '../support/memory-inventories.ts'
import { memoryJournal } from '../support/memory-journal.ts'
import { approvedBy, directoryOf } from '../support/people.ts'
import { EC2_IS_NOT_ASKED, NO_VIEWS } from '../support/use-cases.ts'

/** The real use cases, with what a row has otherwise. */
export function useCases(over: Partial<OperationPorts> = {}): UseCases {
  const nothing = async (): Promise<void> => undefined
  return operations({
    ...{ journal: memoryJournal(() => 60_000), inventories: memoryInventories(), clock: { now: () => 60_000 } },
    ec2: EC2_IS_NOT_ASKED,
    views: NO_VIEWS,
    watching: notWatching(),
    queue: { nudge: nothing, nudgeNotify: nothing, interrupt: nothing },
    ...{ directory: directoryOf(), rules: NO_RULES, people: approvedBy('U-2', 'U-3'), channels: null, dangers: [] },
    ...over,
  })
}

/** Types as U-2 in C-1, and gives the answer that U-2 alone reads. */
export function typing(use: UseCases, onError: (error: Error) => void = () => undefined) {
  type Listener = (given: object) => Promise<void>
  const listeners: Listener[] = []
  const app = { command: (_: string, listener: Listener) => void listeners.push(listener) } as unknown as App
  listenForCommands(app, { operations: use, permalink: async () => null, onError })
  return async (text: string): Promise<string> => {
    let read = ''
    const respond = async (said: { readonly text: string }): Promise<void> => {
      read = said.text
    }
    const command = { text, user_id: 'U-2', channel_id: 'C-1' }
    for (const listen of listeners) await listen({ command, respond, ack: async () => undefined })
    return read
  }
}
