// The real use cases on a journal, where Slack's side is tried alone: two people approve, and EC2 is not asked.

import { expect } from 'vitest'
import type { Inventory } from '../../src/core/model/facts.ts'
import { NO_RULES } from '../../src/core/model/rules.ts'
import type { UseCases } from '../../src/core/ports.ts'
import { type OperationPorts, operations } from '../../src/operations.ts'
import type { Journal } from '../../src/store/journal.ts'
import type { Views } from '../../src/store/views.ts'
import { memoryInventories, notWatching } from './memory-inventories.ts'
import { approvedBy, directoryOf } from './people.ts'

/** An EC2 that no test of these use cases asks. */
export const EC2_IS_NOT_ASKED: OperationPorts['ec2'] = {
  zones: () => expect.unreachable('EC2 is not asked by this test'),
  inventory: () => expect.unreachable('EC2 is not asked by this test'),
}

/** An EC2 that shows this inventory, whatever it is asked. */
export function showing(inventory: Inventory): OperationPorts['ec2'] {
  return { zones: async () => inventory.zones, inventory: async () => inventory }
}

/** Nothing is kept beside the journal. */
export const NO_VIEWS: Views = {
  saveProgress: async () => undefined,
  progress: async () => null,
  posted: async () => ({}),
  remember: async () => undefined,
}

export function useCasesOf(
  journal: Journal,
  views: Views = NO_VIEWS,
  ec2: OperationPorts['ec2'] = EC2_IS_NOT_ASKED,
): UseCases {
  const nothing = async (): Promise<void> => undefined
  return operations({
    journal,
    ec2,
    views,
    inventories: memoryInventories(),
    watching: notWatching(),
    queue: { nudge: nothing, nudgeNotify: nothing, interrupt: nothing },
    clock: { now: () => 60_000 },
    directory: directoryOf(),
    rules: NO_RULES,
    people: approvedBy('U0GILES', 'U0HARRY', 'U-2'),
    channels: null,
    dangers: [],
  })
}
