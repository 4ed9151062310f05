// Virtual time, and who goes on next. Everything that waits, waits here: the earliest goes on, runs until it waits again, and
// only then does the next. A process that is over never goes on; one that is suspended goes on late.

/** One run of a process, from its start to its crash. */
export type Life = { readonly name: string; isOver: boolean; suspendedUntilMs: number }

export type Scheduler = {
  now(): number
  /** Resolves when this much time has passed; never, where the process is over by then. `wake` ends it early. */
  wait(life: Life, ms: number, wake?: AbortSignal): Promise<void>
  /** Calls at that time, whatever becomes of whom. */
  after(ms: number, act: () => void): void
  /** One event after another until it says so, or nobody waits any more. */
  run(isOver: () => boolean): Promise<void>
}

type Event = { atMs: number; readonly order: number; readonly life: Life | null; act: (() => void) | null }

export function openScheduler(fromMs: number): Scheduler {
  const events = heap()
  let nowMs = fromMs
  let order = 0

  function push(atMs: number, life: Life | null, act: () => void): Event {
    const event = { atMs, order: order++, life, act }
    events.push(event)
    return event
  }

  function goesOn(event: Event): (() => void) | null {
    const { life, act } = event
    if (!act || life?.isOver) return null
    if (life && life.suspendedUntilMs > event.atMs) {
      events.push({ ...event, atMs: life.suspendedUntilMs, order: order++ })
      return null
    }
    return act
  }

  return {
    now: () => nowMs,
    wait: (life, ms, wake) =>
      new Promise((resolve) => {
        if (life.isOver) return
        const event = push(nowMs + Math.max(0, wake?.aborted ? 0 : ms), life, resolve)
        wake?.addEventListener('abort', () => void (event.act && push(nowMs, life, resolve)), { once: true })
      }),
    after: (ms, act) => void push(nowMs + ms, null, act),
    async run(isOver) {
      while (!isOver()) {
        const event = events.pop()
        if (!event) return
        nowMs = Math.max(nowMs, event.atMs)
        const act = goesOn(event)
        if (!act) continue
        event.act = null
        act()
        await drained()
      }
    },
  }
}

/** Until every promise that can go on has gone on: Node takes the next tick up only when no promise is left to. */
function drained(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve))
}

/** A binary heap by time, then by order. */
function heap() {
  const all: Event[] = []
  const isBefore = (a: Event, b: Event): boolean => a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order)
  const at = (index: number): Event => all[index] as Event
  const swap = (a: number, b: number): void => {
    const held = at(a)
    all[a] = at(b)
    all[b] = held
  }
  function sink(from: number): void {
    for (let parent = from; ; ) {
      const [left, right] = [2 * parent + 1, 2 * parent + 2]
      let least = parent
      if (left < all.length && isBefore(at(left), at(least))) least = left
      if (right < all.length && isBefore(at(right), at(least))) least = right
      if (least === parent) return
      swap(parent, least)
      parent = least
    }
  }
  return {
    push(event: Event): void {
      all.push(event)
      for (let child = all.length - 1; child > 0; ) {
        const parent = (child - 1) >> 1
        if (!isBefore(at(child), at(parent))) return
        swap(child, parent)
        child = parent
      }
    },
    pop(): Event | undefined {
      const first = all[0]
      const last = all.pop()
      if (all.length > 0 && last) {
        all[0] = last
        sink(0)
      }
      return first
    },
  }
}
