// `--hands-on` as a person meets it: it says where everything is, stays, and Ctrl-C ends it at once though a page is open.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterEach, expect, test } from 'vitest'
import { until } from './slack/bolt.ts'

let child: ChildProcess | null = null
afterEach(() => void child?.kill('SIGKILL'))

test('prints the page and EC2, serves both, and ends with 0 on Ctrl-C', async () => {
  const started = spawn(process.execPath, ['--import', 'tsx', 'src/main.ts', 'demo', '--hands-on'])
  child = started
  let said = ''
  started.stdout.on('data', (chunk) => {
    said += String(chunk)
  })
  const url = await until(() => /#incident is at (http:\S+)/.exec(said)?.[1])
  expect(said).toMatch(/EC2 answers at http:\/\/127\.0\.0\.1:\d+/)
  expect(await (await fetch(url)).text()).toContain('<title>#incident</title>')
  // A page that is open: its events never end by themselves.
  const events = await fetch(`${url}/events?user=U0OPERATOR`)
  await events.body?.getReader().read()
  started.kill('SIGINT')
  const [code] = await once(started, 'exit')
  expect(code).toBe(0)
})
