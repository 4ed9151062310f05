// What may be typed in a terminal, and the sentence for what may not.
import { expect, test } from 'vitest'
import { parseTyped } from '../../src/terminal/command.ts'

test.each<[string, object]>([
  ['status', { verb: 'status', id: null }],
  ['status mig-1', { verb: 'status', id: 'mig-1' }],
  ['', { verb: 'help' }],
  ['help', { verb: 'help' }],
  ['approve --help', { verb: 'help' }],
  ['approve freeze', { verb: 'approve', gate: 'freeze', id: null, code: null }],
  ['approve goLive mig-1 --code abc123', { verb: 'approve', gate: 'goLive', id: 'mig-1', code: 'abc123' }],
  ['confirm --code abc123', { verb: 'confirm', id: null, code: 'abc123' }],
  ['decline mig-1', { verb: 'decline', id: 'mig-1' }],
  ['pause', { verb: 'pause', id: null }],
  ['resume mig-1', { verb: 'resume', id: 'mig-1' }],
  ['abort --because slow', { verb: 'abort', id: null, reason: 'slow' }],
  ['report --to out', { verb: 'report', id: null, directory: 'out' }],
  ['report mig-1 --to out', { verb: 'report', id: 'mig-1', directory: 'out' }],
  ['note we called them', { verb: 'note', id: null, text: 'we called them' }],
  ['note mig-1 we called mig-2', { verb: 'note', id: 'mig-1', text: 'we called mig-2' }],
  ['return mail mig-1 --because slow', { verb: 'return', service: 'mail', id: 'mig-1', reason: 'slow' }],
])('zonehop %s', (line, typed) => {
  expect(parseTyped(line.split(' ').filter(Boolean))).toEqual({ typed, isJson: false })
})

test('the answer may be JSON', () => {
  expect(parseTyped(['status', '--json'])).toEqual({ typed: { verb: 'status', id: null }, isJson: true })
})

test.each([
  ['statos', 'There is no "statos". `zonehop help` shows every form.'],
  ['approve', '"" is no gate: zonehop approve start|freeze|goLive|cleanup [<id>] --code <code>'],
  ['approve golive', '"golive" is no gate'],
  ['status all', '"all" is no id of a migration: zonehop status [<id>] [--json]'],
  ['pause mig-1 mig-2', 'It takes one id at most: zonehop pause [<id>]'],
  ['abort', 'Say why: zonehop abort [<id>] --because <reason>'],
  ['abort mig-1 --because=', 'Say why'],
  ['report', 'Say where to write it: zonehop report [<id>] --to <directory>'],
  ['report now --to out', '"now" is no id of a migration'],
  ['note', 'Say what to note: zonehop note [<id>] <text>'],
  ['note mig-1', 'Say what to note'],
  ['return', 'It takes the name of a service: zonehop return <service> [<id>] --because <reason>'],
  ['return mail', 'Say why'],
  ['status --jsn', 'jsn'],
])('zonehop %s is refused', (line, sentence) => {
  expect(parseTyped(line.split(' ').filter(Boolean))).toEqual({ wrong: expect.stringContaining(sentence) })
})
