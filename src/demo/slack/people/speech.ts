// What people say to each other and to the app: mentions become markup, and the app hears of what mentions it or is said to it alone.
import { BOT, type Channel, type LocalSlack, type Message, type Person, SLACKBOT, type UserGroup } from '../entities.ts'
import { directPayload, mentionPayload, type Payload } from '../socket/payloads.ts'
import type { Delivery, Kind } from '../socket/socket.ts'
import type { Store } from '../store.ts'

type Options = {
  readonly store: Store
  readonly deliver: (kind: Kind, payload: Payload) => Promise<Delivery>
  readonly people: readonly Person[]
  readonly groups: readonly UserGroup[]
  readonly channel: Channel
}

/** What people say, as LocalSlack offers it. Both throw for an unknown person. */
export function speech({ store, deliver, people, groups, channel }: Options): Pick<LocalSlack, 'say' | 'direct'> {
  function personOf(id: string): Person {
    const person = people.find((each) => each.id === id)
    if (!person) throw new Error(`nobody here has the id ${id}`)
    return person
  }
  const post = (user: string, text: string, over: Partial<Message>): Message =>
    store.post({ user, text: marked(text, [...people, BOT], groups), ...over })

  return {
    async say(user, text, thread) {
      const person = personOf(user)
      const [word = ''] = text.split(' ')
      // Slack's own words.
      if (word.startsWith('/')) {
        const refused = `${word} is not supported in threads. Sorry!`
        store.post({ user: SLACKBOT.id, text: refused, onlyFor: person.id, thread })
        return
      }
      const message = post(person.id, text, { thread })
      // Nobody is told where the app does not take an event.
      if (message.text.includes(`<@${BOT.id}>`))
        await deliver('events_api', mentionPayload({ person, channel, message }))
    },
    async direct(user, text) {
      const person = personOf(user)
      const message = post(person.id, text, { onlyFor: person.id, isDirect: true })
      await deliver('events_api', directPayload({ person, message }))
    },
  }
}

type Named = Pick<Person, 'id' | 'name'>

/** What a person types is escaped, since it is not markup, but for the names of people and groups, `@channel` and `@here`. */
function marked(text: string, people: readonly Named[], groups: readonly Named[]): string {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  return escaped.replace(/(?<!\S)@([a-z0-9._-]*[a-z0-9])/gi, (typed, name: string) => {
    const isNamed = (each: Named): boolean => each.name === name.toLowerCase()
    const [person, group] = [people.find(isNamed), groups.find(isNamed)]
    if (person) return `<@${person.id}>`
    if (group) return `<!subteam^${group.id}>`
    return name === 'channel' || name === 'here' ? `<!${name}>` : typed
  })
}
