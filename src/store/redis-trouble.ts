// What Redis answers instead of keeping an entry, in words: each code is another thing to put right. Sources: the errors of Redis's
// own code (server.c, cluster.c, acl.c), which every managed Redis passes on.

/** What is wrong, by the words in what Redis answered, and what to do. */
const TROUBLES: Readonly<Record<string, readonly [what: string, remedy: string]>> = {
  READONLY: ['it is a replica, and takes no entries', 'point REDIS_URL at the master, or promote this one'],
  LOADING: ['it loads what it had written, after a restart', 'wait'],
  MISCONF: ['it cannot write to its disk', 'make room on the disk of Redis, and see its log'],
  OOM: ['it has no memory left', 'raise its maxmemory, or give it a larger machine'],
  NOREPLICAS: ['too few of its replicas are connected', 'start them, or look at the network between them'],
  CLUSTERDOWN: ['its cluster is down', 'see which of its nodes are missing'],
  TRYAGAIN: ['its cluster moves our keys just now', 'wait'],
  MASTERDOWN: ['its master cannot be reached', 'start it, or promote a replica'],
  BUSY: ['a script of somebody else keeps it busy', 'end that with SCRIPT KILL'],
  NOAUTH: ['it does not know us', 'see the user and the password in REDIS_URL'],
  WRONGPASS: ['it does not know us', 'see the user and the password in REDIS_URL'],
  SENTINEL: ['it is a Sentinel, and keeps no entries', 'point REDIS_URL at the master that it watches'],
  DENIED: [
    'it is in protected mode, and serves its own host alone',
    'give it a user with a password, or a bind address',
  ],
  'max number of clients': [
    'it has as many clients as it takes',
    'raise its maxclients, or end clients that nobody needs',
  ],
  NOPERM: ['our user may not do this', 'give it the rights that README names'],
}

/** What keeps Redis from taking an entry, with what to do; null where it did not answer, or with something else. */
export function redisTrouble(error: unknown): { readonly what: string; readonly remedy: string } | null {
  const { message = '' } = Object(error) as Partial<Error>
  // A script that met the code says so before it.
  const code = Object.keys(TROUBLES).find((word) => new RegExp(`\\b${word}\\b`).test(message))
  const [what, remedy] = TROUBLES[code ?? ''] ?? []
  return code && what && remedy ? { what: `${what} (${code})`, remedy } : null
}
