// How a document ends on a host, and where it acts.
import type { Command, Host, Hosts, Service } from './entities.ts'

export type Ended = { readonly exit: number; readonly stdout: string; readonly stderr: string }

export type Place = {
  readonly hosts: Hosts
  readonly host: Host
  readonly service: Service
  readonly command: Command
  readonly atMs: number
}

export function yes(stdout: string): Ended {
  return { exit: 0, stdout: `${stdout}\n`, stderr: '' }
}

export function no(exit: number, stderr: string): Ended {
  return { exit, stdout: '', stderr: `${stderr}\n` }
}
