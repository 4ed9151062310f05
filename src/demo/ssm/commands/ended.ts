// How a document ends on a host, and where it acts.
import type { Command, Host, Hosts, Service } from '../entities.ts'

export type Ended = { readonly exit: number; readonly stdout: string; readonly stderr: string }

export const EXIT = { ok: 0, failed: 1, olderRev: 3, tooLate: 4, locked: 5, refused: 7, unknown: 127 } as const

/** A command on a host. */
export type Run = { readonly hosts: Hosts; readonly host: Host; readonly command: Command; readonly atMs: number }

export type Place = Run & { readonly service: Service }

export function yes(stdout: string): Ended {
  return { exit: 0, stdout: `${stdout}\n`, stderr: '' }
}

export function no(exit: number, stderr: string): Ended {
  return { exit, stdout: '', stderr: `${stderr}\n` }
}
