// The Slack edge: real Bolt in Socket Mode. Listeners acknowledge, hand on to operations, and answer the person alone.
//
// The receiver is built here: `socketMode: true` lets the socket client change the options of every WebClient. Progress and
// gates have WebClients of their own, since one 429 holds up a client's whole queue.
import { App, LogLevel, SocketModeReceiver } from '@slack/bolt'
import { WebClient } from '@slack/web-api'
import type { Gate, Migration } from '../core/migration.ts'
import type { Message } from './blocks.ts'
import { HELP, parseCommand } from './command.ts'

type Reply = { readonly ok: boolean; readonly text: string }

/** The use cases this edge offers to people; main.ts hands them in. */
export type SlackOperations = {
  start(request: {
    sourceZone: string
    targetZone: string
    seeds: boolean
    by: string
    channel: string
  }): Promise<Reply>
  approve(request: { id: string; gate: Gate; basis: string; by: string }): Promise<Reply>
  decline(request: { id: string; by: string }): Promise<Reply>
  confirmFrozen(request: { id: string; freeze: string; by: string }): Promise<Reply>
  retry(request: { id: string; effect: string; by: string }): Promise<Reply>
  status(): Promise<readonly Migration[]>
}

export type SlackConfig = { readonly botToken: string; readonly appToken: string; readonly apiUrl: string | undefined }

const CALL_TIMEOUT_MS = 10_000

export function speaker(config: SlackConfig) {
  const options = {
    timeout: CALL_TIMEOUT_MS,
    ...(config.apiUrl ? { slackApiUrl: config.apiUrl } : {}),
    logLevel: LogLevel.ERROR,
  }
  const gates = new WebClient(config.botToken, options)
  const progress = new WebClient(config.botToken, options)
  return {
    async post(channel: string, thread: string | null, { text, blocks }: Message): Promise<string> {
      const { ts } = await gates.chat.postMessage({ channel, text, blocks, ...(thread ? { thread_ts: thread } : {}) })
      if (!ts) throw new Error('Slack took the message but gave no timestamp')
      return ts
    },
    async update(channel: string, ts: string, { text, blocks }: Message, isProgress: boolean): Promise<void> {
      await (isProgress ? progress : gates).chat.update({ channel, ts, text, blocks })
    },
  }
}

export async function startSlack(
  config: SlackConfig,
  operations: SlackOperations,
  onError: (error: Error) => void,
): Promise<{ close(): Promise<void> }> {
  const clientOptions = config.apiUrl ? { slackApiUrl: config.apiUrl } : {}
  const receiver = new SocketModeReceiver({
    appToken: config.appToken,
    logLevel: LogLevel.ERROR,
    installerOptions: { clientOptions: { ...clientOptions } },
  })
  const app = new App({
    token: config.botToken,
    receiver,
    logLevel: LogLevel.ERROR,
    clientOptions: { ...clientOptions, timeout: CALL_TIMEOUT_MS },
  })
  app.error(async (error) => onError(error))

  app.command('/migrate', async ({ command, ack, respond }) => {
    await ack()
    const parsed = parseCommand(command.text)
    if (parsed.verb === 'wrong') return void (await respond(parsed.sentence))
    if (parsed.verb === 'help') return void (await respond(HELP))
    if (parsed.verb === 'status') return void (await respond(statusText(await operations.status())))
    const { sourceZone, targetZone, seeds } = parsed
    const reply = await operations.start({
      sourceZone,
      targetZone,
      seeds,
      by: command.user_id,
      channel: command.channel_id,
    })
    await respond(reply.text)
  })

  app.action(/^(approve|decline|confirm|retry)-/, async ({ action, ack, body, respond }) => {
    await ack()
    if (action.type !== 'button' || !('action_id' in action) || !action.value) return
    const reply = await answer(action.action_id, JSON.parse(action.value), body.user.id)
    // Who clicked and was taken sees the message itself change; only a refusal needs words.
    if (!reply.ok) await respond({ text: reply.text, response_type: 'ephemeral', replace_original: false })
  })

  function answer(
    actionId: string,
    value: { id: string; gate: Gate; basis: string; freeze: string; effect: string },
    by: string,
  ): Promise<Reply> {
    if (actionId.startsWith('approve'))
      return operations.approve({ id: value.id, gate: value.gate, basis: value.basis, by })
    if (actionId.startsWith('retry')) return operations.retry({ id: value.id, effect: value.effect, by })
    if (actionId.startsWith('decline')) return operations.decline({ id: value.id, by })
    return operations.confirmFrozen({ id: value.id, freeze: value.freeze, by })
  }

  await app.start()
  return {
    async close() {
      const closed = new Promise((resolve) => receiver.client.once('disconnected', resolve))
      await app.stop()
      // stop() resolves with the socket still open; a dead peer must not hold up the exit.
      await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, 2_000).unref())])
    },
  }
}

function statusText(migrations: readonly Migration[]): string {
  if (migrations.length === 0)
    return 'No migration is running. Start one with /migrate start <source zone> <target zone>.'
  return migrations
    .map(
      (m) =>
        `${m.id}: ${m.plan.sourceZone} to ${m.plan.targetZone}, ${m.phase}${m.asking ? `, asks for approval of ${m.asking.gate}` : ''}`,
    )
    .join('\n')
}
