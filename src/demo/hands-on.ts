// `npm run demo -- --hands-on`: the world and the bot, nothing scripted; it stays until Ctrl-C.
import { once } from 'node:events'
import { type BoxOptions, openBox } from './box.ts'

/** Opens a world with a bot in it and prints where they are; resolves once Ctrl-C or SIGTERM has closed everything. */
export async function handsOn(options: Omit<BoxOptions, 'onPost' | 'isHandsOn'>): Promise<void> {
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort())
  const box = await openBox({ ...options, onPost: (row) => row.edited || box.clock.watch(), isHandsOn: true })
  try {
    await box.startBot()
    process.stdout.write(
      `#incident is at ${box.slack.url} (another window, another person)\nEC2 answers at ${box.ec2.url}\nThe clock beside the channel lets a day pass, or runs until something asks.\nCtrl-C stops everything.\n`,
    )
    if (!stop.signal.aborted) await once(stop.signal, 'abort')
  } finally {
    await box.close()
  }
}
