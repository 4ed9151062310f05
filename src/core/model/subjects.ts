// Subjects: what an effect is done for, as an object. `subjectName` alone gives the name that stands in ids, tags and
// comments; no code reads a subject back from its name.

/** What an effect is done for. */
export type Subject =
  /** A move as a whole: one volume, or one DRBD resource. */
  | { readonly of: 'move'; readonly move: string }
  /** One copy of a move: a volume in the target zone, by its id. */
  | { readonly of: 'copy'; readonly move: string; readonly volume: string }
  /** The same copy on its way back to its backup server. */
  | { readonly of: 'copyHome'; readonly move: string; readonly volume: string }
  /**
   * One side of a replica, where both sides have the same step: the copy's, the source's on the way back, the pair at
   * home.
   */
  | { readonly of: 'side'; readonly move: string; readonly side: 'copy' | 'source' | 'home' }
  /** A service. One that has more hosts than a call takes has further parts, counted from 1. */
  | { readonly of: 'service'; readonly service: string; readonly part: number }
  /** Hosts of a service that only a lost plan knew. */
  | { readonly of: 'strays'; readonly service: string }
  /** A batch of volumes that get the same tags, counted from 1. */
  | { readonly of: 'mark'; readonly mark: string; readonly part: number }
  /** A volume or snapshot that a cleanup may delete, by its id. */
  | { readonly of: 'resource'; readonly resource: string }

/**
 * The name of a subject: equal for equal subjects, and for no others. A slash in a service's name is written as %2F.
 */
export function subjectName(subject: Subject): string {
  switch (subject.of) {
    case 'move':
      return subject.move
    case 'copy':
      return `${subject.move}/${subject.volume}`
    case 'copyHome':
      return `${subject.move}/${subject.volume}/home`
    case 'side':
      return `${subject.move}/${subject.side}`
    case 'service':
      return `service/${safe(subject.service)}${subject.part === 1 ? '' : `/${subject.part}`}`
    case 'strays':
      return `service/${safe(subject.service)}/strays`
    case 'mark':
      return `${subject.mark}-${subject.part}`
    case 'resource':
      return subject.resource
  }
}

function safe(name: string): string {
  return name.includes('/') || name.includes('%') ? name.replaceAll('%', '%25').replaceAll('/', '%2F') : name
}

/** The subject of a move as a whole, by its id. */
export function ofMove(move: string): Subject {
  return { of: 'move', move }
}

/** The subject of one copy, by the ids of its move and of its volume. */
export function ofCopy(move: string, volume: string): Subject {
  return { of: 'copy', move, volume }
}

/** The subject of a service or of one part of it; parts count from 1. */
export function ofService(service: string, part = 1): Subject {
  return { of: 'service', service, part }
}

/** The subject of a volume or snapshot in a cleanup, by its id. */
export function ofResource(resource: string): Subject {
  return { of: 'resource', resource }
}
