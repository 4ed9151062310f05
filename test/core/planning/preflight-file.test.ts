// What zonehop.yaml says in vain: a name that fits nothing, a rule of no service, a volume in two services.
import { describe, expect, test } from 'vitest'
import type { Check } from '../../../src/core/model/checks.ts'
import type { Inventory } from '../../../src/core/model/facts.ts'
import { NO_RULES, type Rules } from '../../../src/core/model/rules.ts'
import { draft } from '../../../src/core/planning/draft.ts'
import { parseRulesFile } from '../../../src/rules-file.ts'
import { inventory, move, replicaMove, seen } from '../../support/plans.ts'

const INSTANCE = { state: 'running', type: 'm5.large', rootDevice: '/dev/xvda', tags: {} } as const
const FOUND: Inventory = {
  ...inventory([move({ id: 'vol-1', name: 'logs' }), replicaMove()]),
  instances: [
    { ...INSTANCE, id: 'i-source', name: 'server', zone: 'us-east-1a' },
    { ...INSTANCE, id: 'i-files', name: 'files-server', zone: 'us-east-1a' },
    { ...INSTANCE, id: 'i-target', name: 'server', zone: 'us-east-1c' },
    { ...INSTANCE, id: 'i-files-next', name: 'files-server', zone: 'us-east-1c' },
    { ...INSTANCE, id: 'i-backup', name: 'backup', zone: 'us-east-1c' },
  ],
}
const [SOURCE, TARGET] = ['us-east-1a', 'us-east-1c']

function checksOf(rules: Rules, from = SOURCE, to = TARGET): readonly Check[] {
  const zones = { sourceZone: from, targetZone: to }
  const drafted = draft({ ...zones, inventory: FOUND, rules, choices: [], found: [] })
  return 'plan' in drafted ? drafted.plan.checks : expect.unreachable(drafted.problems.join(' '))
}

function ofFile(text: string, ...zones: string[]): string[] {
  const parsed = parseRulesFile(text, 'zonehop.yaml')
  if ('problems' in parsed) return expect.unreachable(parsed.problems.join(' '))
  return checksOf(parsed.rules, ...zones)
    .filter(({ name, cause }) => /zonehop\.yaml/.test(name + cause))
    .map(({ result, name, cause }) => `${result} ${name}: ${cause}`)
}

const SOUND = [
  'services: { logs: { volumes: [logs], need: required }, files: { need: deferrable } }',
  'replicas: { files: { volumes: [files], replicas: [files-copy] } }',
  'stays: { vol-1: it may }',
  'successors: { server: i-target, i-files: files-server }',
].join('\n')

test('a file in which every name fits is no news', () => {
  expect(ofFile(SOUND)).toEqual([])
})

test('nor one that says nothing', () => {
  expect(checksOf(NO_RULES).filter(({ name }) => /zonehop\.yaml/.test(name))).toEqual([])
})

test('nor one of the way back', () => {
  expect(ofFile(SOUND, TARGET, SOURCE)).toEqual([])
})

describe('a replica whose volume is not found', () => {
  const cause = (words: string) =>
    `red replica files: zonehop.yaml names ${words} not in us-east-1a, so what is meant would not go by its replica`
  test.each([
    ['its copy is there', 'volumes: [file], replicas: [files-copy]', cause('file, which is')],
    ['another volume of it is', 'volumes: [files, file-2], replicas: [files-copy, x]', cause('file-2, which is')],
    ['two are missed', 'volumes: [file, file-2], replicas: [files-copy, x]', cause('file, file-2, which are')],
  ])('is red where %s', (_, resource, right) => {
    expect(ofFile(`replicas: { files: { ${resource} } }`)).toContain(right)
  })

  test('is yellow where nothing of it is in either zone: it may be of others', () => {
    expect(ofFile('replicas: { other: { volumes: [b], replicas: [b-copy] } }')).toEqual([
      'yellow names in zonehop.yaml: it names b (replicas: other), which is in neither us-east-1a nor us-east-1c',
    ])
  })
})

test('names that fit nothing are one caution', () => {
  const text =
    'services: { logs: { volumes: [logs, log] } }\nstays: { scrath: rebuilt }\nsuccessors: { serer: i-target, server: i-target }'
  expect(ofFile(text)).toEqual([
    'yellow names in zonehop.yaml: it names log (services: logs), scrath (stays), serer (successors), which are in neither us-east-1a nor us-east-1c',
  ])
})

test('a rule of no service is news where a service has no rule', () => {
  const logs = 'logs: { volumes: [logs] }'
  const replicas = 'replicas: { files: { volumes: [files], replicas: [files-copy] } }'
  expect(ofFile(`services: { ${logs}, fils: { need: deferrable } }\n${replicas}`)).toEqual([
    'yellow services in zonehop.yaml: what it says of fils has no effect on this plan, and of files it says nothing',
  ])
  expect(ofFile(`services: { ${logs}, files: {}, later: { freeze: document } }\n${replicas}`)).toEqual([])
})

test('a volume in two services, by its id and by its Name', () => {
  expect(ofFile('services: { web: { volumes: [logs] }, logs: { volumes: [vol-1] } }')).toEqual([
    'yellow service of logs: zonehop.yaml has it by its id and by its Name, in web and in logs; web counts',
  ])
})

test('a volume that appeared since is named', () => {
  const late = seen(move({ id: 'vol-9', name: 'late' }))
  const rules = { ...NO_RULES, stays: { late: 'it may' } }
  const request = { sourceZone: SOURCE, targetZone: TARGET, inventory: FOUND, rules, choices: [] }
  const namesOf = (found: typeof FOUND.volumes): string[] => {
    const drafted = draft({ ...request, found })
    return 'plan' in drafted ? drafted.plan.checks.map(({ name }) => name) : expect.unreachable('there is a volume')
  }
  expect(namesOf([])).toContain('names in zonehop.yaml')
  expect(namesOf([late])).not.toContain('names in zonehop.yaml')
})
