// A person is answered by whatever way there is, and nobody else reads it.
import { expect, test } from 'vitest'
import { type Asker, tellAlone } from '../../src/slack/alone.ts'

type Way = 'takes' | 'fails' | 'missing'

async function told(respond: Way, ephemeral: Way, channel: string | null = 'C-1'): Promise<string[]> {
  const heard: string[] = []
  const by = (name: string, way: Way) => async (said: { readonly text: string }) => {
    if (way !== 'takes') throw new Error(`${name} is not taken`)
    heard.push(`${name}: ${said.text}`)
  }
  const client = { chat: { postEphemeral: by('ephemeral', ephemeral), postMessage: by('directly', 'takes') } }
  const asker = {
    ...{ client, channel, user: 'U-1', onError: (error: Error) => void heard.push(error.message) },
    respond: respond === 'missing' ? undefined : by('response_url', respond),
  }
  await tellAlone(asker as unknown as Asker, 'no')
  return heard
}

test('by the response_url', async () => {
  expect(await told('takes', 'takes')).toEqual(['response_url: no'])
})

test('as an ephemeral message where Slack gave no response_url, or does not take it', async () => {
  expect(await told('missing', 'takes')).toEqual(['ephemeral: no'])
  expect(await told('fails', 'takes')).toEqual(['response_url is not taken', 'ephemeral: no'])
})

test('directly where nothing else is left', async () => {
  expect(await told('missing', 'fails')).toEqual(['ephemeral is not taken', 'directly: no'])
  expect(await told('missing', 'takes', null)).toEqual(['directly: no'])
})
