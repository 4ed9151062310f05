// The words that people type: the verbs with their forms, what else people say for them, and which verb a misspelt word is near to. A word
// that only resembles a verb, or means one, never does what the verb does: it is answered with the right form.
import { distance } from 'fastest-levenshtein'
import type { Gate } from '../../core/model/migration.ts'

/** Every verb with the form in which it is typed. */
export const FORMS = {
  plan: '/migrate plan <source zone> <target zone>',
  start: '/migrate start <source zone> <target zone> [--no-seed] [--budget 15m] [--at 05:00]',
  rehearse: '/migrate rehearse <source zone> <target zone>',
  status: '/migrate status [<migration>]',
  list: '/migrate list',
  approve: '/migrate approve [<migration>]',
  decline: '/migrate decline [<migration>]',
  defer: '/migrate defer <service> because <reason>',
  return: '/migrate return <service> because <reason>',
  exceed: '/migrate exceed because <reason>',
  retry: '/migrate retry <volume or service>',
  note: '/migrate note <text>',
  report: '/migrate report [<migration>]',
  pause: '/migrate pause',
  resume: '/migrate resume',
  abort: '/migrate abort because <reason>',
  cleanup: '/migrate cleanup [<migration>]',
  adopt: '/migrate adopt <source zone> <target zone> [<migration>]',
  help: '/migrate help',
} as const

/** A word that zonehop knows by itself. */
export type Verb = keyof typeof FORMS
/** Verbs that change nothing and need nothing but a migration, so that another word for one is as good as the verb. */
type Asking = Extract<Verb, 'status' | 'list' | 'approve' | 'plan' | 'help'>

/** The four gates, as people speak of them. */
export const GATES_IN_WORDS: Readonly<Record<Gate, string>> = {
  start: 'the start',
  freeze: 'the freeze (the outage begins)',
  goLive: 'going live (the point of no return)',
  cleanup: 'the cleanup (volumes are deleted)',
}

const VERBS = Object.keys(FORMS) as readonly Verb[]

const ASKING: Readonly<Record<Asking, readonly string[]>> = {
  status: ['eta', 'progress', 'when', 'who', 'info'],
  list: ['ls', 'all'],
  approve: ['go', 'golive', 'go-live', 'ok', 'okay', 'yes'],
  plan: ['show', 'dry-run', 'dryrun', 'check', 'preview'],
  help: ['?', 'approvers', 'commands', 'usage', '--help', '-help', '-h', 'hello', 'hi'],
}

/** What else people say for something that changes the world, and the sentence that leads them there. */
const LEADING: readonly (readonly [words: readonly string[], sentence: string])[] = [
  [
    ['stop', 'cancel', 'rollback', 'roll-back', 'roll', 'undo', 'back', 'revert', 'halt', 'kill'],
    `${FORMS.abort} brings everything back, until the point of no return; ${FORMS.pause} only holds it.`,
  ],
  [['begin', 'move', 'run'], `${FORMS.start} plans the move and asks.`],
  [['continue', 'unpause', 'proceed'], `${FORMS.resume} lets what is paused go on.`],
  [['wait', 'hold', 'suspend'], `${FORMS.pause} holds it until ${FORMS.resume}.`],
  [['skip', 'postpone', 'without'], `${FORMS.defer} goes live without a service, and finishes it afterwards.`],
  [['override', 'overrule', 'longer'], `${FORMS.exceed} lets the outage be longer than its budget.`],
  [['give-back', 'giveback'], `${FORMS.return} gives a deferred service back.`],
  [['again', 'redo'], `${FORMS.retry} tries a step again that has failed.`],
  [['delete', 'remove', 'purge'], `${FORMS.cleanup} offers to delete what was left behind, each by name.`],
  [['no', 'reject', 'deny'], `${FORMS.decline} puts a plan away that waits for its start.`],
  [
    ['practice', 'practise', 'drill', 'try', 'test'],
    `${FORMS.rehearse} tries the move beside the services, and takes away what it made.`,
  ],
  [['rebuild', 'recover'], `${FORMS.adopt} rebuilds a migration whose journal is gone.`],
  [['history', 'export', 'timeline', 'postmortem'], `${FORMS.report} tells all that happened, with a picture of it.`],
  [['comment', 'remark'], `${FORMS.note} writes down for the report what only people know.`],
]

const MEANT = new Map(Object.entries(ASKING).flatMap(([verb, words]) => words.map((word) => [word, verb as Asking])))
const LED = new Map(LEADING.flatMap(([words, sentence]) => words.map((word) => [word, sentence] as const)))

/** Whether the word, in lower case, is one of the verbs. */
export function isVerb(word: string): word is Verb {
  return Object.hasOwn(FORMS, word)
}

/** The verb that another word for it stands for, where that changes nothing; null where the word stands for none. */
export function verbMeantBy(word: string): Asking | null {
  return MEANT.get(word) ?? null
}

/** How far a misspelt word may be from a verb, in letters: further away, a guess leads people where they do not mean to go. */
const DISTANCE_MAX = 2
/** Letters that begin a verb well enough to tell which. */
const BEGUN_MIN = 3
const LETTERS_MAX = Math.max(...VERBS.map(({ length }) => length)) + DISTANCE_MAX

/** The answer to a word that is no verb: the right form where it is known or near, else that it is not known. `said` is how it was typed. */
export function strangerText(word: string, said: string): string {
  const led = LED.get(word)
  if (led) return `"${said}" does nothing by itself: ${led}`
  const [first, ...more] = nearestTo(word).map((verb) => FORMS[verb])
  if (!first) return `There is no "${said}": ${FORMS.help} lists what there is.`
  return more.length === 0
    ? `There is no "${said}"; the nearest is: ${first}`
    : `There is no "${said}"; the nearest are: ${[first, ...more].join('; ')}`
}

/** The verbs that the word begins, else the nearest ones; none where a word that means something else is nearer. */
function nearestTo(word: string): readonly Verb[] {
  if (word.length > LETTERS_MAX) return []
  const begun = word.length >= BEGUN_MIN ? VERBS.filter((verb) => verb.startsWith(word)) : []
  if (begun.length > 0) return begun
  const most = Math.min(DISTANCE_MAX, word.length - 1)
  const least = Math.min(...VERBS.map((verb) => distance(word, verb)))
  const other = Math.min(...[...LED.keys(), ...MEANT.keys()].map((each) => distance(word, each)))
  if (least > most || least > other) return []
  const near = VERBS.filter((verb) => distance(word, verb) === least)
  // Fingers that are fast change the order of letters, and leave none out.
  const shuffled = near.filter((verb) => lettersOf(verb) === lettersOf(word))
  return shuffled.length > 0 ? shuffled : near
}

function lettersOf(word: string): string {
  return [...word].sort().join('')
}
