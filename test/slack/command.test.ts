import { expect, test } from 'vitest'
import { parseCommand } from '../../src/slack/command.ts'

test.each([
  ['start us-east-1a us-east-1c', { verb: 'start', sourceZone: 'us-east-1a', targetZone: 'us-east-1c', seeds: true }],
  ['start us-east-1a us-east-1c --no-seed', { verb: 'start', seeds: false }],
  ['start us-east-1a us-east-1c —no-seed', { verb: 'start', seeds: false }],
  ['', { verb: 'help' }],
  ['status', { verb: 'status' }],
  ['strat us-east-1a', { verb: 'wrong', sentence: expect.stringContaining('nearest is: /migrate start') }],
  ['start us-east-1a', { verb: 'wrong', sentence: expect.stringContaining('exactly two zones') }],
  ['start 1a 1c', { verb: 'wrong', sentence: expect.stringContaining('"1a" is not an availability zone') }],
  ['start us-east-1a us-east-1c --fast', { verb: 'wrong', sentence: expect.stringContaining('"--fast"') }],
])('/migrate %s', (text, command) => {
  expect(parseCommand(text)).toMatchObject(command)
})
