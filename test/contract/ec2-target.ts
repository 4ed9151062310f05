// The EC2 a contract is held against: the simulated one over HTTP, its clock moved by hand, or any other by
// ZONEHOP_CONTRACT_EC2_URL, where time is real and only what holds on any EC2 is asked.
import { setTimeout as delay } from 'node:timers/promises'
import { EC2Client, EC2ServiceException } from '@aws-sdk/client-ec2'
import { startSimulatedEc2 } from '../../src/demo/ec2/server.ts'
import type { SimulatedEc2, WorldSeed } from '../../src/demo/ec2/world/entities.ts'

export const ELSEWHERE = process.env.ZONEHOP_CONTRACT_EC2_URL ?? null

export type Target = {
  readonly client: EC2Client
  readonly simulated: { readonly ec2: SimulatedEc2; readonly clock: { nowMs: number } } | null
  /** Asks until it holds, letting time pass in between. */
  until<T>(what: string, probe: () => Promise<T | null>): Promise<T>
  close(): Promise<void>
}

/** A row of a contract: which actions it speaks for, and what holds. */
export type Row = {
  readonly actions: readonly string[]
  readonly name: string
  readonly run: (target: Target) => Promise<void>
}

type Options = Omit<Parameters<typeof startSimulatedEc2>[0], 'clock' | 'random' | 'world'>

const ASKED_MAX = 2_000
const REAL_PAUSE_MS = 2_000
const SIMULATED_PAUSE_MS = 1_000

export async function openSimulated(world: WorldSeed, options: Options = {}): Promise<Target> {
  const clock = { nowMs: Date.UTC(2026, 2, 3, 5, 0) }
  const ec2 = await startSimulatedEc2({
    clock: { now: () => clock.nowMs, touch: () => undefined },
    world,
    random: () => 0.25,
    ...options,
  })
  const client = localClient(ec2.url, 1)
  const pass = async () => {
    clock.nowMs += SIMULATED_PAUSE_MS
  }
  return {
    client,
    simulated: { ec2, clock },
    until: (what, probe) => until(what, probe, pass),
    close: async () => {
      client.destroy()
      await ec2.close()
    },
  }
}

export function localClient(endpoint: string, maxAttempts: number): EC2Client {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' }
  return new EC2Client({ region: 'us-east-1', endpoint, credentials, maxAttempts })
}

/** Region and credentials come from where the SDK looks for them. */
export async function openElsewhere(url: string): Promise<Target> {
  const client = new EC2Client({ endpoint: url, maxAttempts: 1 })
  return {
    client,
    simulated: null,
    until: (what, probe) => until(what, probe, () => delay(REAL_PAUSE_MS)),
    close: async () => client.destroy(),
  }
}

async function until<T>(what: string, probe: () => Promise<T | null>, pass: () => Promise<void>): Promise<T> {
  for (let asked = 0; asked < ASKED_MAX; asked++) {
    const found = await probe()
    if (found !== null) return found
    await pass()
  }
  throw new Error(`waited in vain: ${what}`)
}

/** The code a call is refused with. */
export async function codeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call
    return 'answered'
  } catch (error) {
    return error instanceof EC2ServiceException ? error.name : `not an answer: ${String(error)}`
  }
}
