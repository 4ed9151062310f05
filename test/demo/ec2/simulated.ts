// A simulated EC2 in process for the tests: a clock moved by hand, calls that answer with a body or a code.

import { perform } from '../../../src/demo/ec2/perform.ts'
import type { Answer, VolumeSeed, WorldSeed } from '../../../src/demo/ec2/world/entities.ts'
import type { Store } from '../../../src/demo/ec2/world/store.ts'
import type { Body, Params } from '../../../src/demo/ec2/world/wire.ts'
import { openStore, type WorldOptions } from '../../../src/demo/ec2/world/world.ts'

const START_MS = Date.UTC(2026, 2, 3, 5, 0)
export const [A, C] = ['us-east-1a', 'us-east-1c']

export const DATA: VolumeSeed = {
  name: 'data',
  zone: A,
  instance: 'server',
  device: '/dev/sdf',
  sizeGib: 100,
  usedGib: 60,
  type: 'gp3',
  snapshotMinutes: 60,
  writesGibPerHour: 6,
}
export const ROOT: VolumeSeed = {
  ...DATA,
  name: 'root',
  device: '/dev/xvda',
  sizeGib: 8,
  usedGib: 4,
  isRoot: true,
  deleteOnTermination: true,
}
export const WORLD: WorldSeed = {
  zones: [
    { name: A, id: 'use1-az1' },
    { name: C, id: 'use1-az4' },
  ],
  instances: [
    { name: 'server', zone: A },
    { name: 'server', zone: C },
  ],
  volumes: [ROOT, DATA],
}

export type Simulated = {
  readonly store: Store
  readonly clock: { nowMs: number }
  readonly call: (action: string, params?: Params) => Answer
  /** The body of a call that has to succeed. */
  readonly body: (action: string, params?: Params) => Body
  /** The code of a call that is refused; 'answered' or 'lost' where it is not. */
  readonly code: (action: string, params?: Params) => string
  /** The id of the first volume or instance of this name, in this zone. */
  readonly id: (name: string, zone?: string) => string
}

export function simulated(options: Partial<Omit<WorldOptions, 'now'>> = {}): Simulated {
  const clock = { nowMs: START_MS }
  const store = openStore({
    world: WORLD,
    random: () => 0.25,
    lateness: { usuallyMaxMs: 0 },
    isThrottling: false,
    ...options,
    now: () => clock.nowMs,
  })
  const call = (action: string, params: Params = {}) => perform(store, action, params)
  return {
    store,
    clock,
    call,
    body: (action, params) => {
      const answer = call(action, params)
      if (answer.kind !== 'answered') throw new Error(`${action}: ${JSON.stringify(answer)}`)
      return answer.body
    },
    code: (action, params) => {
      const answer = call(action, params)
      return answer.kind === 'refused' ? answer.code : answer.kind
    },
    id: (name, zone = A) => {
      const all = [...store.volumes.values(), ...store.instances.values()]
      const found = all.find((one) => one.tags.Name === name && one.zone === zone)
      if (!found) throw new Error(`nothing is named ${name} in ${zone}`)
      return found.id
    },
  }
}

export function seconds(count: number): number {
  return count * 1_000
}

export function minutes(count: number): number {
  return count * 60_000
}

/** The rows of a list in a body. */
export function rows(body: Body, set: string): Body[] {
  const value = body[set]
  if (!Array.isArray(value)) throw new Error(`the body has no list ${set}: ${JSON.stringify(body)}`)
  return value
}

export function string(body: Body, field: string): string {
  const value = body[field]
  if (typeof value !== 'string') throw new Error(`the body has no text ${field}: ${JSON.stringify(body)}`)
  return value
}

export function filter(name: string, ...values: string[]): Params {
  return { Filter: [{ Name: name, Value: values }] }
}
