// Who is who: what a directory says of a person, against the people that zonehop.yaml names. Guests, people of other organisations,
// bots and closed accounts are nobody here unless they are named by their own id.

import { approvalsOf, askerOf } from '../journal/state.ts'
import type { Gate, Migration } from '../model/migration.ts'
import { type People, type Rules, ruleOf } from '../model/rules.ts'
import { groupMention, mention } from '../model/text.ts'
import type { Refusal } from './permits.ts'

/** What a directory says of somebody. */
export type Person = {
  /** The id by which entries name them: a Slack user id. */
  readonly id: string
  /** `unknown`: the directory does not know them, or cannot say just now. */
  readonly kind: 'member' | 'guest' | 'stranger' | 'bot' | 'closed' | 'unknown'
  /** The user groups of zonehop.yaml to which they belong, by id. */
  readonly groups: readonly string[]
}

/** What a person may be. Every approver is an operator too. */
export type Role = 'operator' | 'approver'

/** A Slack user id begins with U or W; what is named otherwise is a user group. */
export function isUserId(id: string): boolean {
  return /^[UW]/.test(id)
}

/** The user groups among the people that zonehop.yaml names, each once. */
export function groupsIn(names: readonly string[]): string[] {
  return [...new Set(names.filter((id) => !isUserId(id)))]
}

/** Whether a list of users and user groups names the person. A group speaks for full members alone. */
function isNamed({ id, kind, groups }: Person, names: readonly string[]): boolean {
  return names.includes(id) || (kind === 'member' && groups.some((group) => names.includes(group)))
}

function isOperator(person: Person, { operators, approvers }: People): boolean {
  const isByDefault = operators === null && person.kind === 'member'
  return isByDefault || isNamed(person, [...approvers, ...(operators ?? [])])
}

/** Null if the person may act in this role; else who may. */
export function mayAct(person: Person, role: Role, people: People): Refusal | null {
  if (role === 'approver' ? isNamed(person, people.approvers) : isOperator(person, people)) return null
  const doubt = person.kind === 'unknown' ? ' Slack does not say just now who you are.' : ''
  return { refusal: `${whoMay(role, people)}${doubt}` }
}

function whoMay(role: Role, { operators, approvers }: People): string {
  if (role === 'approver') {
    return approvers.length === 0
      ? 'Nobody may do this: name approvers in zonehop.yaml (people: approvers).'
      : `Only ${mentionsOf(approvers)} may do this (people: approvers in zonehop.yaml).`
  }
  const all = operators === null ? ['full members of this workspace'] : []
  const named = mentionsOf([...(operators ?? []), ...approvers])
  return `Only ${[...all, named].filter(Boolean).join(' and ')} may do this (people in zonehop.yaml).`
}

/** Mentions of users and user groups, each once. */
export function mentionsOf(ids: readonly string[]): string {
  return [...new Set(ids)].map((id) => (isUserId(id) ? mention(id) : groupMention(id))).join(', ')
}

/** Who may answer a gate: everybody who may pass it, but for who asked and who has answered already. */
export function peopleFor(m: Migration, gate: Gate, approvers: readonly string[]): string {
  return mentionsOf(idsFor(m, gate, approvers)) || 'An approver:'
}

/** The same by id, users and user groups. */
export function idsFor(m: Migration, gate: Gate, approvers: readonly string[]): string[] {
  const out = [askerOf(m, gate), ...approvalsOf(m, m.asking?.nonce).map(({ by }) => by)]
  return approvers.filter((id) => !out.includes(id))
}

/**
 * Whether a person may say that work was done by hand: who started the migration, an approver, or whom zonehop.yaml names for
 * every service that the work is about.
 */
export function mayConfirmFor(
  m: Migration,
  person: Person,
  { services, rules, people }: { readonly services: readonly string[]; readonly rules: Rules; readonly people: People },
): Refusal | null {
  const confirmers = services.map((name) => ruleOf(rules.services, name)?.confirmers ?? [])
  const isForAll = confirmers.length > 0 && confirmers.every((names) => isNamed(person, names))
  if (person.id === m.by || isForAll || mayAct(person, 'approver', people) === null) return null
  const others = mentionsOf([...people.approvers, ...confirmers.flat()].filter((id) => id !== m.by))
  return { refusal: `Only ${mention(m.by)}, who started this,${others ? ` and ${others}` : ''} may confirm it.` }
}

/**
 * Whether somebody besides the person who starts can pass the gates. `members` has who belongs to each named group; null where the
 * directory cannot say, and then the group counts as enough: the gates ask again who somebody is.
 */
export function mayBeApproved(
  by: string,
  { approvers }: People,
  { members, needed }: { readonly members: Members; readonly needed: number },
): Refusal | null {
  if (approvers.length === 0) {
    return {
      refusal: 'Nobody could approve this: name approvers in zonehop.yaml (people: approvers), and start again.',
    }
  }
  const others = othersOf(by, approvers, members)
  if (others === null || others.size >= needed) return null
  const have = others.size === 0 ? 'you are the only approver' : 'there is one approver besides you'
  const want =
    needed === 1 ? 'someone else has to approve' : `${needed} others have to approve (approvals in zonehop.yaml)`
  return {
    refusal: `${have[0]?.toUpperCase()}${have.slice(1)}, and ${want}: name more in zonehop.yaml (people: approvers).`,
  }
}

type Members = ReadonlyMap<string, readonly string[] | null>

/** Who else approves, by user id; null where the directory cannot say who belongs to a group of them. */
function othersOf(by: string, approvers: readonly string[], members: Members): Set<string> | null {
  const groups = groupsIn(approvers).map((group) => members.get(group) ?? null)
  if (groups.includes(null)) return null
  const others = new Set([...approvers.filter(isUserId), ...groups.flatMap((group) => group ?? [])])
  others.delete(by)
  return others
}

/**
 * What to do where nobody who may approve is in the channel: Slack tells nobody of a mention in a channel in which they are not, so a
 * question would wait in silence. Null where somebody is, or where nobody can say. `present`: ids of who is in the channel.
 */
export function absentText(
  by: string,
  { approvers }: People,
  { members, present }: { readonly members: Members; readonly present: readonly string[] | null },
): string | null {
  const others = othersOf(by, approvers, members)
  if (others === null || present === null || present.some((id) => others.has(id))) return null
  const whom = mentionsOf(approvers.filter((id) => id !== by))
  return `Nobody who may approve it is in this channel, and Slack tells nobody of a question in a channel where they are not: invite ${whom}.`
}
