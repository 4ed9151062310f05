// What a plan says of documents, agents and zones before anything depends on them.
import { describe, expect, test } from 'vitest'
import { type Check, red, unchecked } from '../../../src/core/model/checks.ts'
import { REPLICA_DOCUMENTS, SERVICE_DOCUMENTS } from '../../../src/core/model/effects.ts'
import type { Inventory, SeenDocument, SeenInstance } from '../../../src/core/model/facts.ts'
import { NO_RULES, type Rules } from '../../../src/core/model/rules.ts'
import { draft } from '../../../src/core/planning/draft.ts'
import { inventory, move } from '../../support/plans.ts'
import { instance } from '../seeing/stages.ts'

const LOGS = move({ id: 'vol-1', name: 'logs' })
const OLD: SeenInstance = { ...instance(LOGS.volume.instance, 'running'), name: 'logs-server', zone: 'us-east-1a' }
const NEW: SeenInstance = { ...instance('i-new', 'running'), name: 'logs-server', zone: 'us-east-1c' }
const ALL = [...Object.values(SERVICE_DOCUMENTS), ...Object.values(REPLICA_DOCUMENTS)]
const ACTIVE = Object.fromEntries(ALL.map((name) => [name, { status: 'Active', isShipped: true }]))
const ONLINE = { [OLD.id]: 'Online', [NEW.id]: 'Online' }
type World = { readonly survey?: Partial<Inventory['survey']>; readonly hosts?: readonly SeenInstance[] }

const rules = (freeze: 'document' | 'manual', check = false): Rules => ({
  ...NO_RULES,
  services: { logs: { freeze, check, volumes: ['vol-1'] } },
})

function checksOf(name: RegExp, { survey = {}, hosts = [OLD, NEW] }: World, by = rules('document')): Check[] {
  const found = inventory([LOGS])
  const drawn = draft({
    ...{ sourceZone: 'us-east-1a', targetZone: 'us-east-1c', rules: by, choices: [], found: [] },
    inventory: { ...found, instances: hosts, survey: { ...found.survey, ...survey } },
  })
  if (!('plan' in drawn)) throw new Error(drawn.problems.join(' '))
  return drawn.plan.checks.filter((check) => name.test(check.name))
}

describe('the documents that the plan will run', () => {
  const without = (...names: readonly string[]) => ({
    answer: { ...ACTIVE, ...Object.fromEntries(names.map((name) => [name, null])) },
  })
  const REGISTER = 'register the documents of ssm/ in this account and region'
  const withOpen = (document: SeenDocument): World => ({
    survey: { documents: { answer: { ...ACTIVE, 'zonehop-open': document } } },
  })
  const OF_DOCUMENTS = /^(?:document |SSM documents)/

  test('all there: nothing to say', () => {
    expect(checksOf(OF_DOCUMENTS, { survey: { documents: { answer: ACTIVE } } })).toEqual([])
  })

  test('one is missing that nothing runs', () => {
    const documents = without(SERVICE_DOCUMENTS.hook, SERVICE_DOCUMENTS.verify, ...Object.values(REPLICA_DOCUMENTS))
    expect(checksOf(OF_DOCUMENTS, { survey: { documents } })).toEqual([])
  })

  test('none is there', () => {
    const names = checksOf(OF_DOCUMENTS, { survey: { documents: without(...ALL) } }, rules('document', true))
    expect(names.map(({ name, result }) => [name, result])).toEqual(
      ['freeze', 'unfreeze', 'open', 'check'].map((name) => [`document zonehop-${name}`, 'red']),
    )
  })

  test('one is being made', () => {
    expect(checksOf(OF_DOCUMENTS, withOpen({ status: 'Creating', isShipped: true }))).toEqual([
      red('document zonehop-open', 'SSM says that it is Creating, and logs needs it', REGISTER),
    ])
  })

  test('one is not the one that is shipped', () => {
    const [check] = checksOf(OF_DOCUMENTS, withOpen({ status: 'Active', isShipped: false }))
    expect(check).toEqual(
      red('document zonehop-open', 'it is not the document that this zonehop ships, and logs needs it', REGISTER),
    )
  })

  test.each([
    ['a service by hand, which runs none', rules('manual'), {}, []],
    [
      'SSM does not say',
      rules('document'),
      { documents: { because: 'AWS answered AccessDeniedException' } },
      [unchecked('SSM documents', 'AWS answered AccessDeniedException', 'see by hand that they are there and answer')],
    ],
  ])('%s', (_, by, survey, checks) => {
    expect(checksOf(OF_DOCUMENTS, { survey }, by)).toEqual(checks)
  })
})

describe('the agents of the hosts on which they run', () => {
  const told = (agents: Readonly<Record<string, string>>, hosts = [OLD, NEW]) =>
    checksOf(/agent/, { survey: { documents: { answer: ACTIVE }, agents: { answer: agents } }, hosts })

  test('all online: nothing to say', () => {
    expect(told(ONLINE)).toEqual([])
  })

  test('one does not answer, one is not there', () => {
    const remedy = 'start the SSM agent there, and see that its instance profile allows it'
    expect(told({ [OLD.id]: 'ConnectionLost' })).toEqual([
      red('SSM agent of logs-server', `SSM says ConnectionLost of ${OLD.id}`, remedy),
      red('SSM agent of logs-server', 'SSM does not know i-new', remedy),
    ])
  })

  test('a host that is stopped runs none now, and nobody can say', () => {
    expect(told({ [OLD.id]: 'Online' }, [OLD, { ...NEW, state: 'stopped' }])).toMatchObject([
      { result: 'yellow', cause: 'not checked, because i-new is stopped and runs no agent now' },
    ])
  })
})

describe('the health of the zones, as EC2 says it', () => {
  const told = (source: string, target: string, messages: readonly string[] = []) => {
    const found = inventory([LOGS])
    const states: Readonly<Record<string, string>> = { 'us-east-1a': source, 'us-east-1c': target }
    const zones = found.zones.map((zone) => ({
      ...zone,
      state: states[zone.name] ?? 'impaired',
      messages: zone.name === 'us-east-1c' ? messages : [],
    }))
    const drawn = draft({
      ...{ sourceZone: 'us-east-1a', targetZone: 'us-east-1c', rules: NO_RULES, choices: [], found: [] },
      inventory: { ...found, zones },
    })
    const checks = 'plan' in drawn ? drawn.plan.checks : []
    return checks
      .filter(({ name }) => name.startsWith('health of '))
      .map(({ name, result, cause }) => [name, result, cause])
  }

  test.each([
    ['available', 'available', []],
    ['impaired', 'available', [['health of us-east-1a', 'yellow', 'EC2 says that us-east-1a is impaired']]],
    ['available', 'impaired', [['health of us-east-1c', 'red', 'EC2 says that us-east-1c is impaired']]],
    ['available', 'unavailable', [['health of us-east-1c', 'red', 'EC2 says that us-east-1c is unavailable']]],
    ['available', 'constrained', [['health of us-east-1c', 'yellow', 'EC2 says that us-east-1c is constrained']]],
  ])('%s to %s', (source, target, checks) => {
    expect(told(source, target)).toEqual(checks)
  })

  test('with what it says of it', () => {
    expect(told('available', 'information', ['Power was lost.'])).toEqual([
      ['health of us-east-1c', 'yellow', 'EC2 says that us-east-1c is information: Power was lost'],
    ])
  })
})
