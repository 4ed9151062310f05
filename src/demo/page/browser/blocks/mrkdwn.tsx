// Slack's mrkdwn as elements: bold, italic, struck, code, quotes, links, mentions, dates. Markup that it does not know is
// shown as it is.
import { createContext, type ReactNode, useContext } from 'react'
import type { Person } from '../../../slack/entities.ts'
import { GoTo, messageAt } from '../place.ts'

/** Everything that can be mentioned, user groups and the channel too, so that names can be shown for ids. */
export const People = createContext<readonly Pick<Person, 'id' | 'name'>[]>([])

const FENCE = /```\n?([\s\S]*?)\n?```/
/** Code, angle brackets, bold, italic and struck text; of those that begin at the same place the first one wins. */
const INLINE =
  /`([^`\n]+)`|<([^>\n]+)>|(?<![\w*])\*([^*\n]+)\*(?![\w*])|(?<![\w_])_([^_\n]+)_(?![\w_])|(?<![\w~])~([^~\n]+)~(?![\w~])/

/** Draws a text in Slack's markup, fenced code included. */
export function Mrkdwn({ text }: { text: string }): ReactNode {
  const fenced = FENCE.exec(text)
  if (!fenced) return <Lines text={text} />
  const [whole, code = ''] = fenced
  return (
    <>
      <Lines text={text.slice(0, fenced.index).replace(/\n$/, '')} />
      <pre>{unescaped(code)}</pre>
      <Mrkdwn text={text.slice(fenced.index + whole.length).replace(/^\n/, '')} />
    </>
  )
}

function Lines({ text }: { text: string }): ReactNode {
  const lines = text === '' ? [] : text.split('\n')
  // Lines have no identity but their place.
  return lines.map((line, index) =>
    line.startsWith('&gt;') || line.startsWith('>') ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: see above
      <blockquote key={index}>
        <Inline text={line.replace(/^(&gt;|>) ?/, '')} />
      </blockquote>
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: see above
      <span className="line" key={index}>
        <Inline text={line} />
      </span>
    ),
  )
}

function Inline({ text }: { text: string }): ReactNode {
  const found = INLINE.exec(text)
  if (!found) return unescaped(text)
  const [whole, code, special, bold, italic, struck] = found
  return (
    <>
      {unescaped(text.slice(0, found.index))}
      {code !== undefined && <code>{unescaped(code)}</code>}
      {special !== undefined && <Special text={special} />}
      {bold !== undefined && (
        <strong>
          <Inline text={bold} />
        </strong>
      )}
      {italic !== undefined && (
        <em>
          <Inline text={italic} />
        </em>
      )}
      {struck !== undefined && (
        <s>
          <Inline text={struck} />
        </s>
      )}
      <Inline text={text.slice(found.index + whole.length)} />
    </>
  )
}

/** What stands in angle brackets: a mention, a date, a link. */
function Special({ text }: { text: string }): ReactNode {
  const people = useContext(People)
  const [target = '', label] = text.split('|')
  const [, mentioned] = /^(?:@|!subteam\^)(\w+)$/.exec(target) ?? []
  const nameOf = (named: string): string => people.find(({ id }) => id === named)?.name ?? named
  if (mentioned) return <span className="mention">@{nameOf(mentioned)}</span>
  if (target.startsWith('#')) return <span className="mention">#{label ?? nameOf(target.slice(1))}</span>
  if (target.startsWith('!')) return label ? unescaped(label) : <span className="mention">@{target.slice(1)}</span>
  if (!/^(https?|mailto):/.test(target)) return `<${text}>`
  return <Link address={unescaped(target)} label={unescaped(label ?? target)} />
}

function Link({ address, label }: { address: string; label: string }): ReactNode {
  const goTo = useContext(GoTo)
  const ts = messageAt(address)
  if (ts === null)
    return (
      <a href={address} target="_blank" rel="noreferrer">
        {label}
      </a>
    )
  return (
    <a
      href={address}
      onClick={(event) => {
        event.preventDefault()
        goTo(ts)
      }}
    >
      {label}
    </a>
  )
}

function unescaped(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
}
