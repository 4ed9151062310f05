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
    is_im: z.boolean().optional(),
    is_mpim: z.boolean().optional(),
  }),
})
const HIDDEN: SeenChannel = { isShared: false, isMember: false, isArchived: false, isDirect: false }

function seenChannel(found: z.infer<typeof channelInfo>['channel']): SeenChannel {
  return {
    isShared: (found.is_ext_shared ?? false) || (found.is_pending_ext_shared ?? false),
    isMember: found.is_member ?? false,
    isArchived: found.is_archived ?? false,
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
      onError(new Error(`Slack does not say who is in ${group}: ${messageOf(error)}`, { cause: error }))
      return kept && isRecent(kept) ? kept.value : null
    }
  }

  async function asked(id: string, before: Person | null, isFresh: boolean): Promise<Person> {
    const { user } = userInfo.parse(await client.users.info({ user: id }))
    const kind = kindOf(user, await homeOf())
    const mine = await Promise.all(
      groups.map(async (group) => {
        const all = await members(group, isFresh)
        // Where Slack does not say it of this group, what was known before counts.
        return all === null ? (before?.groups.includes(group) ?? false) : all.includes(id)
      }),
    )
    return { id, kind, groups: groups.filter((_, index) => mine[index]) }
  }

  async function person(id: string, isFresh: boolean): Promise<Person> {
    const kept = people.get(id)
    if (kept && !isFresh && isRecent(kept)) return kept.value
    const before = kept?.value ?? (await acquaintances.recall(id).catch(() => null))
    try {
      const found = await asked(id, before, isFresh)
      people.set(id, { value: found, atMs: steadyMs() })
      await acquaintances.remember(found).catch(onError)
      return found
    } catch (error) {
      const nobody: Person = { id, kind: 'unknown', groups: [] }
      // Slack has answered, and does not know them: what was known before does not count any more.
      if (error instanceof WebAPIPlatformError && NOBODY.includes(error.data.error)) return nobody
      onError(new Error(`Slack does not say who ${id} is: ${messageOf(error)}`, { cause: error }))
      return before ?? nobody
    }
  }

  return {
    person,
    members: (group) => members(group, false),
    async channel(id) {
      try {
        return seenChannel(channelInfo.parse(await client.conversations.info({ channel: id })).channel)
      } catch (error) {
        // Slack hides a private channel from who is not in it.
        if (error instanceof WebAPIPlatformError && error.data.error === 'channel_not_found') return HIDDEN
        onError(new Error(`Slack does not say what ${id} is: ${messageOf(error)}`, { cause: error }))
        return null
      }
    },
  }
}

/** Codes of users.info for an id that is nobody's. */
const NOBODY = ['user_not_found', 'user_not_visible']

const homeOfTest = z.object({ team_id: z.string(), enterprise_id: z.string().optional() })
type Home = z.infer<typeof homeOfTest>

function kindOf(user: z.infer<typeof userInfo>['user'], { team_id, enterprise_id }: Home): Person['kind'] {
  if (user.deleted) return 'closed'
  if (user.is_bot) return 'bot'
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
