// One message: who, when, what, and the button that opens its thread.
import { type ReactNode, useContext, useLayoutEffect, useMemo, useRef } from 'react'
import type { Chosen, Message } from '../../slack/entities.ts'
import { Blocks } from './blocks/blocks.tsx'
import { Mrkdwn, People } from './blocks/mrkdwn.tsx'
import { Surface } from './blocks/surface.ts'
import type { Unread } from './seen.ts'

/**
 * The thread of a message as its button tells of it: it has `count` replies, the last one has `lastTs`.
 */
export type Replies = {
  readonly count: number
  readonly unread: Unread
  readonly lastTs: string
  readonly open: () => void
}
type Props = {
  readonly message: Message
  readonly botId: string
  /** Whether it notified the person who reads it, and not by being said to them alone. */
  readonly isForMe: boolean
  readonly perform: (surface: string, actionId: string, chosen: Chosen | null) => Promise<void>
  readonly replies: Replies | null
}

/** Draws a message; without `replies` it has no button for its thread. */
export function MessageView({ message, botId, isForMe, perform, replies }: Props): ReactNode {
  const { ts, user, onlyFor, isDirect, isEdited, isPinned, isBroadcast } = message
  const isEphemeral = onlyFor !== null && !isDirect
  const name = useContext(People).find(({ id }) => id === user)?.name ?? user
  const surface = useMemo(
    () => ({ perform: (actionId: string, chosen: Chosen | null) => perform(ts, actionId, chosen) }),
    [perform, ts],
  )
  return (
    <article
      className={`message ${isEphemeral ? 'ephemeral' : ''} ${isForMe ? 'for-me' : ''}`}
      aria-label={`${name}, ${clockTime(ts)}`}
      data-ts={ts}
      tabIndex={-1}
      {...useKeptFocus(message)}
    >
      <Avatar name={name} isApp={user === botId} seed={user} />
      <div className="message-body">
        <div className="message-head">
          <strong>{name}</strong>
          {user === botId && <span className="badge">App</span>}
          <time dateTime={isoTime(ts)} title={isoTime(ts)}>
            {clockTime(ts)}
          </time>
          {isEdited && <span className="quiet">(edited)</span>}
          {isPinned && <span className="quiet">pinned</span>}
          {isBroadcast && <span className="quiet">replied to a thread</span>}
          {isForMe && <span className="quiet">notified you</span>}
        </div>
        {isEphemeral && <div className="quiet">Only visible to you</div>}
        <Surface.Provider value={surface}>
          <Content message={message} />
          <Files files={message.files} />
        </Surface.Provider>
        {replies && <RepliesDoor replies={replies} />}
      </div>
    </article>
  )
}

function Content({ message: { text, blocks, isCommand } }: { message: Message }): ReactNode {
  if (isCommand) return <code className="command">{text}</code>
  if (blocks.length > 0) return <Blocks blocks={blocks} />
  return (
    <div className="block-text">
      <Mrkdwn text={text} />
    </div>
  )
}

/** A picture is shown, and leads to itself in full; any other file is a link. */
function Files({ files }: { files: Message['files'] }): ReactNode {
  return files.map(({ id, name, title }) => (
    <a key={id} className="file" href={`/files/${id}`} target="_blank" rel="noreferrer">
      {name.endsWith('.png') ? <img src={`/files/${id}`} alt={title} /> : title}
    </a>
  ))
}

/** A pressed button goes when its message changes; the focus then stays with the message instead of being lost. */
function useKeptFocus(message: Message) {
  const ref = useRef<HTMLElement>(null)
  const isInside = useRef(false)
  // biome-ignore lint/correctness/useExhaustiveDependencies: a change of the message is what takes the button away
  useLayoutEffect(() => {
    if (isInside.current && document.activeElement === document.body) ref.current?.focus()
  }, [message])
  return {
    ref,
    onFocus: () => {
      isInside.current = true
    },
    onBlur: ({ relatedTarget }: { relatedTarget: EventTarget | null }) => {
      if (relatedTarget) isInside.current = false
    },
  }
}

function RepliesDoor({ replies: { count, unread, lastTs, open } }: { replies: Replies }): ReactNode {
  return (
    <button type="button" className="replies" onClick={open}>
      <span className="replies-count">{count === 1 ? '1 reply' : `${count} replies`}</span>
      <UnreadMark unread={unread} />
      <span className="quiet">last at {clockTime(lastTs)}</span>
    </button>
  )
}

/** Draws how much is new, and how much of it notified the person; nothing where nothing is. */
export function UnreadMark({ unread: { count, forMe } }: { unread: Unread }): ReactNode {
  return (
    <>
      {count > forMe && <span className="unread">{count} new</span>}
      {forMe > 0 && <span className="unread for-me">{forMe} for you</span>}
    </>
  )
}

/** Draws the picture beside a name: the app's sign, or an initial on a colour that follows from `seed`. */
export function Avatar({ name, isApp, seed }: { name: string; isApp: boolean; seed: string }): ReactNode {
  if (isApp) {
    return (
      <svg className="avatar" viewBox="0 0 32 32" aria-hidden="true">
        <rect width="32" height="32" rx="7" className="avatar-app" />
        <path
          d="M10 10.5h12L10 21.5h12"
          fill="none"
          stroke="#fff"
          strokeWidth="3"
          strokeLinecap="round"
          strokeLinejoin="round"
        />
      </svg>
    )
  }
  const hue = [...seed].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7) % 360
  return (
    <span className="avatar" aria-hidden="true" style={{ background: `hsl(${hue} 38% 38%)` }}>
      {name.slice(0, 1).toUpperCase()}
    </span>
  )
}

function clockTime(ts: string): string {
  return isoTime(ts).slice(11, 16)
}

function isoTime(ts: string): string {
  return new Date(Number(ts) * 1000).toISOString()
}
