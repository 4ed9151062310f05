// What zonehop.yaml and people's choices say of a volume, found by its id or its Name. If several lines of the file
// fit, the first counts; of several choices, a person's last.
import type { SeenVolume } from '../model/facts.ts'
import { once } from '../model/once.ts'
import type { Choice } from '../model/plan.ts'
import type { Rules } from '../model/rules.ts'

type Saying<T> = { readonly rank: number; readonly said: T }
type Sayings<T> = ReadonlyMap<string, readonly Saying<T>[]>

/** A DRBD resource, and the word (id or Name) for the copy; undefined if the file names fewer copies than volumes. */
export type SaidReplica = { readonly resource: string; readonly copy: string | undefined }

/** The last choice for each volume, by the volume's id. */
export const choicesByVolume = once(
  (choices: readonly Choice[]): ReadonlyMap<string, Choice> =>
    new Map(choices.map((choice) => [choice.volume, choice])),
)

/** Why the volume stays, as zonehop.yaml has it; null if the file does not say that it stays. */
export function saidStay({ stays }: Rules, volume: SeenVolume): string | null {
  return heard(staysByWord(stays), volume)[0] ?? null
}

/** The service that the volume belongs to, as zonehop.yaml has it; null if the file names none. */
export function saidService({ services }: Rules, volume: SeenVolume): string | null {
  return saidServices({ services }, volume)[0] ?? null
}

/** The services that zonehop.yaml puts the volume in, by its id or its Name; the first one counts. */
export function saidServices({ services }: Pick<Rules, 'services'>, volume: SeenVolume): string[] {
  return heard(servicesByWord(services), volume)
}

/** The DRBD resources that the volume belongs to, each once, by its first place in the resource. */
export function saidReplicas({ replicas }: Rules, volume: SeenVolume): SaidReplica[] {
  const all = heard(replicasByWord(replicas), volume)
  return all.filter(({ resource }, at) => resource !== all[at - 1]?.resource)
}

const staysByWord = once((stays: Rules['stays']) =>
  sayings(Object.entries(stays).map(([word, reason]) => ({ word, said: reason }))),
)

const servicesByWord = once((services: Rules['services']) =>
  sayings(
    Object.entries(services).flatMap(([name, { volumes = [] }]) => volumes.map((word) => ({ word, said: name }))),
  ),
)

const replicasByWord = once((replicas: Rules['replicas']) =>
  sayings(
    Object.entries(replicas).flatMap(([resource, rule]) =>
      rule.volumes.map((word, at) => ({ word, said: { resource, copy: rule.replicas[at] } })),
    ),
  ),
)

function sayings<T>(all: readonly { readonly word: string; readonly said: T }[]): Sayings<T> {
  const byWord = new Map<string, Saying<T>[]>()
  for (const [rank, { word, said }] of all.entries()) {
    const group = byWord.get(word)
    if (group) group.push({ rank, said })
    else byWord.set(word, [{ rank, said }])
  }
  return byWord
}

function heard<T>(byWord: Sayings<T>, { id, tags }: SeenVolume): T[] {
  const ofId = byWord.get(id) ?? []
  const ofName = tags.Name === undefined || tags.Name === id ? [] : (byWord.get(tags.Name) ?? [])
  return [...ofId, ...ofName].sort((a, b) => a.rank - b.rank).map(({ said }) => said)
}
