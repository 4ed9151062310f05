// The real use cases on a journal, where Slack's side is tried alone: two people approve, and EC2 is not asked.

import { expect } from 'vitest'
import { NO_RULES } from '../../src/core/model/rules.ts'
import type { UseCases } from '../../src/core/ports.ts'
import { operations } from '../../src/operations.ts'
import type { Journal } from '../../src/store/journal.ts'
import { memoryInventories } from './memory-inventories.ts'
import { approvedBy, directoryOf } from './people.ts'

export function useCasesOf(
  journal: Journal,
  threadOf: (id: string) => Promise<string | null> = async () => null,
): UseCases {
  const nothing = async (): Promise<void> => undefined
  return operations({
    journal,
    ec2: { inventory: () => expect.unreachable('EC2 is not asked by this test') },
    inventories: memoryInventories(),
    queue: { nudge: nothing, nudgeNotify: nothing, interrupt: nothing },
    clock: { now: () => 60_000 },
    directory: directoryOf(),
    rules: NO_RULES,
    people: approvedBy('U0GILES', 'U0HARRY', 'U-2'),
    channels: null,
    threadOf,
    dangers: [],
  })
}
