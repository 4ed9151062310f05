// A command on its way: delivered within seconds in whatever order, run, ended; or never, late, twice, hanging, cancelled.
// SSM gives up a delivery at its timeout, and yet a late one runs: only the document's own `notAfter` keeps it from acting.
import { happens } from '../../ec2/world/faults.ts'
import { instanceState } from '../../ec2/world/states.ts'
import { shortly } from '../../ec2/world/store.ts'
import type { Command, Hosts, Invocation, SsmFaults } from '../entities.ts'
import type { SsmMishap } from '../seeds.ts'
import { schedule } from './due.ts'
import { EXIT } from './ended.ts'
import { acted, guarded, unlock } from './interpreter.ts'

const DELIVERY_MS = { least: 200, most: 2_500 }
const RUN_MS = { least: 500, most: 3_000 }
const CANCEL_MS = { least: 300, most: 1_500 }
const RETRY_MS = 5_000
const FAULTS: Readonly<Record<keyof SsmFaults & SsmMishap['kind'], (chance: number) => SsmMishap>> = {
  never: () => ({ kind: 'never' }),
  late: (chance) => ({ kind: 'late', minutes: 1 + Math.floor(9 * chance) }),
  twice: (chance) => ({ kind: 'twice', secondsLater: 1 + Math.floor(60 * chance) }),
  fails: () => ({ kind: 'fails', exit: EXIT.failed, stderr: 'something went wrong\n' }),
  hangs: () => ({ kind: 'hangs' }),
}

/** Sends a command on its way to one instance, with the mishap that a scenario or chance has for it. */
export function dispatch(hosts: Hosts, command: Command, invocation: Invocation): void {
  const mishap = mishapOf(hosts, command, invocation)
  schedule(hosts, command.expiresAtMs, (atMs) => giveUp(hosts, invocation, atMs))
  if (mishap?.kind === 'never') return
  if (mishap?.kind === 'late') {
    const lateMs = command.sentAtMs + mishap.minutes * 60_000
    schedule(hosts, lateMs, (atMs) => arrive(hosts, { command, invocation, mishap, atMs }))
    return
  }
  const key = `deliver ${command.id} ${invocation.instance}`
  const deliveredAtMs = shortly(hosts.store, key, DELIVERY_MS)
  schedule(hosts, deliveredAtMs, (atMs) => arrive(hosts, { command, invocation, mishap, atMs }))
  if (mishap?.kind === 'twice') {
    const again = deliveredAtMs + mishap.secondsLater * 1000
    schedule(hosts, again, (atMs) => arrive(hosts, { command, invocation, mishap: null, atMs }))
  }
}

function mishapOf(
  { store, once, faults }: Hosts,
  { document, id }: Command,
  { instance }: Invocation,
): SsmMishap | null {
  const planned = once.mishaps.findIndex((one) => one.document === document.name)
  if (planned >= 0) return once.mishaps.splice(planned, 1)[0]?.mishap ?? null
  for (const [kind, mishap] of Object.entries(FAULTS)) {
    const name = `${kind} ${id} ${instance}`
    if (happens(store, faults[kind as keyof typeof FAULTS], name)) return mishap(store.chance.draw(`how ${name}`))
  }
  return null
}

function giveUp({ store }: Hosts, invocation: Invocation, atMs: number): void {
  if (invocation.startedAtMs !== null || invocation.end !== null) return
  const instance = store.instances.get(invocation.instance)
  const isGone = !instance || instanceState(instance, atMs) === 'terminated'
  invocation.end = isGone ? 'undeliverable' : 'deliveryTimedOut'
  invocation.endedAtMs = atMs
}

type Arrival = {
  readonly command: Command
  readonly invocation: Invocation
  readonly mishap: SsmMishap | null
  readonly atMs: number
}

function arrive(hosts: Hosts, arrival: Arrival): void {
  const { command, invocation, mishap, atMs } = arrival
  const host = hosts.hosts.get(invocation.instance)
  if (!host?.hasAgent || invocation.end === 'cancelled') return
  if (!host.isUp) {
    const again = atMs + RETRY_MS
    if (again < command.expiresAtMs) schedule(hosts, again, (later) => arrive(hosts, { ...arrival, atMs: later }))
    return
  }
  // A command that SSM already gave up runs all the same; one that runs twice is told of once.
  invocation.startedAtMs ??= atMs
  const may = guarded({ hosts, host, command, atMs })
  const runsMs = shortly(hosts.store, `run ${command.id} ${invocation.instance}`, RUN_MS, atMs)
  if ('exit' in may) {
    schedule(hosts, runsMs, (endedMs) => end(invocation, { ...may, atMs: endedMs }))
    return
  }
  const run = { command: command.id }
  may.lock = run
  const killedMs = atMs + command.document.timeoutMs
  schedule(hosts, mishap?.kind === 'hangs' ? killedMs : runsMs, (endedMs) => {
    // It was cancelled, or its host went down: then it has done nothing.
    if (may.lock !== run) return
    may.lock = null
    if (mishap?.kind === 'fails') end(invocation, { ...mishap, stdout: '', atMs: endedMs })
    else if (mishap?.kind !== 'hangs') {
      end(invocation, { ...acted({ hosts, host, command, atMs: endedMs }), atMs: endedMs })
    }
  })
  schedule(hosts, killedMs, (endedMs) => {
    end(invocation, { exit: -1, stdout: '', stderr: '', atMs: endedMs }, 'executionTimedOut')
  })
}

type End = { readonly exit: number; readonly stdout: string; readonly stderr: string; readonly atMs: number }

function end(invocation: Invocation, { exit, stdout, stderr, atMs }: End, how?: 'executionTimedOut'): void {
  if (invocation.end !== null) return
  Object.assign(invocation, { exit, stdout, stderr, endedAtMs: atMs, end: how ?? (exit === 0 ? 'success' : 'failed') })
}

/**
 * Cancels a command on one instance. Where it has not arrived it never runs; where it runs it is killed soon and its
 * lock goes, unless it ends before.
 */
export function cancel(hosts: Hosts, command: Command, invocation: Invocation): void {
  if (invocation.end !== null || invocation.cancelAskedAtMs !== null) return
  const nowMs = hosts.store.now()
  invocation.cancelAskedAtMs = nowMs
  if (invocation.startedAtMs === null) {
    Object.assign(invocation, { end: 'cancelled', endedAtMs: nowMs })
    return
  }
  const killedMs = shortly(hosts.store, `cancel ${command.id} ${invocation.instance}`, CANCEL_MS)
  schedule(hosts, killedMs, (atMs) => {
    if (invocation.end !== null) return
    Object.assign(invocation, { end: 'cancelled', endedAtMs: atMs, exit: -1 })
    const host = hosts.hosts.get(invocation.instance)
    if (host) unlock(host, command)
  })
}
