// How a document ends on a host, and where it acts.
import type { Command, Host, Hosts, Service } from '../entities.ts'

/** How a document's script ended: its exit code and what it printed. */
export type Ended = { readonly exit: number; readonly stdout: string; readonly stderr: string }

/** The exit codes of the shipped documents; interpreter.ts says what each means. */
export const EXIT = {
  ok: 0,
  failed: 1,
  olderRev: 3,
  tooLate: 4,
  locked: 5,
  refused: 7,
  notShown: 8,
  notDefined: 10,
  unknown: 127,
} as const

/** A command on a host, at the time when it acts. */
export type Run = { readonly hosts: Hosts; readonly host: Host; readonly command: Command; readonly atMs: number }

/** A run of a document that acts on a service. */
export type Place = Run & { readonly service: Service }

/** A script that did its work, with a line that it printed. */
export function yes(stdout: string): Ended {
  return { exit: 0, stdout: `${stdout}\n`, stderr: '' }
}

/** A script that did not, with its exit code and a line on standard error. */
export function no(exit: number, stderr: string): Ended {
  return { exit, stdout: '', stderr: `${stderr}\n` }
}
