// Asks Slack who somebody is. What it says is kept: for five minutes for what harms nobody, and for 30 days for the hours in which
// Slack does not answer (Acquaintances). An answer that nobody has makes a person unknown, and unknown people may do nothing.
import { WebAPIPlatformError, WebClient } from '@slack/web-api'
import { z } from 'zod'
import type { Person } from '../core/asking/people.ts'
import type { Acquaintances, Directory, SeenChannel } from '../core/ports.ts'
import type { SlackConfig } from './config.ts'
import { loggerOf } from './logger.ts'

/** Ms for which an answer will do where nothing is passed by it. */
const CACHED_MS = 5 * 60_000
/** Real ms: a person waits for the answer, and what was known before is there. */
const ANSWERS_WITHIN_MS = 1_500

/** What of users.info tells who somebody is. Slack leaves out what is false. */
const userInfo = z.object({
  user: z.object({
    team_id: z.string().optional(),
    deleted: z.boolean().optional(),
    is_bot: z.boolean().optional(),
    is_workflow_bot: z.boolean().optional(),
    is_connector_bot: z.boolean().optional(),
    is_stranger: z.boolean().optional(),
    is_restricted: z.boolean().optional(),
    is_ultra_restricted: z.boolean().optional(),
    enterprise_user: z.object({ enterprise_id: z.string().optional() }).optional(),
  }),
})
const usersList = z.object({ users: z.array(z.string()) })
const channelInfo = z.object({
  channel: z.object({
    is_ext_shared: z.boolean().optional(),
    is_pending_ext_shared: z.boolean().optional(),
    is_member: z.boolean().optional(),
    is_archived: z.boolean().optional(),
    is_read_only: z.boolean().optional(),
    is_frozen: z.boolean().optional(),
    is_thread_only: z.boolean().optional(),
    is_non_threadable: z.boolean().optional(),
    is_im: z.boolean().optional(),
    is_mpim: z.boolean().optional(),
  }),
})
const channelMembers = z.object({
  members: z.array(z.string()),
  response_metadata: z.object({ next_cursor: z.string().optional() }).optional(),
})
/** People of a channel that one answer may list (Slack's page on conversations.members), and answers that are read while somebody waits. */
const MEMBERS_A_PAGE = 1_000
const PAGES_MAX = 3
const HIDDEN: SeenChannel = { isShared: false, isMember: false, isArchived: false, isClosed: false, isDirect: false }

function seenChannel(found: z.infer<typeof channelInfo>['channel']): SeenChannel {
  const closing = [found.is_read_only, found.is_frozen, found.is_thread_only, found.is_non_threadable]
  return {
    isShared: (found.is_ext_shared ?? false) || (found.is_pending_ext_shared ?? false),
    isMember: found.is_member ?? false,
    isArchived: found.is_archived ?? false,
    isClosed: closing.includes(true),
    isDirect: (found.is_im ?? false) || (found.is_mpim ?? false),
  }
}

type Kept<T> = { readonly value: T; readonly atMs: number }
type Options = {
  readonly slack: SlackConfig
  /** The user groups that zonehop.yaml names. */
  readonly groups: readonly string[]
  readonly acquaintances: Acquaintances
  /** Real ms of a clock that only goes forward. */
  readonly steadyMs: () => number
  readonly onError: (error: Error) => void
}

/** Takes users:read, for groups usergroups:read, for channels channels:read and groups:read. */
export function directory({ slack, groups, acquaintances, steadyMs, onError }: Options): Directory {
  const client = new WebClient(slack.botToken, {
    ...(slack.apiUrl ? { slackApiUrl: slack.apiUrl } : {}),
    timeout: ANSWERS_WITHIN_MS,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logger: loggerOf(() => undefined),
  })
  const people = new Map<string, Kept<Person>>()
  const lists = new Map<string, Kept<readonly string[]>>()
  let home: Promise<Home> | null = null

  const isRecent = (kept: Kept<unknown> | undefined): boolean =>
    kept !== undefined && steadyMs() - kept.atMs < CACHED_MS

  /** Our own workspace, which never changes under a token. */
  async function homeOf(): Promise<Home> {
    home ??= client.auth.test().then((said) => homeOfTest.parse(said))
    return await home.catch((error: unknown) => {
      home = null
      throw error
    })
  }

  async function members(group: string, isFresh: boolean): Promise<readonly string[] | null> {
    const kept = lists.get(group)
    if (kept && !isFresh && isRecent(kept)) return kept.value
    try {
      const { users } = usersList.parse(await client.usergroups.users.list({ usergroup: group }))
      lists.set(group, { value: users, atMs: steadyMs() })
      return users
    } catch (error) {
      if (isNoGroup(error)) {
        onError(new Error(`Slack has no user group ${group} any more: nobody may do anything by it.`, { cause: error }))
        lists.set(group, { value: [], atMs: steadyMs() })
        return []
      }
      onError(new Error(`Slack does not say who is in ${group}: ${messageOf(error)}`, { cause: error }))
      return kept && isRecent(kept) ? kept.value : null
    }
  }

  async function asked(id: string, before: Person | null, isFresh: boolean): Promise<Answer> {
    const { user } = userInfo.parse(await client.users.info({ user: id }))
    const kind = kindOf(id, user, await homeOf())
    const said = await Promise.all(groups.map(async (group) => (await members(group, isFresh))?.includes(id) ?? null))
    // Where Slack does not say it of a group, what was known before counts; a group speaks for full members alone.
    const isKnown = (group: string): boolean => kind === 'member' && (before?.groups.includes(group) ?? false)
    const person = { id, kind, groups: groups.filter((group, index) => said[index] ?? isKnown(group)) }
    return { person, isSaid: !groups.some((group, index) => said[index] === null && isKnown(group)) }
  }

  async function person(id: string, isFresh: boolean): Promise<Person> {
    const kept = people.get(id)
    if (kept && !isFresh && isRecent(kept)) return kept.value
    const before = await acquaintances.recall(id).catch(() => null)
    const nobody: Person = { id, kind: 'unknown', groups: [] }
    try {
      const found = await asked(id, before, isFresh).catch((error: unknown) => {
        // Slack has answered, and does not know them: what was known before does not count any more.
        if (isPlatform(error, NOBODY)) return { person: nobody, isSaid: true }
        throw error
      })
      people.set(id, { value: found.person, atMs: steadyMs() })
      // What rests on memory is not remembered anew: it would never end.
      if (found.isSaid) await acquaintances.remember(found.person).catch(onError)
      return found.person
    } catch (error) {
      onError(new Error(`Slack does not say who ${id} is: ${messageOf(error)}`, { cause: error }))
      return before ?? nobody
    }
  }

  return { person, members: (group) => members(group, false), ...channelsBy(client, onError) }
}

/** What Slack tells of channels; it is asked anew each time, since people are invited meanwhile. */
function channelsBy(client: WebClient, onError: Options['onError']): Pick<Directory, 'channel' | 'present'> {
  return {
    present: (channel) =>
      presentIn(client, channel).catch((error: unknown) => {
        onError(new Error(`Slack does not say who is in ${channel}: ${messageOf(error)}`, { cause: error }))
        return null
      }),
    async channel(id) {
      try {
        return seenChannel(channelInfo.parse(await client.conversations.info({ channel: id })).channel)
      } catch (error) {
        // Slack hides a private channel from who is not in it.
        if (isPlatform(error, ['channel_not_found'])) return HIDDEN
        onError(new Error(`Slack does not say what ${id} is: ${messageOf(error)}`, { cause: error }))
        return null
      }
    },
  }
}

/** Ids of who is in the channel; null where they are more than is read here. */
async function presentIn(client: WebClient, channel: string): Promise<readonly string[] | null> {
  const found: string[] = []
  let cursor = ''
  for (let page = 0; page < PAGES_MAX; page++) {
    const from = cursor === '' ? {} : { cursor }
    const answer = await client.conversations.members({ channel, limit: MEMBERS_A_PAGE, ...from })
    const { members, response_metadata: more } = channelMembers.parse(answer)
    found.push(...members)
    cursor = more?.next_cursor ?? ''
    if (cursor === '') return found
  }
  return null
}

/** Codes of users.info for an id that is nobody's. */
const NOBODY = ['user_not_found', 'user_not_visible']
/** The user that Slack itself speaks as, of which users.info does not say that it is a bot (Slack's page on the type user). */
const SLACKBOT = 'USLACKBOT'
/** Codes of usergroups.users.list for a group that was deleted or disabled, or never was (Slack's page on it has the first). */
const NO_GROUP = ['no_such_subteam', 'subteam_not_found', 'subteam_disabled']

/** `isSaid`: nothing of it rests on what was known before. */
type Answer = { readonly person: Person; readonly isSaid: boolean }

/** Whether what usergroups.users.list threw says that there is no such group, which is an answer: nobody is in it. */
export function isNoGroup(error: unknown): boolean {
  return isPlatform(error, NO_GROUP)
}

function isPlatform(error: unknown, codes: readonly string[]): boolean {
  return error instanceof WebAPIPlatformError && codes.includes(error.data.error)
}

const homeOfTest = z.object({ team_id: z.string(), enterprise_id: z.string().optional() })
type Home = z.infer<typeof homeOfTest>

function kindOf(id: string, user: z.infer<typeof userInfo>['user'], { team_id, enterprise_id }: Home): Person['kind'] {
  if (user.deleted) return 'closed'
  if (user.is_bot || user.is_workflow_bot || user.is_connector_bot || id === SLACKBOT) return 'bot'
  const isOurs = user.team_id === team_id || isOfEnterprise(user.enterprise_user?.enterprise_id, enterprise_id)
  if (user.is_stranger || !isOurs) return 'stranger'
  return user.is_restricted || user.is_ultra_restricted ? 'guest' : 'member'
}

/** Workspaces of one Enterprise Grid are one organisation. */
function isOfEnterprise(theirs: string | undefined, ours: string | undefined): boolean {
  return theirs !== undefined && theirs === ours
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
