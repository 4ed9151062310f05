// The documents as they are shipped, run by a real shell: who acts for whom, in which order, until when.
import { type SpawnSyncReturns, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const FOLDER = join(import.meta.dirname, '../../ssm')
const names = readdirSync(FOLDER)
  .filter((name) => !name.startsWith('zonehop-replica-'))
  .sort()

type Document = {
  parameters: Record<string, { allowedPattern: string }>
  mainSteps: [{ inputs: { timeoutSeconds: string; runCommand: string[] } }]
}

function load(name: string): Document {
  return JSON.parse(readFileSync(join(FOLDER, name), 'utf8'))
}

/** A host of its own in a new folder, with a script for `freeze` that writes down that it ran. */
function host() {
  const root = mkdtempSync(join(tmpdir(), 'zonehop-host-'))
  const scripts = join(root, 'etc/zonehop/logs')
  mkdirSync(scripts, { recursive: true })
  writeFileSync(join(scripts, 'freeze'), `#!/bin/sh\necho ran >> ${root}/ran\n`)
  chmodSync(join(scripts, 'freeze'), 0o755)
  const run = (values: { rev: string; notAfter?: string; service?: string }): SpawnSyncReturns<string> => {
    const { rev, notAfter = '2099-01-01T00:00:00.000Z', service = 'logs' } = values
    const script = load('zonehop-freeze.json')
      .mainSteps[0].inputs.runCommand.join('\n')
      .replaceAll('{{ service }}', service)
      .replaceAll('{{ rev }}', rev)
      .replaceAll('{{ notAfter }}', notAfter)
      .replaceAll('/var/lib/zonehop', `${root}/var`)
      .replaceAll('/etc/zonehop', `${root}/etc/zonehop`)
    return spawnSync('sh', ['-c', script], { encoding: 'utf8' })
  }
  const runs = (): number =>
    existsSync(join(root, 'ran')) ? readFileSync(join(root, 'ran'), 'utf8').split('\n').length - 1 : 0
  return { root, run, runs }
}

test('acts, and again at the same rev', () => {
  const { run, runs } = host()
  expect(run({ rev: '7' }).status).toBe(0)
  expect(run({ rev: '7' }).status).toBe(0)
  expect(runs()).toBe(2)
})

test.each([
  ['a rev lower than the host has seen', { rev: '6' }, 3, 'rev 6 is older than 7'],
  ['a time past notAfter', { rev: '8', notAfter: '2020-01-01T00:00:00.000Z' }, 4, 'it is past 2020'],
  ['a service without a script', { rev: '8', service: 'mail' }, 6, 'is not there'],
])('refuses %s', (_, values, status, sentence) => {
  const { run, runs } = host()
  run({ rev: '7' })
  const refused = run(values)
  expect(refused.status).toBe(status)
  expect(refused.stderr).toContain(sentence)
  expect(runs()).toBe(1)
})

test('refuses while another step of the service is running', async () => {
  const { root, run, runs } = host()
  mkdirSync(`${root}/var/logs`, { recursive: true })
  const holder = spawn('sh', ['-c', `exec 9>${root}/var/logs/lock; flock 9; echo held; read rest`])
  await once(holder.stdout, 'data')
  const refused = run({ rev: '8' })
  holder.stdin.end('\n')
  await once(holder, 'exit')
  expect(refused).toMatchObject({ status: 5, stderr: expect.stringContaining('another step of logs is running') })
  expect(runs()).toBe(0)
  expect(run({ rev: '8' }).status).toBe(0)
})

test('what a script returns is what the command returns', () => {
  const { root, run } = host()
  writeFileSync(join(root, 'etc/zonehop/logs/freeze'), '#!/bin/sh\necho busy >&2\nexit 32\n')
  expect(run({ rev: '8' })).toMatchObject({ status: 32, stderr: 'busy\n' })
})

test('the documents of services differ by their verb alone, and take nothing a shell could read', () => {
  // A rehearsal says which copies it is about.
  const alike = names.filter((name) => name !== 'zonehop-rehearse.json')
  const bare = alike.map((name) => {
    const verb = name.replace(/^zonehop-|\.json$/g, '')
    const { parameters, mainSteps } = load(name)
    return JSON.stringify({ parameters, mainSteps }).replaceAll(`verb='${verb}'`, "verb='VERB'")
  })
  expect(alike).toHaveLength(6)
  expect(new Set(bare).size).toBe(1)
  for (const { allowedPattern } of Object.values(load('zonehop-rehearse.json').parameters)) {
    expect(allowedPattern).toMatch(/^\^.*\$$/)
    for (const bad of ["'", '"', '$', '`', ';', ' ', '\n', '\\'])
      expect(new RegExp(allowedPattern).test(`a${bad}`)).toBe(false)
  }
})
