import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { parseConfig, parseTerminalConfig } from '../src/config.ts'
import { tidy } from '../src/environment.ts'
import { redacting } from '../src/log.ts'
import { parseRulesFile } from '../src/rules-file.ts'

const GOOD = {
  SLACK_BOT_TOKEN: 'xoxb-1',
  SLACK_APP_TOKEN: 'xapp-1',
  REDIS_URL: 'redis://localhost:6379',
  AWS_REGION: 'us-east-1',
}

function problemsOf(environment: Parameters<typeof parseConfig>[0]): string {
  const config = parseConfig(environment)
  return 'problems' in config ? config.problems.join('\n') : ''
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
  const problems = problemsOf({
    SLACK_APP_TOKEN: 'xoxb-1',
    REDIS_URL: 'localhost',
    SLACK_API_URL: 'slack',
    ZONEHOP_CONFIG: '/nowhere.yaml',
  })
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

describe('zonehop.yaml that cannot be read is one sentence', () => {
  const started = process.cwd()
  afterEach(() => process.chdir(started))
  const folder = mkdtempSync(join(tmpdir(), 'zonehop-config-'))
  writeFileSync(join(folder, 'file'), '')
  mkdirSync(join(folder, 'zonehop.yaml'))

  test.each([
    [folder, 'is a folder: put the file there, or name the one in it.'],
    [join(folder, 'none'), 'is not there.'],
    [
      join(folder, 'file', 'z.yaml'),
      'cannot be read (ENOTDIR): make it a file that the user of this process may read.',
    ],
  ])('%s', (path, sentence) => {
    expect(problemsOf({ ...GOOD, ZONEHOP_CONFIG: path })).toBe(`ZONEHOP_CONFIG names ${path}, which ${sentence}`)
  })

  test('a folder beside the process, which a bind mount of a file that is not there makes', () => {
    process.chdir(folder)
    expect(problemsOf(GOOD)).toBe('zonehop.yaml is a folder: put the file there, or name the one in it.')
  })
})

describe('a variable that is set to nothing is as one that is not set', () => {
  const OPTIONAL = {
    SLACK_API_URL: '',
    ZONEHOP_NAMESPACE: ' ',
    ZONEHOP_CONFIG: '',
    ZONEHOP_ALLOW: '',
    ZONEHOP_CLOCK_URL: '\t',
    ZONEHOP_HEALTH_FILE: '',
  }
  const started = process.cwd()
  afterEach(() => process.chdir(started))

  test('so zonehop.yaml beside the process still says who may operate', () => {
    const folder = mkdtempSync(join(tmpdir(), 'zonehop-config-'))
    writeFileSync(join(folder, 'zonehop.yaml'), 'people: { operators: [S0OPS], approvers: [U0BOSS] }\n')
    process.chdir(folder)
    const people = { operators: ['S0OPS'], approvers: ['U0BOSS'] }
    expect(parseConfig({ ...GOOD, ...OPTIONAL })).toEqual(parseConfig(GOOD))
    expect(parseConfig({ ...GOOD, ...OPTIONAL })).toMatchObject({ people })
    expect(parseTerminalConfig({ ...GOOD, ...OPTIONAL, AWS_REGION: '' })).toMatchObject({ people })
  })

  test.each(Object.keys(GOOD))('and %s is missing', (name) => {
    expect(problemsOf({ ...GOOD, [name]: ' ' })).toContain(`${name} is missing: set it to`)
  })

  test('and what stands around a value is none of it', () => {
    const config = parseConfig({ ...GOOD, SLACK_BOT_TOKEN: ' xoxb-1\n', ZONEHOP_ALLOW: ' clock-ec2, redis-replicas ,' })
    expect(config).toMatchObject({ slack: { botToken: 'xoxb-1' }, allowed: ['clock-ec2', 'redis-replicas'] })
  })

  test('which the SDK is told too, and nobody else', () => {
    const environment = { AWS_REGION: ' us-east-1 ', AWS_PROFILE: '', PATH: '', HOME: ' a' }
    tidy(environment)
    expect(environment).toEqual({ AWS_REGION: 'us-east-1', PATH: '', HOME: ' a' })
  })
})

test.each([
  ['us-east-1a', "AWS_REGION names a zone: set it to the zone's region, us-east-1."],
  ['us-gov-west-1b', "AWS_REGION names a zone: set it to the zone's region, us-gov-west-1."],
  ['us-west-2-lax-1a', "AWS_REGION names a zone: set it to the zone's region, us-west-2."],
  ['virginia', 'AWS_REGION must name a region, such as us-east-1.'],
])('AWS_REGION=%s', (given, sentence) => {
  expect(problemsOf({ ...GOOD, AWS_REGION: given })).toBe(sentence)
  const terminal = parseTerminalConfig({ ...GOOD, AWS_REGION: given })
  expect('problems' in terminal && terminal.problems).toEqual([sentence])
})

test.each(['eu-central-1', 'us-gov-west-1', 'us-isob-east-1', 'cn-north-1'])('%s is a region', (given) => {
  expect(problemsOf({ ...GOOD, AWS_REGION: given })).toBe('')
})

describe('REDIS_URL', () => {
  test.each([
    'redis://:s3cret#x@host:6379',
    'redis://:s3cret/x@host:6379',
    'redis://:s3cret?x@host:6379',
    'redis://:s3cret%@host:6379',
    'redis://s3cret%zz:x@host:6379',
    'redis://default:12#s3cret@host:6379',
    'redis://default:12/s3cret@host:6379',
    'redis://default:12?s3cret@host:6379',
    'redis://:s3cret@host:99999',
    'redis://:s3cret@host:6379/abc',
    'redis://',
  ])('%s is told what would be right, without its password', (given) => {
    const problems = problemsOf({ ...GOOD, REDIS_URL: given })
    expect(problems).toMatch(
      /^REDIS_URL cannot be read: write redis:\/\/host:6379\/0, with a port up to 65535, and user:password@ before/,
    )
    expect(problems).not.toContain('s3cret')
    expect(redacting({ REDIS_URL: given })(problems)).toBe(problems)
    const terminal = parseTerminalConfig({ ...GOOD, REDIS_URL: given })
    expect('problems' in terminal && terminal.problems).toEqual([problems])
  })

  test.each([
    'redis://host',
    'redis://:a%23%2F%3F%40%25b@host:6379/0',
    'rediss://user:p@ss@host:6379',
    'redis://[::1]:6379?family=6',
    '/tmp/re#dis.sock',
  ])('%s is an address', (given) => {
    expect(parseConfig({ ...GOOD, REDIS_URL: given })).toMatchObject({ redisUrl: given })
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
    'the file does not take "service"; it takes services, replicas, stays, successors, retentionDays, budgetMinutes, people, approvals, askHours, initialization, quietHours, channels, terminal, watch, approvers.',
  ],
  [
    'approvers: [harry]\n',
    'z.yaml line 1: approvers.0 must be the id of a Slack user or user group, such as U012AB3CD or S012AB3CD.',
  ],
  ['services:\n  logs: [\n', 'z.yaml line'],
  [
    'stays:\n  scratch: *gone\n',
    'z.yaml line 2: *gone stands for what &gone names before it, and nothing does: put a text that begins with * in quotes.',
  ],
  ['stays:\n  a: *late\nsuccessors: { b: &late c }\n', 'z.yaml line 2: *late stands for'],
  [
    `stays: &all { x: y }\nsuccessors:\n${Array.from({ length: 101 }, (_, i) => `  k${i}: *all`).join('\n')}\n`,
    'z.yaml line 3: *all and the aliases after it stand for too much: write out what they stand for.',
  ],
  ['stays:\n  "": scratch\n', 'z.yaml line 2: stays."" must not be empty.'],
  ['services:\n  : { need: required }\n', 'z.yaml line 2: services."" must not be empty.'],
  ['stays:\n  a: b\n  scratch: " "\n', 'z.yaml line 3: stays.scratch must say why it stays.'],
  ['services: { logs: { hook: "" } }\n', 'services.logs.hook must say in words what the hook does.'],
  [
    'services:\n  logs:\n    volumes:\n      - logs\n      - ""\n',
    'z.yaml line 5: services.logs.volumes.1 must not be empty.',
  ],
  ['services:\n  logs: { after: [" "] }\n', 'z.yaml line 2: services.logs.after.0 must not be empty.'],
  ['replicas: { r0: { volumes: [a], replicas: [""] } }\n', 'replicas.r0.replicas.0 must not be empty.'],
  ['successors:\n  a: ""\n', 'z.yaml line 2: successors.a must not be empty.'],
  ['terminal: { "": U012AB3CD }\n', 'terminal."" must not be empty.'],
  [
    'services:\n  logs: { volumes: [a] }\n  web:\n    volumes:\n      - b\n      - a\n',
    'z.yaml line 6: services.web.volumes.1 must be a volume that no line before it names: "a" belongs to logs.',
  ],
  ['services:\n  logs: { volumes: [a, a] }\n', 'z.yaml line 2: services.logs.volumes.1 must be a volume that no line'],
  ['approvals: 1\n---\napprovals: 2\n', 'z.yaml line 2: a second document begins here, and the file is one'],
  ['people:\n  approvers:\n    - U012AB3CD\n    - harry\n', 'z.yaml line 4: people.approvers.1 must be the id'],
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
  ['retentionDays: -1\n', 'z.yaml line 1: retentionDays must be between 0 and 3650 days.'],
  ['retentionDays: 3651\n', 'z.yaml line 1: retentionDays must be between 0 and 3650 days.'],
  ['retentionDays: 99999999999999999999\n', 'z.yaml line 1: retentionDays must be'],
  ['budgetMinutes: 0\n', 'z.yaml line 1: budgetMinutes must be between 1 and 10080 minutes.'],
  ['budgetMinutes: 10081\n', 'z.yaml line 1: budgetMinutes must be between 1 and 10080 minutes.'],
  ...['22-6', '22:00', '24:00-06:00', '22:00-22:00', '22:60-06:00', '10pm-6am'].map((hours): [string, string] => [
    `quietHours: '${hours}'\n`,
    'z.yaml line 1: quietHours must be two times in UTC, such as 22:00-06:00.',
  ]),
  ['quietHours: 22\n', 'z.yaml line 1: quietHours must be two times in UTC, such as 22:00-06:00.'],
  ['askHours: 0\n', 'z.yaml line 1: askHours must be between 0.25 and 720 hours.'],
  ['askHours: 1e300\n', 'z.yaml line 1: askHours must be between 0.25 and 720 hours.'],
  ['initialization: slow\n', 'z.yaml line 1: initialization must be fast or default.'],
  ['askHours: .inf\n', 'z.yaml line 1: askHours must be hours.'],
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
    'line 2: watch.0 does not take "hour"; it takes from, to, channel, seed.',
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

test('the most that each number may be is taken', () => {
  expect(parseRulesFile('quietHours: 22:30-06:00\n', 'z.yaml')).toMatchObject({
    rules: { quietHours: { fromMinute: 1_350, untilMinute: 360 } },
  })
  expect(parseRulesFile('retentionDays: 3650\nbudgetMinutes: 10080\naskHours: 720\n', 'z.yaml')).toMatchObject({
    rules: { retentionDays: 3650, budgetMinutes: 10_080, askHours: 720 },
  })
})

test('an empty file is no rules', () => {
  expect(parseRulesFile('', 'z.yaml')).toEqual({
    rules: {
      ...{ services: {}, replicas: {}, stays: {}, successors: {} },
      ...{ retentionDays: 14, budgetMinutes: null, approvals: 1, askHours: 4, initialization: 'fast' },
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
