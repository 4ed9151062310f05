// What people typed at night, and where they meant to go: no word that only resembles a verb does what the verb does.
import { describe, expect, test } from 'vitest'
import { parseCommand } from '../../../src/slack/command.ts'

const said = (text: string): string => {
  const command = parseCommand(text)
  return command.verb === 'wrong' ? command.sentence : `does ${command.verb}`
}
const ABORT =
  '/migrate abort because <reason> brings everything back, until the point of no return; /migrate pause only'

describe('a word for something that changes the world leads to its form, and does nothing', () => {
  test.each([
    ['stop', ABORT],
    ['cancel', ABORT],
    ['rollback', ABORT],
    ['roll back', ABORT],
    ['undo', ABORT],
    ['back', ABORT],
    ['Stop!', ABORT],
    ['stop because it is late', ABORT],
    ['begin us-east-1a us-east-1c', '/migrate start <source zone> <target zone>'],
    ['move us-east-1a us-east-1c', '/migrate start <source zone> <target zone>'],
    ['continue', '/migrate resume lets what is paused go on'],
    ['unpause', '/migrate resume lets what is paused go on'],
    ['wait', '/migrate pause holds it until /migrate resume'],
    ['hold', '/migrate pause holds it until /migrate resume'],
    ['skip dropbox', '/migrate defer <service> because <reason>'],
    ['delete mig-0a', '/migrate cleanup [<migration>] offers'],
    ['no', '/migrate decline [<migration>] puts a plan away'],
    ['again logs', '/migrate retry <volume or service>'],
  ])('%s', (text, right) => {
    const [word = ''] = text.replace('!', '').split(' ')
    expect(said(text)).toContain(`"${word}" does nothing by itself: `)
    expect(said(text)).toContain(right)
  })
})

describe('a word for something that only looks is as good as its verb', () => {
  test.each([
    ['eta', { verb: 'status', id: null }],
    ['progress mig-0a', { verb: 'status', id: 'mig-0a' }],
    ['when is it over?', { verb: 'status', id: null }],
    ['who', { verb: 'status' }],
    ['list', { verb: 'list' }],
    ['approvers', { verb: 'help' }],
    ['?', { verb: 'help' }],
    ['--help', { verb: 'help' }],
    ['go', { verb: 'approve', id: null }],
    ['go live', { verb: 'approve' }],
    ['ok', { verb: 'approve' }],
    ['Yes!', { verb: 'approve' }],
    ['approve goLive mig-0a', { verb: 'approve', id: 'mig-0a' }],
    ['show us-east-1a us-east-1c', { verb: 'plan', sourceZone: 'us-east-1a', targetZone: 'us-east-1c' }],
    ['dry-run us-east-1a us-east-1c', { verb: 'plan' }],
    ['check us-east-1a us-east-1c', { verb: 'plan' }],
    ['decline', { verb: 'decline', id: null }],
    ['/migrate status', { verb: 'status' }],
    ['`status`', { verb: 'status' }],
    ['*Status.*', { verb: 'status' }],
    ['""', { verb: 'help' }],
  ])('%s', (text, command) => {
    expect(parseCommand(text)).toMatchObject(command)
  })
})

describe('what is no word of ours', () => {
  test.each(['export', 'history', 'timeline', 'postmortem'])('%s leads to the report', (text) => {
    expect(said(text)).toContain('/migrate report [<migration>] tells all that happened')
  })
  test.each(['comment', 'remark'])('%s leads to the note', (text) => {
    expect(said(text)).toContain('/migrate note <text>')
  })

  test.each(['deploy', 'unfreeze', 'failover', 'hum', 'xy', 'us-east-1a', '迁移', 'x'.repeat(40_000)])(
    '%s suggests no verb',
    (text) => {
      const word = text.length > 40 ? `${'x'.repeat(39)}…` : text
      expect(said(text)).toBe(`There is no "${word}": /migrate help lists what there is.`)
    },
  )

  test.each([
    ['pasue', 'the nearest is: /migrate pause'],
    ['abrot', 'the nearest is: /migrate abort because <reason>'],
    ['resum', 'the nearest is: /migrate resume'],
    ['cle', 'the nearest is: /migrate cleanup'],
    [
      'sta',
      'the nearest are: /migrate start <source zone> <target zone> [--no-seed] [--budget 15m] [--at 05:00]; /migrate status [<migration>]',
    ],
    ['pauze', 'the nearest is: /migrate pause'],
  ])('%s suggests what is at most two letters away, or begun', (text, right) => {
    expect(said(text)).toBe(`There is no "${text}"; ${right}${text === 'cle' ? ' [<migration>]' : ''}`)
  })
})
