// Subjects: what an effect is done for, as an object. One function gives the name that stands in ids, tags and comments; nothing
// reads a name back.

export type Subject =
  /** A move as a whole: one volume, or one DRBD resource. */
  | { readonly of: 'move'; readonly move: string }
  /** One copy of a move, a volume in the target zone. */
  | { readonly of: 'copy'; readonly move: string; readonly volume: string }
  /** The same copy on its way back to its backup server. */
  | { readonly of: 'copyHome'; readonly move: string; readonly volume: string }
  /** One side of a replica, where both are told the same: the copy's, the source's on the way back, the pair at home. */
  | { readonly of: 'side'; readonly move: string; readonly side: 'copy' | 'source' | 'home' }
  /** A service; one of more hosts than a call takes has further parts, counted from 1. */
  | { readonly of: 'service'; readonly service: string; readonly part: number }
  /** Hosts that only a lost plan knew as the service's. */
  | { readonly of: 'strays'; readonly service: string }
  /** A batch of volumes that get the same tags, counted from 1. */
  | { readonly of: 'mark'; readonly mark: string; readonly part: number }
  /** A volume or snapshot that a cleanup is about. */
  | { readonly of: 'resource'; readonly resource: string }

/** The same for equal subjects, and for no others: a slash in a name is written as %2F. */
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

export function ofMove(move: string): Subject {
  return { of: 'move', move }
}

export function ofCopy(move: string, volume: string): Subject {
  return { of: 'copy', move, volume }
}

export function ofService(service: string, part = 1): Subject {
  return { of: 'service', service, part }
}

export function ofResource(resource: string): Subject {
  return { of: 'resource', resource }
}
