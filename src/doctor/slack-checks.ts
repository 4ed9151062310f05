// Tokens, scopes and channels, as Slack answers for them.
import type { Config } from '../config.ts'
import { groupsIn } from '../core/asking/people.ts'
import { type Check, green, red, unchecked, yellow } from '../core/model/checks.ts'
import { confirmersIn } from '../core/model/rules.ts'
import { directory } from '../slack/directory.ts'
import { FURTHER_SCOPES, grantedScopes, lacking, NEEDED_SCOPES, requireAppToken } from '../slack/tokens.ts'

const unheard = (): void => undefined

/** Without a bot token that Slack takes, scopes and channels are not asked for. */
export async function slackChecks(config: Config): Promise<Check[]> {
  const { slack } = config
  const ofApp = requireAppToken(slack, unheard).then(
    () => green('app token', 'Slack takes SLACK_APP_TOKEN'),
    (error: Error) => red('app token', error.message, ''),
  )
  try {
    const scopes = await grantedScopes(slack, unheard)
    const ofBot = green('bot token', 'Slack takes SLACK_BOT_TOKEN')
    return [ofBot, await ofApp, ...scopeChecks(scopes, groupsOf(config)), ...(await channelChecks(config))]
  } catch (error) {
    return [red('bot token', (error as Error).message, ''), await ofApp]
  }
}

function groupsOf({ people, rules }: Config): string[] {
  return groupsIn([...people.approvers, ...(people.operators ?? []), ...confirmersIn(rules)])
}

/** User groups that zonehop.yaml names make the scope that reads them a needed one. */
function scopeChecks(scopes: readonly string[] | null, groups: readonly string[]): Check[] {
  if (scopes === null) {
    const remedy = 'hold them against manifest.json in the settings of the Slack app'
    return [unchecked('scopes', 'Slack does not say what the bot token may do', remedy)]
  }
  const needed = [...NEEDED_SCOPES, ...(groups.length > 0 ? ['usergroups:read'] : [])]
  const missing = needed.filter((scope) => !scopes.includes(scope))
  const further = Object.entries(FURTHER_SCOPES).filter(
    ([scope]) => !scopes.includes(scope) && !missing.includes(scope),
  )
  const without = further.map(([scope, lost]) => `${scope} (${lost})`).join(', ')
  return [
    missing.length === 0
      ? green('scopes', `the bot token has ${needed.join(', ')}`)
      : red('scopes', lacking('SLACK_BOT_TOKEN', missing), ''),
    without === ''
      ? green('optional scopes', 'the bot token has all of them')
      : yellow(
          'optional scopes',
          `the bot token goes without ${without}`,
          'add what you want, and install the app again',
        ),
  ]
}

/** Those in which a migration may be started, and those that hear of watched zones. */
async function channelChecks({ slack, channels, watch }: Config): Promise<Check[]> {
  const any = channels === null ? [green('channels', 'zonehop.yaml names none: any to which zonehop is invited')] : []
  const named = new Set([...(channels ?? []), ...watch.map(({ channel }) => channel)])
  const nobody = { recall: async () => null, remember: async () => undefined }
  const who = directory({
    slack,
    groups: [],
    acquaintances: nobody,
    steadyMs: () => performance.now(),
    onError: unheard,
  })
  const checks = await Promise.all(
    [...named].map(async (id) => {
      const seen = await who.channel(id)
      const name = `channel ${id}`
      if (seen === null) return unchecked(name, 'Slack does not say', 'see that zonehop is in it')
      if (seen.isArchived) return red(name, 'it is archived', 'name another one in zonehop.yaml')
      if (seen.isClosed)
        return red(
          name,
          'it takes no messages, or none in threads (read-only or frozen)',
          'name another one in zonehop.yaml',
        )
      if (!seen.isMember) return red(name, 'zonehop is not in it', 'type /invite @zonehop there')
      return green(name, 'zonehop is in it')
    }),
  )
  return [...any, ...checks]
}
