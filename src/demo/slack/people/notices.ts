// Whom a new message notifies, as Slack does where people have changed no settings: who is mentioned, by name, group or channel; who is
// spoken to directly; and who takes part in the thread. An edit notifies nobody, and neither does what one person alone sees.
import type { Message, Person, UserGroup } from '../entities.ts'
import { mentionedIn } from './reading.ts'

type Room = { readonly people: readonly Person[]; readonly groups: readonly UserGroup[] }

/** The ids of the people; `before` is what was posted so far. Nobody is notified of what they said themselves. */
export function notifiedBy(message: Message, before: readonly Message[], room: Room): string[] {
  const { user, onlyFor, isDirect, isCommand, thread } = message
  if (isDirect) return onlyFor === null || onlyFor === user ? [] : [onlyFor]
  if (onlyFor !== null || isCommand) return []
  const called = calledBy(message, room)
  const isToAll =
    thread === null && /<!(?:channel|here|everyone)\b/.test(JSON.stringify([message.text, message.blocks]))
  const taking = thread === null ? [] : takingPart(thread, before, room)
  return room.people.flatMap(({ id }) =>
    id !== user && (isToAll || called.includes(id) || taking.includes(id)) ? [id] : [],
  )
}

/** Who is mentioned by name, or as one of a group. */
function calledBy(message: Message, { groups }: Room): string[] {
  const ids = mentionedIn(message)
  return [...ids, ...groups.flatMap(({ id, members }) => (ids.includes(id) ? members : []))]
}

/** Who began the thread, replied in it, or was mentioned in it. */
function takingPart(thread: string, before: readonly Message[], room: Room): string[] {
  const said = before.filter((each) => each.onlyFor === null && (each.ts === thread || each.thread === thread))
  return said.flatMap((each) => [each.user, ...calledBy(each, room)])
}
