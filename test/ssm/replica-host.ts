// A host for the shipped documents of replicas: the tools they call are stand-ins on PATH that write down how they were called
// and change a state in files, far enough that what was done is found done.
import { type SpawnSyncReturns, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const FOLDER = join(import.meta.dirname, '../../ssm')

type Document = {
  parameters: Record<string, { allowedPattern: string }>
  mainSteps: [{ inputs: { timeoutSeconds: string; runCommand: string[] } }]
}

export function load(name: string): Document {
  return JSON.parse(readFileSync(join(FOLDER, `zonehop-replica-${name}.json`), 'utf8'))
}

/** Files of the state: role, cstate, dstate, unit; one that is missing tells nothing. */
const TOOLS: Record<string, string> = {
  drbdadm: `
case "$1" in
  sh-dev) [ "$2" = r0 ] && echo "$ROOT/drbd0" || { echo "'$2' not defined in your config" >&2; exit 10; }; exit ;;
  sh-minor) [ "$2" = r0 ] && echo 0 || { echo "'$2' not defined in your config" >&2; exit 10; }; exit ;;
  role|cstate|dstate) cat "$ROOT/$1"; exit ;;
esac
echo "drbdadm $*" >> "$ROOT/calls"
if [ -e "$ROOT/refuses-$1" ]; then echo "State change failed" >&2; exit 11; fi
case "$1" in
  secondary) echo Secondary > "$ROOT/role" ;;
  primary) echo Primary > "$ROOT/role" ;;
  down) rm -f "$ROOT/role" "$ROOT/cstate" ;;
  adjust|connect) echo Secondary > "$ROOT/role"; echo Connected > "$ROOT/cstate" ;;
  get-gi) echo '0000000000000001:0000000000000000' ;;
esac`,
  drbdsetup: `
case "$*" in
  'status --json r0') cat "$ROOT/status" ;;
  'status --json') echo '[{"name": "other"}]' ;;
  *) cat "$ROOT/show" ;;
esac`,
  systemctl: `
case "$1" in
  cat) [ "$2" = 'drbd@r0.target' ] ;;
  is-enabled) [ -e "$ROOT/drbd.service" ] ;;
  *) echo "systemctl $*" >> "$ROOT/calls" ;;
esac`,
  'systemd-escape': 'echo "$1"',
  fuser: 'echo "fuser $*" >> "$ROOT/calls"; echo "nfsd 812" >&2',
  blkid: 'cat "$ROOT/type"',
  mountpoint: '[ -e "$ROOT/mounted" ]',
  mount: 'echo "mount $*" >> "$ROOT/calls"; touch "$ROOT/mounted"',
  umount: 'echo "umount $*" >> "$ROOT/calls"; rm "$ROOT/mounted"',
  sleep: 'echo "sleep $*" >> "$ROOT/calls"',
}

export function replicaHost(state: Readonly<Record<string, string>> = {}) {
  const root = mkdtempSync(join(tmpdir(), 'zonehop-replica-'))
  mkdirSync(join(root, 'bin'))
  const executable = (path: string, body: string) => {
    writeFileSync(path, `#!/bin/sh\nROOT=${root}\n${body}\n`)
    chmodSync(path, 0o755)
  }
  for (const [name, body] of Object.entries(TOOLS)) executable(join(root, 'bin', name), body)
  const set = (name: string, value: string) => writeFileSync(join(root, name), value === '' ? '' : `${value}\n`)
  for (const [name, value] of Object.entries({ version: 'version: 9.1.5 (api:2/proto:86-121)', ...state }))
    set(name, value)
  const freezes = (script: string) => {
    mkdirSync(join(root, 'etc/zonehop/files'), { recursive: true })
    executable(join(root, 'etc/zonehop/files/freeze'), script)
  }
  const run = (document: string, values: Partial<Record<string, string>> = {}): SpawnSyncReturns<string> => {
    const given = { service: 'files', resource: 'r0', rev: '7', notAfter: '2099-01-01T00:00:00.000Z', ...values }
    const script = Object.entries(given)
      .reduce(
        (text, [name, value = '']) => text.replaceAll(`{{ ${name} }}`, value),
        load(document).mainSteps[0].inputs.runCommand.join('\n'),
      )
      .replaceAll('/var/lib/zonehop', `${root}/var`)
      .replaceAll('/etc/zonehop', `${root}/etc/zonehop`)
      .replaceAll('/run/zonehop', `${root}/run`)
      .replaceAll('/proc/drbd', `${root}/version`)
    return spawnSync('sh', ['-c', script], {
      encoding: 'utf8',
      env: { ...process.env, PATH: `${root}/bin:${process.env.PATH}` },
    })
  }
  /** What was called since this was last asked. */
  const calls = (): string[] => {
    const path = join(root, 'calls')
    const lines = existsSync(path) ? readFileSync(path, 'utf8').trimEnd().replaceAll(root, '').split('\n') : []
    writeFileSync(path, '')
    return lines.filter((line) => line !== '')
  }
  return { root, run, calls, set, freezes }
}
