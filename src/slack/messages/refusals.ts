// What Slack's codes say of a message that it does not take (its pages on chat.postMessage, chat.update and on errors of every method).

/**
 * What a refusal is about. `gone`: the message, or the one whose thread it is. `fixed`: the message is there, and cannot be edited.
 * `content`: what is in it, whoever sends it. `channel`: where it goes. `account`: the bot itself, wherever it writes. `later`: nothing
 * that lasts. `unknown`: a code that is not in the table.
 */
export type RefusalKind = 'gone' | 'fixed' | 'content' | 'channel' | 'account' | 'later' | 'unknown'

const KINDS: Readonly<Record<Exclude<RefusalKind, 'channel' | 'unknown'>, readonly string[]>> = {
  gone: ['message_not_found', 'thread_not_found', 'cant_update_message'],
  fixed: ['edit_window_closed', 'update_failed', 'is_inactive'],
  content: [
    'attachment_payload_limit_exceeded',
    'block_mismatch',
    'invalid_arguments',
    'invalid_array_arg',
    'invalid_blocks',
    'invalid_blocks_format',
    'invalid_metadata_format',
    'invalid_metadata_schema',
    'metadata_too_large',
    'msg_blocks_too_long',
    'msg_too_long',
    'no_text',
    'too_many_attachments',
  ],
  account: [
    'access_denied',
    'account_inactive',
    'ekm_access_denied',
    'enterprise_is_restricted',
    'invalid_auth',
    'missing_scope',
    'not_allowed_token_type',
    'not_authed',
    'org_login_required',
    'token_expired',
    'token_revoked',
    'two_factor_setup_required',
  ],
  later: [
    'external_channel_migrating',
    'fatal_error',
    'internal_error',
    'message_limit_exceeded',
    'rate_limited',
    'ratelimited',
    'request_timeout',
    'service_unavailable',
    'team_added_to_org',
  ],
}

const INVITE = 'Invite me again'
const LET_POST = 'Let me post there (its posting permissions), or start the next one in another channel'
const THREAD = 'Let me answer in threads there (its posting permissions)'
const ADMIN = 'Ask an admin of the workspace to let me post there'

/** The codes for a channel, each with what people can do about it. */
const OF_CHANNEL: Readonly<Record<string, string>> = {
  cannot_reply_to_message: THREAD,
  channel_not_found: INVITE,
  is_archived: 'Take the channel out of the archive',
  messages_tab_disabled: ADMIN,
  no_permission: ADMIN,
  not_in_channel: INVITE,
  restricted_action: LET_POST,
  restricted_action_non_threadable_channel: THREAD,
  restricted_action_read_only_channel: LET_POST,
  restricted_action_thread_locked: 'Unlock the thread',
  restricted_action_thread_only_channel: LET_POST,
  team_access_not_granted: ADMIN,
  team_not_found: ADMIN,
  user_is_restricted: ADMIN,
}

const KIND_OF = new Map(
  Object.entries(KINDS).flatMap(([kind, codes]) => codes.map((code) => [code, kind as RefusalKind] as const)),
)

/** What the code of a refusal is about. */
export function kindOfRefusal(code: string): RefusalKind {
  return Object.hasOwn(OF_CHANNEL, code) ? 'channel' : (KIND_OF.get(code) ?? 'unknown')
}

/** What people can do so that the channel takes messages again, as the beginning of a sentence. */
export function channelRemedy(code: string): string {
  if (kindOfRefusal(code) === 'later') return 'It is tried again every few seconds'
  return (Object.hasOwn(OF_CHANNEL, code) && OF_CHANNEL[code]) || "See what Slack's page on chat.postMessage says of it"
}
