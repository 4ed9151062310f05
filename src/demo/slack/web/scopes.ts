// What a bot's token may do: a method that takes a scope is refused to a token without it, before its arguments are read, and every
// answer says which scopes the token has, as Slack's do.
import type { Answer, Scope } from './answers.ts'

/** By method; one that is not here takes none. Source: "Required scopes" of each method's page at docs.slack.dev. */
const TAKES: Readonly<Record<string, Scope>> = {
  'chat.delete': 'chat:write',
  'chat.postEphemeral': 'chat:write',
  'chat.postMessage': 'chat:write',
  'chat.update': 'chat:write',
  'conversations.info': 'channels:read',
  'conversations.members': 'channels:read',
  'files.completeUploadExternal': 'files:write',
  'files.getUploadURLExternal': 'files:write',
  'pins.add': 'pins:write',
  'usergroups.users.list': 'usergroups:read',
  'users.info': 'users:read',
}

/** The scopes that a bot's token has where it is not said. */
export const ALL_SCOPES: readonly Scope[] = [
  'app_mentions:read',
  'channels:read',
  'chat:write',
  'commands',
  'files:write',
  'groups:read',
  'im:history',
  'im:read',
  'pins:write',
  'usergroups:read',
  'users:read',
]

/** The scope of the app's token. */
export const APP_SCOPE = 'connections:write'

/** Null where a token of these scopes may call the method; else a refusal with missing_scope. */
export function withoutScope(method: string, scopes: readonly Scope[]): Answer | null {
  const needed = TAKES[method]
  if (needed === undefined || scopes.includes(needed)) return null
  return { ok: false, error: 'missing_scope', needed, provided: scopes.join(',') }
}
