// Who may act in which role: by their own id, by a user group, by being a full member; and who else could pass the gates.

import { expect, test } from 'vitest'
import {
  absentText,
  mayAct,
  mayBeApproved,
  mayConfirmFor,
  type Person,
  type Role,
} from '../../../src/core/asking/people.ts'
import { NO_RULES, type People, type Rules } from '../../../src/core/model/rules.ts'
import { groupMention, mention } from '../../../src/core/model/text.ts'
import { move, plan } from '../../support/plans.ts'
import { folded } from '../journals.ts'

const person = (over: Partial<Person> = {}): Person => ({ id: 'U1', kind: 'member', groups: [], ...over })
const BY_ID: People = { operators: ['U1'], approvers: ['U8'] }
const BY_GROUP: People = { operators: ['S1'], approvers: ['S8'] }
const OPEN: People = { operators: null, approvers: ['U8', 'S8'] }

test.each<[string, Person, Role, People, boolean]>([
  ['a full member operates where nobody is named', person(), 'operator', OPEN, true],
  ['a guest does not', person({ kind: 'guest' }), 'operator', OPEN, false],
  ['a stranger does not', person({ kind: 'stranger' }), 'operator', OPEN, false],
  ['a bot does not', person({ kind: 'bot' }), 'operator', OPEN, false],
  ['a closed account does not', person({ kind: 'closed' }), 'operator', OPEN, false],
  ['somebody unknown does not', person({ kind: 'unknown' }), 'operator', OPEN, false],
  ['a full member does not approve unless named', person(), 'approver', OPEN, false],
  ['named by id, one operates', person(), 'operator', BY_ID, true],
  ['a guest named by id operates', person({ kind: 'guest' }), 'operator', BY_ID, true],
  ['somebody unknown who is named by id operates', person({ kind: 'unknown' }), 'operator', BY_ID, true],
  ['who is not named does not, where some are', person({ id: 'U2' }), 'operator', BY_ID, false],
  ['an approver operates too', person({ id: 'U8' }), 'operator', BY_ID, true],
  ['an operator does not approve', person(), 'approver', BY_ID, false],
  ['an approver by id approves', person({ id: 'U8' }), 'approver', BY_ID, true],
  ['of a named group, one operates', person({ groups: ['S1'] }), 'operator', BY_GROUP, true],
  ['of a named group, one approves', person({ groups: ['S8'] }), 'approver', BY_GROUP, true],
  ['of the group of approvers, one operates', person({ groups: ['S8'] }), 'operator', BY_GROUP, true],
  ['of another group, one does neither', person({ groups: ['S2'] }), 'operator', BY_GROUP, false],
  ['a guest in a group is not named by it', person({ kind: 'guest', groups: ['S8'] }), 'approver', BY_GROUP, false],
  ['a stranger in a group is not', person({ kind: 'stranger', groups: ['S8'] }), 'approver', BY_GROUP, false],
  ['nobody approves where nobody is named', person(), 'approver', { operators: null, approvers: [] }, false],
])('%s', (_, who, role, people, may) => {
  expect(mayAct(who, role, people) === null).toBe(may)
})

test.each<[string, Person, Role, People, string]>([
  [
    'approvers, by id and group',
    person(),
    'approver',
    OPEN,
    `Only ${mention('U8')}, ${groupMention('S8')} may do this (people: approvers in zonehop.yaml).`,
  ],
  [
    'that nobody may',
    person(),
    'approver',
    { operators: null, approvers: [] },
    'Nobody may do this: name approvers in zonehop.yaml (people: approvers).',
  ],
  [
    'full members, and approvers',
    person({ kind: 'guest' }),
    'operator',
    OPEN,
    `Only full members of this workspace and ${mention('U8')}, ${groupMention('S8')} may do this (people in zonehop.yaml).`,
  ],
  [
    'operators and approvers, each once',
    person({ id: 'U2' }),
    'operator',
    { operators: ['U1', 'U8'], approvers: ['U8'] },
    `Only ${mention('U1')}, ${mention('U8')} may do this (people in zonehop.yaml).`,
  ],
  [
    'that Slack does not know who asks',
    person({ id: 'U2', kind: 'unknown' }),
    'operator',
    { operators: ['U1'], approvers: [] },
    `Only ${mention('U1')} may do this (people in zonehop.yaml). Slack does not say just now who you are.`,
  ],
])('a refusal says %s', (_, who, role, people, sentence) => {
  expect(mayAct(who, role, people)?.refusal).toBe(sentence)
})

const RULES: Rules = {
  ...NO_RULES,
  services: { logs: { confirmers: ['U5', 'S5'] }, db: { confirmers: ['U5'] }, web: {} },
}
const m = folded(plan([move()]))

test.each<[string, Person, readonly string[], boolean]>([
  ['who started', person({ id: 'U-asker', kind: 'guest' }), ['web'], true],
  ['an approver', person({ id: 'U8' }), ['web'], true],
  ['who is named for the service', person({ id: 'U5' }), ['logs'], true],
  ['a group that is named for the service', person({ groups: ['S5'] }), ['logs'], true],
  ['who is named for both services', person({ id: 'U5' }), ['logs', 'db'], true],
  ['who is named for one of two', person({ groups: ['S5'] }), ['logs', 'db'], false],
  ['any other member', person(), ['logs'], false],
  ['nobody else where nobody is named', person({ id: 'U5' }), ['web'], false],
  ['nobody for work that is of no service', person({ id: 'U5' }), [], false],
])('work by hand is confirmed by %s', (_, who, services, may) => {
  const refusal = mayConfirmFor(m, who, { services, rules: RULES, people: { operators: null, approvers: ['U8'] } })
  expect(refusal === null).toBe(may)
})

test('who may confirm is said', () => {
  const people: People = { operators: null, approvers: ['U8'] }
  expect(mayConfirmFor(m, person(), { services: ['logs'], rules: RULES, people })?.refusal).toBe(
    `Only ${mention('U-asker')}, who started this, and ${mention('U8')}, ${mention('U5')}, ${groupMention('S5')} may confirm it.`,
  )
  const nobody: People = { operators: null, approvers: [] }
  expect(mayConfirmFor(m, person(), { services: ['web'], rules: RULES, people: nobody })?.refusal).toBe(
    `Only ${mention('U-asker')}, who started this, may confirm it.`,
  )
})

test.each<[string, readonly string[], Readonly<Record<string, readonly string[] | null>>, 1 | 2, string | null]>([
  ['nobody is named', [], {}, 1, 'Nobody could approve this'],
  ['somebody else is', ['U8'], {}, 1, null],
  ['who starts is the only one', ['U1'], {}, 1, 'You are the only approver, and someone else has to approve'],
  [
    'one else, and two are needed',
    ['U1', 'U8'],
    {},
    2,
    'There is one approver besides you, and 2 others have to approve',
  ],
  ['two else', ['U1', 'U8', 'U9'], {}, 2, null],
  ['the only one besides is in a group', ['U1', 'S8'], { S8: ['U1', 'U8'] }, 1, null],
  ['the group is nobody else', ['S8'], { S8: ['U1'] }, 1, 'You are the only approver'],
  ['the group is empty', ['S8'], { S8: [] }, 1, 'You are the only approver'],
  ['Slack does not say who is in the group', ['S8'], { S8: null }, 2, null],
])('a start, where %s', (_, approvers, members, needed, refusal) => {
  const said = mayBeApproved(
    'U1',
    { operators: null, approvers },
    { members: new Map(Object.entries(members)), needed },
  )
  if (refusal === null) expect(said).toBeNull()
  else expect(said?.refusal).toContain(refusal)
})

const ABSENT =
  'Nobody who may approve it is in this channel, and Slack tells nobody of a question in a channel where they are not: invite '
test.each<[string, readonly string[], readonly string[] | null, readonly string[] | null, string | null]>([
  ['an approver is there', ['U2', 'U3'], ['U1', 'U3'], [], null],
  ['only the starter is there, who approves too', ['U1', 'U2'], ['U1'], [], `${ABSENT}${mention('U2')}.`],
  ['nobody named is there', ['U2', 'U3'], ['U1', 'U9'], [], `${ABSENT}${mention('U2')}, ${mention('U3')}.`],
  ['one of a group is there', ['S8'], ['U1', 'U4'], ['U4', 'U5'], null],
  ['nobody of a group is there', ['S8'], ['U1'], ['U4', 'U5'], `${ABSENT}${groupMention('S8')}.`],
  ['Slack does not say who is in the group', ['S8'], ['U1'], null, null],
  ['Slack does not say who is in the channel', ['U2'], null, [], null],
])('who starts is told whom to invite: %s', (_, approvers, present, group, text) => {
  const members = new Map([['S8', group]])
  expect(absentText('U1', { operators: null, approvers }, { members, present })).toBe(text)
})
