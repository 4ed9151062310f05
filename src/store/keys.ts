// How everything of one installation is named in Redis. All names carry one hash tag (Redis Cluster), so that every key of an
// installation lies on one node, where scripts and queues may touch several at once; and two installations on one Redis never meet.

/** The names of one installation. */
export type Keys = {
  /** `{namespace}:part:part`: a key, a channel, or what the keys of all queues begin with (`queue`). */
  of(...parts: readonly (string | number)[]): string
}

/** `namespace` has no braces, since the first pair of them is the hash tag. */
export function keysIn(namespace: string): Keys {
  return { of: (...parts) => [`{${namespace}}`, ...parts].join(':') }
}
