import { expect, test } from 'vitest'
import { parseCommand } from '../../src/slack/command.ts'

test.each([
  ['start us-east-1a us-east-1c', { verb: 'start', sourceZone: 'us-east-1a', targetZone: 'us-east-1c', seeds: true }],
  ['start us-east-1a us-east-1c --no-seed', { verb: 'start', seeds: false }],
  ['start us-east-1a us-east-1c —no-seed', { verb: 'start', seeds: false }],
  ['plan us-east-1a us-east-1c', { verb: 'plan', sourceZone: 'us-east-1a', targetZone: 'us-east-1c' }],
  [
    'plan us-east-1a us-east-1c --no-seed',
    { verb: 'wrong', sentence: expect.stringContaining('not an option of plan') },
  ],
  ['', { verb: 'help' }],
  ['status', { verb: 'status' }],
  ['status now', { verb: 'wrong', sentence: expect.stringContaining('takes nothing after it') }],
  ['stat', { verb: 'wrong', sentence: expect.stringContaining('nearest is: /migrate status') }],
  ['strat us-east-1a', { verb: 'wrong', sentence: expect.stringContaining('nearest is: /migrate start') }],
  ['ABROT', { verb: 'wrong', sentence: expect.stringContaining('nearest is: /migrate abort because') }],
  ['start us-east-1a', { verb: 'wrong', sentence: expect.stringContaining('exactly two zones') }],
  ['start 1a 1c', { verb: 'wrong', sentence: expect.stringContaining('"1a" is not an availability zone') }],
  ['start us-east-1a us-east-1c --fast', { verb: 'wrong', sentence: expect.stringContaining('"--fast"') }],
  ['pause', { verb: 'pause', id: null }],
  ['resume mig-0a1b2c', { verb: 'resume', id: 'mig-0a1b2c' }],
  ['pause everything', { verb: 'wrong', sentence: expect.stringContaining('/migrate pause') }],
  ['abort because customers wait', { verb: 'abort', id: null, reason: 'customers wait' }],
  ['abort mig-0a1b2c because it is late', { verb: 'abort', id: 'mig-0a1b2c', reason: 'it is late' }],
  ['abort', { verb: 'wrong', sentence: expect.stringContaining('Say why') }],
  ['abort now', { verb: 'wrong', sentence: expect.stringContaining('Say why') }],
  ['defer dropbox because nobody relies on it', { verb: 'defer', service: 'dropbox', reason: 'nobody relies on it' }],
  ['defer the big logs because x', { verb: 'defer', service: 'the big logs', reason: 'x' }],
  ['defer dropbox', { verb: 'wrong', sentence: expect.stringContaining('a service and a reason') }],
  [
    'return dropbox because its copy is slow',
    { verb: 'return', id: null, service: 'dropbox', reason: 'its copy is slow' },
  ],
  ['return mig-0a1b2c dropbox because x', { verb: 'return', id: 'mig-0a1b2c', service: 'dropbox', reason: 'x' }],
  ['return the big logs Because x', { verb: 'return', service: 'the big logs', reason: 'x' }],
  [
    'return dropbox',
    { verb: 'wrong', sentence: 'return needs a service and a reason: /migrate return <service> because <reason>' },
  ],
  ['return dropbox because', { verb: 'wrong', sentence: expect.stringContaining('a service and a reason') }],
  ['return because it is slow', { verb: 'wrong', sentence: expect.stringContaining('a service and a reason') }],
  ['retrun dropbox', { verb: 'wrong', sentence: expect.stringContaining('nearest is: /migrate return') }],
  ['retry logs', { verb: 'retry', name: 'logs', id: null }],
  ['retry', { verb: 'wrong', sentence: expect.stringContaining('what to retry') }],
])('/migrate %s', (text, command) => {
  expect(parseCommand(text)).toMatchObject(command)
})
