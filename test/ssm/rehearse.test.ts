// The document of a rehearsal as it is shipped, run by a real shell beside stand-ins for what only root may do: what it mounts and how, what
// it says, and that it leaves nothing behind.
import { type SpawnSyncReturns, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'

const DOCUMENT = join(import.meta.dirname, '../../ssm/zonehop-rehearse.json')
const [VOLUME, OTHER] = ['vol-0aaaaaaaaaaaaaaa1', 'vol-0bbbbbbbbbbbbbbb2']

/** A disk as lsblk shows it: its file systems by partition, the disk itself among them; `isBroken`: it cannot be read. */
type Disk = { readonly name: string; readonly volume: string; readonly holds?: string; readonly isBroken?: boolean }

type Host = {
  readonly run: (volumes?: string) => SpawnSyncReturns<string>
  /** The calls of mount, umount and dd, in their order; folders are left out, since they have names of their own. */
  readonly calls: () => string[]
  /** Folders that a run has left behind. */
  readonly left: () => string[]
  readonly isMounted: () => boolean
}

/** A host with these disks, and a script of the service that looks into its copy, where it has one. */
function host(disks: readonly Disk[], script?: string): Host {
  const root = mkdtempSync(join(tmpdir(), 'zonehop-rehearse-'))
  const bin = join(root, 'bin')
  for (const folder of ['bin', 'run', 'etc/zonehop/logs']) mkdirSync(join(root, folder), { recursive: true })
  const stub = (name: string, ...lines: readonly string[]): void => {
    writeFileSync(join(bin, name), ['#!/bin/sh', ...lines].join('\n'))
    chmodSync(join(bin, name), 0o755)
  }
  const called = (name: string) => `echo "${name} $*" | sed 's# [^ ]*/run/[^ ]*##' >> ${root}/calls`
  const serials = disks.map(({ name, volume }) => `/dev/${name} ${volume.replaceAll('-', '')}`)
  const held = disks.map(({ name, holds = '' }) => `/dev/${name}) printf '${holds}' ;;`)
  stub(
    'lsblk',
    'for last; do :; done',
    'case "$last" in',
    ...held,
    `*) printf '%s\\n' ${serials.map((one) => `'${one}'`).join(' ')} ;;`,
    'esac',
  )
  const broken = disks.filter(({ isBroken }) => isBroken).map(({ name }) => `*if=/dev/${name}*) exit 1 ;;`)
  stub('dd', called('dd'), 'case "$*" in', ...broken, '*) ;;', 'esac')
  stub('mount', called('mount'), `touch ${root}/mounted`)
  stub('umount', called('umount'), `rm ${root}/mounted`)
  stub('mountpoint', `test -e ${root}/mounted`)
  if (script !== undefined) {
    writeFileSync(join(root, 'etc/zonehop/logs/rehearse'), `#!/bin/sh\n${script}\n`)
    chmodSync(join(root, 'etc/zonehop/logs/rehearse'), 0o755)
  }
  const text = JSON.parse(readFileSync(DOCUMENT, 'utf8')).mainSteps[0].inputs.runCommand.join('\n') as string
  return {
    run(volumes = VOLUME) {
      const ready = text
        .replaceAll('{{ service }}', 'logs')
        .replaceAll('{{ volumes }}', volumes)
        .replaceAll('{{ rev }}', '7')
        .replaceAll('{{ notAfter }}', '2099-01-01T00:00:00.000Z')
        .replaceAll('/var/lib/zonehop', `${root}/var`)
        .replaceAll('/etc/zonehop', `${root}/etc/zonehop`)
        .replaceAll('/run/zonehop-rehearse', `${root}/run/zonehop-rehearse`)
      return spawnSync('sh', ['-c', ready], {
        encoding: 'utf8',
        env: { ...process.env, PATH: `${bin}:${process.env.PATH}` },
      })
    },
    calls: () => (existsSync(`${root}/calls`) ? readFileSync(`${root}/calls`, 'utf8').trim().split('\n') : []),
    left: () => readdirSync(`${root}/run`),
    isMounted: () => existsSync(`${root}/mounted`),
  }
}

const READ = 'dd if=/dev/nvme1n1 of=/dev/null bs=1M count=16 iflag=direct status=none'
const holding = (holds: string): Disk => ({ name: 'nvme1n1', volume: VOLUME, holds })

describe('mounts read-only, replays no log, reads, and unmounts', () => {
  test.each<[kind: string, holds: string, mounts: string]>([
    ['ext4', '/dev/nvme1n1 ext4\\n', 'mount -t ext4 -o ro,noload /dev/nvme1n1'],
    ['ext3 on a partition', '/dev/nvme1n1 \\n/dev/nvme1n1p1 ext3\\n', 'mount -t ext3 -o ro,noload /dev/nvme1n1p1'],
    ['xfs', '/dev/nvme1n1 xfs\\n', 'mount -t xfs -o ro,norecovery,nouuid /dev/nvme1n1'],
    ['btrfs', '/dev/nvme1n1 btrfs\\n', 'mount -o ro /dev/nvme1n1'],
  ])('%s', (_, holds, mounts) => {
    const { run, calls, left, isMounted } = host([holding(holds)])
    expect(run()).toMatchObject({ status: 0, stdout: `${VOLUME}: mounted read-only and read\n`, stderr: '' })
    expect(calls()).toEqual([READ, mounts, 'umount'])
    expect([left(), isMounted()]).toEqual([[], false])
  })
})

test.each<[what: string, holds: string, said: string]>([
  ['nothing', '/dev/nvme1n1 \\n', 'no file system'],
  ['a volume of LVM', '/dev/nvme1n1 LVM2_member\\n', 'LVM2_member'],
  ['a disk of an array', '/dev/nvme1n1 linux_raid_member\\n', 'linux_raid_member'],
])('what holds %s is read as a disk, and not mounted', (_, holds, said) => {
  const { run, calls, left } = host([holding(holds)])
  expect(run()).toMatchObject({ status: 0, stdout: `${VOLUME}: read as a disk, since it holds ${said}\n` })
  expect(calls()).toEqual([READ])
  expect(left()).toEqual([])
})

test('the script of the service gets the folder, and what it returns is what the command returns', () => {
  const good = host([holding('/dev/nvme1n1 ext4\\n')], 'test -d "$1" && echo "looked into it"')
  expect(good.run()).toMatchObject({ status: 0, stdout: expect.stringContaining('looked into it') })
  const bad = host([holding('/dev/nvme1n1 ext4\\n')], 'echo "table t is not whole" >&2; exit 42')
  expect(bad.run()).toMatchObject({ status: 42, stderr: 'table t is not whole\n' })
  expect([bad.calls().at(-1), bad.left(), bad.isMounted()]).toEqual(['umount', [], false])
})

test.each<[what: string, disks: readonly Disk[], said: string]>([
  [
    'a disk that the host does not show',
    [{ name: 'nvme1n1', volume: OTHER }],
    'no disk with the serial vol0aaaaaaaaaaaaaaa1',
  ],
  ['a serial that only begins so', [{ name: 'nvme1n1', volume: `${VOLUME}0` }], 'no disk with the serial'],
  [
    'a disk that cannot be read',
    [{ name: 'nvme1n1', volume: VOLUME, isBroken: true }],
    `/dev/nvme1n1 (${VOLUME}) cannot be read`,
  ],
])('%s is said, and nothing is mounted', (_, disks, said) => {
  const { run, calls, left } = host(disks)
  expect(run()).toMatchObject({ status: 8, stderr: expect.stringContaining(said) })
  expect(calls().filter((call) => call.startsWith('mount'))).toEqual([])
  expect(left()).toEqual([])
})

test('one copy after the other, by the serials of their disks', () => {
  const { run, calls } = host([
    { name: 'nvme2n1', volume: OTHER, holds: '/dev/nvme2n1 xfs\\n' },
    holding('/dev/nvme1n1 ext4\\n'),
  ])
  expect(run(`${VOLUME},${OTHER}`).stdout).toBe(
    `${VOLUME}: mounted read-only and read\n${OTHER}: mounted read-only and read\n`,
  )
  const places = calls().filter((call) => call.startsWith('mount'))
  expect(places.map((call) => call.split(' ').at(-1))).toEqual(['/dev/nvme1n1', '/dev/nvme2n1'])
})
