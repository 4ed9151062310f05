// Slack's Web API, as far as a bot of ours goes: one small function for each method, parameters in, answer out.

import { BOT, TEAM } from '../entities.ts'
import { wireView } from '../people/modals.ts'
import type { Answer, Params, World } from './answers.ts'
import { permalink, postEphemeral, postMessage, refuse, remove, update, wrongChannel } from './chat.ts'
import { readView } from './limits.ts'
import { addPin } from './pins.ts'
import { completeUpload, uploadUrl } from './uploads.ts'

type Method = (world: World, params: Params) => Answer

/** The methods of the Web API by name; any other is refused with unknown_method. */
export const METHODS: Readonly<Record<string, Method>> = {
  'apps.connections.open': ({ socketUrl }) => ({ ok: true, url: socketUrl() }),
  'auth.test': () => ({
    ok: true,
    url: 'https://local.slack.com/',
    team: TEAM.domain,
    user: BOT.name,
    team_id: TEAM.id,
    user_id: BOT.id,
    bot_id: BOT.botId,
    is_enterprise_install: false,
  }),
  'chat.delete': remove,
  'chat.getPermalink': permalink,
  'chat.postEphemeral': postEphemeral,
  'chat.postMessage': postMessage,
  'chat.update': update,
  'conversations.info': conversationInfo,
  'conversations.members': channelMembers,
  'files.completeUploadExternal': completeUpload,
  'files.getUploadURLExternal': uploadUrl,
  'pins.add': addPin,
  'usergroups.users.list': ({ groups }, { usergroup = '' }) => {
    const group = groups.find(({ id }) => id === usergroup)
    return group ? { ok: true, users: [...group.members] } : refuse('no_such_subteam')
  },
  'users.info': userInfo,
  'views.open': openView,
  'views.update': updateView,
}

/** Methods that take the app's token, not the bot's. */
export const APP_METHODS: readonly string[] = ['apps.connections.open']

/** The team of people from another organisation. */
const OTHER_TEAM = 'T0OTHER'

function conversationInfo({ channel, people }: World, params: Params): Answer {
  const person = people.find(({ id }) => `D${id}` === params.channel)
  if (person) return { ok: true, channel: { id: `D${person.id}`, is_im: true, user: person.id } }
  const { id, name, isShared = false, isMember = true, isArchived = false, isReadOnly = false } = channel
  return (
    wrongChannel(channel, params) ?? {
      ok: true,
      channel: {
        ...{ id, name, is_channel: true, is_private: false, is_member: isMember, is_archived: isArchived },
        ...{ is_ext_shared: isShared, is_pending_ext_shared: false, is_read_only: isReadOnly },
      },
    }
  )
}

/** All on one page; people of a channel are few here. */
function channelMembers({ channel, people }: World, params: Params): Answer {
  const away = new Set(channel.absent ?? [])
  const members = people.map(({ id }) => id).filter((id) => !away.has(id))
  return wrongChannel(channel, params) ?? { ok: true, members, response_metadata: { next_cursor: '' } }
}

function userInfo({ people }: World, params: Params): Answer {
  const person = people.find(({ id }) => id === params.user)
  if (!person) return refuse('user_not_found')
  const { id, name, kind } = person
  const profile = { display_name: name, real_name: name }
  const who = { id, name, real_name: name, is_bot: false, deleted: false, profile }
  // Slack tells little of people of another organisation, but that they are strangers, and their own team.
  const standing =
    kind === 'stranger'
      ? { team_id: OTHER_TEAM, is_stranger: true }
      : { team_id: TEAM.id, is_restricted: kind === 'guest', is_ultra_restricted: false }
  return { ok: true, user: { ...who, ...standing } }
}

function openView({ modals, triggers }: World, params: Params): Answer {
  const read = readView(params.view ?? '')
  if (!read.ok) return read
  if (modals.find(read.view.external_id ?? '')) return refuse('duplicate_external_id')
  const taken = triggers.take(params.trigger_id ?? '')
  return taken.ok ? { ok: true, view: wireView(modals.open(taken.user, read.view)) } : taken
}

function updateView({ modals }: World, params: Params): Answer {
  const modal = modals.find(params.view_id ?? params.external_id ?? '')
  if (!modal) return refuse('not_found')
  const read = readView(params.view ?? '')
  if (!read.ok) return read
  if (params.hash !== undefined && params.hash !== modal.hash) return refuse('hash_conflict')
  return { ok: true, view: wireView(modals.replace(modal, read.view)) }
}
