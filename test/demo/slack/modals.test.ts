// Views, menus and boxes, from the person's hand through the real Bolt and back.
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { LocalSlack, Modal } from '../../../src/demo/slack/entities.ts'
import { CHANNEL, PEOPLE, startApp, startSlack, until } from './bolt.ts'

const [giles] = PEOPLE
const plain = (text: string) => ({ type: 'plain_text' as const, text })
const option = (value: string) => ({ text: plain(value), value })
const VIEW = {
  type: 'modal' as const,
  callback_id: 'delete',
  title: plain('Delete'),
  submit: plain('Delete'),
  notify_on_close: true,
  blocks: [
    {
      type: 'input' as const,
      block_id: 'name',
      label: plain('Type the id'),
      element: { type: 'plain_text_input' as const, action_id: 'typed' },
    },
    {
      type: 'input' as const,
      block_id: 'why',
      label: plain('Why'),
      optional: true,
      element: { type: 'static_select' as const, action_id: 'reason', options: [option('old'), option('wrong')] },
    },
    {
      type: 'input' as const,
      block_id: 'how',
      label: plain('How'),
      element: {
        type: 'radio_buttons' as const,
        action_id: 'way',
        options: [option('now'), option('later')],
        initial_option: option('later'),
      },
    },
    {
      type: 'input' as const,
      block_id: 'also',
      label: plain('Also'),
      optional: true,
      element: { type: 'checkboxes' as const, action_id: 'more', options: [option('a'), option('b')] },
    },
  ],
}

let slack: LocalSlack
let bolt: Awaited<ReturnType<typeof startApp>>
let steadyMs = 0
let triggers: string[] = []

beforeEach(async () => {
  steadyMs = 0
  triggers = []
  slack = await startSlack({ steadyMs: () => steadyMs })
  bolt = await startApp(slack)
  bolt.app.command('/migrate', async ({ ack, command }) => {
    await ack()
    triggers.push(command.trigger_id)
  })
})
afterEach(async () => {
  await bolt.stop()
  await slack.close()
})

async function openView(): Promise<Modal> {
  await slack.command(giles.id, '/migrate delete')
  await bolt.app.client.views.open({ trigger_id: await until(() => triggers.at(-1)), view: VIEW })
  return until(() => slack.modals()[0])
}

test('what is entered arrives, and an acknowledgement closes the view', async () => {
  const heard: unknown[] = []
  bolt.app.view('delete', async ({ ack, view }) => {
    heard.push(view.state.values)
    await ack()
  })
  const { id } = await openView()
  await slack.submit(giles.id, id, { typed: 'vol-1', reason: 'old', more: ['a', 'b'] })
  expect(heard).toEqual([
    {
      name: { typed: { type: 'plain_text_input', value: 'vol-1' } },
      why: { reason: { type: 'static_select', selected_option: option('old') } },
      how: { way: { type: 'radio_buttons', selected_option: option('later') } },
      also: { more: { type: 'checkboxes', selected_options: [option('a'), option('b')] } },
    },
  ])
  expect(slack.modals()).toEqual([])
})

test('an empty required input is not sent at all', async () => {
  const { id } = await openView()
  await slack.submit(giles.id, id, {})
  expect(slack.modals()[0]?.errors).toEqual({ name: 'This field is required.' })
})

test('the app may answer with errors, another view, or a clear', async () => {
  const answers = [
    { response_action: 'errors' as const, errors: { name: 'That is not vol-1.' } },
    { response_action: 'update' as const, view: { ...VIEW, title: plain('Really?') } },
    { response_action: 'clear' as const },
  ]
  bolt.app.view('delete', async ({ ack }) => {
    const answer = answers.shift()
    if (answer) await ack(answer)
  })
  const { id } = await openView()
  const send = () => slack.submit(giles.id, id, { typed: 'vol-2' })
  await send()
  expect(slack.modals()[0]?.errors).toEqual({ name: 'That is not vol-1.' })
  await send()
  expect(slack.modals()[0]).toMatchObject({ id, errors: {}, view: { title: plain('Really?') } })
  await send()
  expect(slack.modals()).toEqual([])
})

test('a view that is closed says so to an app that asked for it', async () => {
  const closed: string[] = []
  bolt.app.view({ callback_id: 'delete', type: 'view_closed' }, async ({ ack, view }) => {
    await ack()
    closed.push(view.callback_id)
  })
  const { id } = await openView()
  await slack.dismiss(giles.id, id)
  expect([closed, slack.modals()]).toEqual([['delete'], []])
})

test('a trigger opens one view, within three seconds', async () => {
  const open = (trigger_id: string) =>
    bolt.app.client.views.open({ trigger_id, view: VIEW }).then(
      () => 'open',
      (error) => error.data.error,
    )
  await openView()
  const [spent = ''] = triggers
  await slack.command(giles.id, '/migrate delete')
  const late = await until(() => triggers[1])
  steadyMs = 3_001
  expect([await open(spent), await open(late), await open('1.2.3')]).toEqual([
    'exchanged_trigger_id',
    'expired_trigger_id',
    'invalid_trigger_id',
  ])
})

test('an update needs the newest hash', async () => {
  const { id, hash } = await openView()
  const update = (given: string) =>
    bolt.app.client.views.update({ view_id: id, hash: given, view: VIEW }).then(
      () => 'updated',
      (error) => error.data.error,
    )
  expect([await update(hash), await update(hash)]).toEqual(['updated', 'hash_conflict'])
})

test('views are refused as Slack refuses them', async () => {
  await slack.command(giles.id, '/migrate delete')
  const trigger_id = await until(() => triggers[0])
  const error = await bolt.app.client.views
    .open({ trigger_id, view: { ...VIEW, title: plain('x'.repeat(25)) } })
    .catch((problem) => problem)
  expect(error.data).toMatchObject({
    error: 'invalid_arguments',
    response_metadata: { messages: ['[ERROR] must be less than 25 characters [json-pointer:/view/title/text]'] },
  })
})

test('menus in a message send what was chosen, and boxes are remembered until a button sends them', async () => {
  const heard: unknown[] = []
  bolt.app.action(/.*/, async ({ ack, action, body }) => {
    await ack()
    heard.push([
      action.type,
      'selected_option' in action ? action.selected_option?.value : null,
      body.type === 'block_actions' ? body.state?.values : null,
    ])
  })
  const elements = [
    { type: 'static_select' as const, action_id: 'pick', options: [option('a'), option('b')] },
    { type: 'overflow' as const, action_id: 'more', options: [option('pause'), option('abort')] },
    { type: 'button' as const, action_id: 'go', text: plain('Go') },
  ]
  const { ts = '' } = await bolt.app.client.chat.postMessage({
    channel: CHANNEL.id,
    text: 'choose',
    blocks: [{ type: 'actions', block_id: 'row', elements }],
  })
  await slack.choose(giles.id, ts, 'pick', 'b')
  await slack.choose(giles.id, ts, 'more', 'abort')
  await slack.click(giles.id, ts, 'go')
  const chosen = { row: { pick: { type: 'static_select', selected_option: option('b') } } }
  expect(heard).toEqual([
    ['static_select', 'b', chosen],
    ['overflow', 'abort', chosen],
    ['button', null, chosen],
  ])
  await expect(slack.choose(giles.id, ts, 'pick', 'c')).rejects.toThrow('has no pick with c')
})
