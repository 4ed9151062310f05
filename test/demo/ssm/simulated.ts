// A simulated SSM in process for the tests: two hosts of one service, in two zones, on a clock moved by hand.
import type { WorldSeed } from '../../../src/demo/ec2/world/entities.ts'
import { settle } from '../../../src/demo/ssm/commands/due.ts'
import type { Hosts, Service } from '../../../src/demo/ssm/entities.ts'
import { openHosts, type SsmOptions } from '../../../src/demo/ssm/hosts.ts'
import { type Input, isRecord, type Output } from '../../../src/demo/ssm/json.ts'
import { performSsm } from '../../../src/demo/ssm/perform.ts'
import type { SsmMishap } from '../../../src/demo/ssm/seeds.ts'
import { A, C, DATA, ROOT, type Simulated, simulated, WORLD } from '../ec2/simulated.ts'

export const HOSTED: WorldSeed = {
  ...WORLD,
  volumes: [ROOT, { ...DATA, tags: { 'zonehop:service': 'logs' } }],
  hosts: [{ instance: 'server', zone: A, services: [{ name: 'logs', devices: ['/dev/sdf'] }] }],
}

export type SimulatedSsm = Simulated & {
  readonly hosts: Hosts
  readonly body: Simulated['body']
  readonly ask: (action: string, input?: Input) => Output
  readonly refusal: (action: string, input?: Input) => string
  /** Sends a document to the source host and gives the command's id. */
  readonly send: (
    document: string,
    change?: { zone?: string; parameters?: Record<string, string>; input?: Input },
  ) => string
  readonly outcome: (
    command: string,
    zone?: string,
  ) => { status: unknown; details: unknown; exit: unknown; out: string; err: string }
  readonly service: (zone?: string) => Service
  readonly next: (document: string, mishap: SsmMishap) => void
}

export function simulatedSsm(
  options: { world?: WorldSeed; ssm?: SsmOptions; usuallyMaxMs?: number } = {},
): SimulatedSsm {
  const world = options.world ?? HOSTED
  const s = simulated({ world, lateness: { usuallyMaxMs: options.usuallyMaxMs ?? 0 } })
  const hosts = openHosts(s.store, world, options.ssm)
  const ask = (action: string, input: Input = {}) => {
    const answer = performSsm(hosts, action, input)
    if (answer.kind !== 'answered') throw new Error(`${action}: ${JSON.stringify(answer)}`)
    return answer.body
  }
  return {
    ...s,
    hosts,
    ask,
    refusal: (action, input = {}) => {
      const answer = performSsm(hosts, action, input)
      return answer.kind === 'refused' ? answer.code : answer.kind
    },
    send: (document, { zone = A, parameters = {}, input = {} } = {}) => {
      const sent = ask('SendCommand', {
        DocumentName: document,
        InstanceIds: [s.id('server', zone)],
        TimeoutSeconds: 30,
        Parameters: listed({ service: 'logs', rev: '1', notAfter: iso(s.clock.nowMs + 90_000), ...parameters }),
        ...input,
      })
      return isRecord(sent.Command) ? String(sent.Command.CommandId) : ''
    },
    outcome: (command, zone = A) => {
      const seen = ask('GetCommandInvocation', { CommandId: command, InstanceId: s.id('server', zone) })
      const { Status: status, StatusDetails: details, ResponseCode: exit } = seen
      return {
        status,
        details,
        exit,
        out: String(seen.StandardOutputContent),
        err: ofDocument(String(seen.StandardErrorContent)),
      }
    },
    service: (zone = A) => {
      settle(hosts)
      const service = hosts.hosts.get(s.id('server', zone))?.services.get('logs')
      if (!service) throw new Error(`no service logs in ${zone}`)
      return service
    },
    next: (document, mishap) => void hosts.once.mishaps.push({ document, mishap }),
  }
}

export function iso(ms: number): string {
  return new Date(ms).toISOString()
}

export { A, C }

function listed(parameters: Record<string, string>): Record<string, string[]> {
  return Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, [value]]))
}

/** What the document wrote to standard error, without the last line, which is the agent's. */
export function ofDocument(stderr: string): string {
  return stderr.replace(/failed to run commands: exit status \d+$/, '')
}
