import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseConfig } from '../src/config.ts'
import { parseRulesFile } from '../src/rules-file.ts'

const GOOD = {
  SLACK_BOT_TOKEN: 'xoxb-1',
  SLACK_APP_TOKEN: 'xapp-1',
  REDIS_URL: 'redis://localhost:6379',
  AWS_REGION: 'us-east-1',
}

test('the least there has to be', () => {
  expect(parseConfig(GOOD)).toMatchObject({
    redisUrl: 'redis://localhost:6379',
    slack: { apiUrl: undefined },
    people: { operators: null, approvers: [] },
    channels: null,
    terminal: {},
  })
})

test('every problem is told at once, with what to do', () => {
  const config = parseConfig({
    SLACK_APP_TOKEN: 'xoxb-1',
    REDIS_URL: 'localhost',
    SLACK_API_URL: 'slack',
    ZONEHOP_CONFIG: '/nowhere.yaml',
  })
  const problems = 'problems' in config ? config.problems.join('\n') : ''
  for (const part of [
    'SLACK_BOT_TOKEN is missing',
    'SLACK_APP_TOKEN must be an app-level token',
    'REDIS_URL must be redis://',
    'AWS_REGION is missing',
    'SLACK_API_URL must be a URL',
    '/nowhere.yaml, which is not there',
  ]) {
    expect(problems).toContain(part)
  }
})

test('zonehop.yaml is read from where ZONEHOP_CONFIG says', () => {
  const path = join(mkdtempSync(join(tmpdir(), 'zonehop-config-')), 'z.yaml')
  writeFileSync(path, 'approvers: [U012AB3CD]\nservices:\n  logs: { need: deferrable }\n')
  expect(parseConfig({ ...GOOD, ZONEHOP_CONFIG: path })).toMatchObject({
    people: { operators: null, approvers: ['U012AB3CD'] },
    rules: { services: { logs: { need: 'deferrable' } } },
  })
})

test('the example is right', () => {
  const parsed = parseRulesFile(readFileSync('zonehop.example.yaml', 'utf8'), 'zonehop.example.yaml')
  expect(parsed).toMatchObject({ rules: { services: { dropbox: { hook: 'start the Dropbox sync' } } } })
})

test.each([
  ['services:\n  logs:\n    need: nice\n', 'z.yaml line 3: services.logs.need must be required or deferrable.'],
  [
    'services:\n  logs:\n    needs: required\n',
    'z.yaml line 2: services.logs does not take "needs"; it takes need, after',
  ],
  [
    'service:\n  logs: {}\n',
    'the file does not take "service"; it takes services, replicas, stays, successors, retentionDays, budgetMinutes, people, approvals, askHours, channels, terminal, watch, approvers.',
  ],
  [
    'approvers: [harry]\n',
    'z.yaml line 1: approvers.0 must be the id of a Slack user or user group, such as U012AB3CD or S012AB3CD.',
  ],
  ['services:\n  logs: [\n', 'z.yaml line'],
  [
    'replicas:\n  r0: { volumes: [a, b], replicas: [c] }\n',
    'z.yaml line 2: replicas.r0 must name a replica for each of its volumes, in the same order.',
  ],
  ['replicas:\n  "r 0": { volumes: [a], replicas: [c] }\n', 'must be a name of letters, digits, - and _'],
  ['retentionDays: soon\n', 'z.yaml line 1: retentionDays must be whole days.'],
  [
    'people: { approvers: [] , owners: [] }\n',
    'z.yaml line 1: people does not take "owners"; it takes operators, approvers.',
  ],
  ['people: [U012AB3CD]\n', 'z.yaml line 1: people must be a mapping with operators and approvers.'],
  ['people:\n  operators: [giles]\n', 'z.yaml line 2: people.operators.0 must be the id of a Slack user or user group'],
  ['approvals: 3\n', 'z.yaml line 1: approvals must be 1 or 2.'],
  ['askHours: 0\n', 'z.yaml line 1: askHours must be more than no hours.'],
  ['terminal: { alice: harry }\n', 'z.yaml line 1: terminal.alice must be a Slack user id, such as U012AB3CD.'],
  ['channels: []\n', 'z.yaml line 1: channels must name a channel, or be left out.'],
  ['channels: ["#incident"]\n', 'z.yaml line 1: channels.0 must be the id of a Slack channel, such as C012AB3CD.'],
  [
    'services:\n  logs: { confirmers: [me] }\n',
    'z.yaml line 2: services.logs.confirmers.0 must be the id of a Slack user',
  ],
  ['stays:\n  scratch: 3\n', 'z.yaml line 2: stays.scratch must say why it stays.'],
  ['services:\n  "lo\\u200Bgs": {}\n', 'must be one line of at most 256 characters.'],
  [
    'services:\n  logs: { volumes: ["a\\nb"] }\n',
    'services.logs.volumes.0 must be one line of at most 256 characters.',
  ],
])('%j', (text, sentence) => {
  const parsed = parseRulesFile(text, 'z.yaml')
  expect('problems' in parsed ? parsed.problems.join('\n') : '').toContain(sentence)
})

const PAIR = '{ from: us-east-1a, to: us-east-1c, channel: C012AB3CD }'

test('watched zones are read, also local ones', () => {
  const local = '{ from: us-west-2-lax-1a, to: us-west-2a, channel: G012AB3CD }'
  expect(parseRulesFile(`watch:\n  - ${PAIR}\n  - ${local}\n`, 'z.yaml')).toMatchObject({
    watch: [
      { sourceZone: 'us-east-1a', targetZone: 'us-east-1c', channel: 'C012AB3CD' },
      { sourceZone: 'us-west-2-lax-1a', targetZone: 'us-west-2a', channel: 'G012AB3CD' },
    ],
  })
})

const NO_ZONE = 'must be the name of an availability zone, such as us-east-1a.'

test.each([
  ['one pair, and no list', `watch: ${PAIR}\n`, 'line 1: watch must be a list of pairs of zones, each with from'],
  ['a pair that is a word', 'watch: [us-east-1a]\n', 'line 1: watch.0 must be a mapping of from and to, two zones'],
  ['a zone by its id', `watch:\n  - ${PAIR.replace('us-east-1c', 'use1-az4')}\n`, `line 2: watch.0.to ${NO_ZONE}`],
  ['a zone with capitals', `watch:\n  - ${PAIR.replace('us-east-1a', 'US-EAST-1A')}\n`, `watch.0.from ${NO_ZONE}`],
  ['no zone', 'watch:\n  - from: us-east-1a\n    channel: C012AB3CD\n', `line 2: watch.0.to ${NO_ZONE}`],
  [
    'the same zone twice',
    'watch:\n  - from: us-east-1a\n    to: us-east-1a\n    channel: C012AB3CD\n',
    'line 3: watch.0.to must go from one zone to another.',
  ],
  [
    'a channel by its name',
    `watch:\n  - ${PAIR}\n  - ${PAIR.replace('C012AB3CD', 'incident').replace('1c', '1d')}\n`,
    'line 3: watch.1.channel must be the id of a Slack channel, such as C012AB3CD.',
  ],
  ['a pair again', `watch:\n  - ${PAIR}\n  - ${PAIR}\n`, 'line 3: watch.1 must not name a pair again.'],
  [
    'a word that it does not take',
    `watch:\n  - ${PAIR.replace('}', ', hour: 4 }')}\n`,
    'line 2: watch.0 does not take "hour"; it takes from, to, channel.',
  ],
  [
    'too many',
    `watch:\n${Array.from({ length: 21 }, (_, index) => `  - ${PAIR.replace('1c', `${index}b`)}\n`).join('')}`,
    'line 1: watch must be at most 20 pairs of zones.',
  ],
])('of watched zones: %s', (_, text, sentence) => {
  const parsed = parseRulesFile(text, 'z.yaml')
  expect('problems' in parsed ? parsed.problems.join('\n') : '').toContain(sentence)
})

test('what the file says in words is one line', () => {
  const parsed = parseRulesFile(
    'stays:\n  scratch: "a\\n*Approved*\\e[1m"\nservices:\n  logs: { hook: "b\\rc" }\n',
    'z.yaml',
  )
  expect(parsed).toMatchObject({
    rules: { stays: { scratch: 'a *Approved* [1m' }, services: { logs: { hook: 'b c' } } },
  })
})

test('an empty file is no rules', () => {
  expect(parseRulesFile('', 'z.yaml')).toEqual({
    rules: {
      ...{ services: {}, replicas: {}, stays: {}, successors: {} },
      ...{ retentionDays: 14, budgetMinutes: null, approvals: 1, askHours: 4 },
    },
    people: { operators: null, approvers: [] },
    channels: null,
    terminal: {},
    watch: [],
  })
})

test('people, channels and approvals are read; approvers may stand at the top too', () => {
  const text = [
    'people: { operators: [S0OPS, U0GILES], approvers: [U0HARRY] }',
    'approvers: [U0MINA, U0HARRY]',
    'approvals: 2',
    'channels: [C0INCIDENT]',
    'terminal: { alice: U0HARRY }',
    'services: { logs: { confirmers: [S0LOGS] } }',
  ].join('\n')
  expect(parseRulesFile(text, 'z.yaml')).toMatchObject({
    people: { operators: ['S0OPS', 'U0GILES'], approvers: ['U0HARRY', 'U0MINA'] },
    rules: { approvals: 2, services: { logs: { confirmers: ['S0LOGS'] } } },
    channels: ['C0INCIDENT'],
    terminal: { alice: 'U0HARRY' },
  })
})
