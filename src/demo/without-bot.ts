// `--without-bot`: the bot comes from elsewhere. This prints what it needs to find this world, and waits until it is here.
import { once } from 'node:events'
import type { Box } from './box.ts'

type Options = { readonly say: (text: string) => void; readonly stop: AbortSignal }

/** Says the environment as export lines and resolves once a bot is connected; rejects when it is stopped before. */
export async function awaitBot({ environment, slack }: Box, { say, stop }: Options): Promise<void> {
  say(environmentBlock(environment))
  say('Waiting for a bot: paste these lines into another terminal, then `npm start` there. Ctrl-C stops everything.\n')
  const come = new AbortController()
  const unlisten = slack.onChange((change) => {
    if (change.kind === 'connections' && change.count > 0) come.abort()
  })
  const either = AbortSignal.any([come.signal, stop])
  if (!either.aborted) await once(either, 'abort')
  unlisten()
  stop.throwIfAborted()
}

/** The environment as `export` lines in one block, for `eval` as well as for a person. */
function environmentBlock(environment: Box['environment']): string {
  return Object.entries(environment)
    .map(([name, value]) => `export ${name}='${value}'\n`)
    .join('')
}
