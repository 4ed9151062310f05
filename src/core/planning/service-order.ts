// The order in which services open: each after the others that zonehop.yaml names. A service that waits for itself,
// directly or by way of others, never opens, so such circles are found here.
import type { Service } from '../model/plan.ts'

type Services = ReadonlyMap<string, Service>

/** Whether `before`, after which `service` comes, in turn comes after `service`, directly or by way of others. */
export type IsCircle = (service: string, before: string) => boolean

/**
 * A test for circles among these services. Most services are in order; only those that are not, and what comes after
 * them, are searched.
 */
export function circlesOf(services: Services): IsCircle {
  const rest = outOfOrder(services)
  return (service, before) => {
    const seen = new Set([before])
    for (const each of seen) {
      const after = rest.get(each)?.after ?? []
      if (after.includes(service)) return true
      // A walk through a set also visits what is added meanwhile.
      for (const name of after) seen.add(name)
    }
    return false
  }
}

/** The services that are left when those that wait for none of the rest are taken away, again and again. */
function outOfOrder(services: Services): Services {
  const rest = new Map(services)
  const waiting = new Map([...services.values()].map(({ name, after }) => [name, knownNames(after, services).size]))
  const followers = followersOf(services)
  const free = [...waiting].filter(([, count]) => count === 0).map(([name]) => name)
  for (let name = free.pop(); name !== undefined; name = free.pop()) {
    rest.delete(name)
    for (const follower of followers.get(name) ?? []) {
      const left = (waiting.get(follower) ?? 0) - 1
      waiting.set(follower, left)
      if (left === 0) free.push(follower)
    }
  }
  return rest
}

function followersOf(services: Services): ReadonlyMap<string, readonly string[]> {
  const followers = new Map<string, string[]>([...services.keys()].map((name) => [name, []]))
  for (const { name, after } of services.values()) {
    for (const before of knownNames(after, services)) followers.get(before)?.push(name)
  }
  return followers
}

function knownNames(after: readonly string[], services: Services): ReadonlySet<string> {
  return new Set(after.filter((name) => services.has(name)))
}
