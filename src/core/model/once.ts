// Computes a result once for a key that never changes. A fold, a plan and facts are values, and in one decision over a
// thousand volumes the same is asked of them again and again.

/** The function `compute`, with its result kept for each key object as long as that object is in use (WeakMap). */
export function once<K extends object, T>(compute: (key: K) => T): (key: K) => T {
  const known = new WeakMap<K, { readonly value: T }>()
  return (key) => {
    const found = known.get(key)
    if (found) return found.value
    const value = compute(key)
    known.set(key, { value })
    return value
  }
}
