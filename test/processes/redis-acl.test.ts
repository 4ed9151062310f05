// A Redis that takes TLS alone, with a user that may do no more than the README says: a whole migration runs on it, and the user
// reaches nothing of anybody else.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { afterEach, expect, test } from 'vitest'
import { connect } from '../../src/store/redis.ts'
import { environmentOf, freePort, type Started, startRole } from '../support/processes.ts'

const TLS = join(import.meta.dirname, '../support/tls')
/** Half a minute where nothing else runs. */
const ON_A_BUSY_MACHINE_MS = 180_000

const started: Started[] = []
afterEach(() => {
  for (const { child } of started.splice(0)) child.kill('SIGKILL')
})

function start(role: string, environment: Record<string, string>, ...args: string[]): Started {
  const process = startRole(role, environment, args)
  started.push(process)
  return process
}

/** The words of the README's line that makes the user, but for its password. */
function leastAcl(): string[] {
  const line = /^ACL SETUSER zonehop on (.*)$/m.exec(readFileSync('README.md', 'utf8'))?.[1] ?? ''
  return line.split(' ').filter((word) => !word.startsWith('>'))
}

/** Serves TLS beside the socket, for this user. */
async function secured(socket: string): Promise<string> {
  const admin = connect(socket)
  const port = await freePort()
  const [cert, key] = [join(TLS, 'cert.pem'), join(TLS, 'key.pem')]
  const files = ['tls-cert-file', cert, 'tls-key-file', key, 'tls-ca-cert-file', cert]
  await admin.call('CONFIG', 'SET', 'tls-auth-clients', 'no', ...files)
  await admin.call('CONFIG', 'SET', 'tls-port', String(port))
  await admin.call('ACL', 'SETUSER', 'zonehop', 'on', '>a-password', ...leastAcl())
  admin.disconnect()
  return `rediss://zonehop:a-password@127.0.0.1:${port}`
}

test(
  'a migration runs over TLS with the least rights, which reach nothing else',
  async () => {
    const options = ['--scenario', 'late-volume', '--volumes', '2', '--speed', '20000']
    const demo = start('demo', {}, '--without-bot', '--json', ...options)
    const environment = await environmentOf(demo)
    const url = await secured(environment.REDIS_URL ?? '')
    const mine = { ...environment, REDIS_URL: url, NODE_EXTRA_CA_CERTS: join(TLS, 'cert.pem') }
    const [bot, worker] = [start('bot', mine), start('worker', mine)]

    const client = new Redis(url, { tls: { ca: readFileSync(join(TLS, 'cert.pem')) } })
    for (const args of [
      ['SET', 'bull:notify:wait', '1'],
      ['GET', '{other}:running'],
      ['FLUSHALL'],
      ['KEYS', '*'],
      ['CONFIG', 'GET', '*'],
      ['ACL', 'LIST'],
    ]) {
      const [command = '', ...rest] = args
      await expect(client.call(command, ...rest), args.join(' ')).rejects.toThrow(/NOPERM/)
    }
    client.disconnect()

    const code = await demo.ended()
    const said = bot.said() + worker.said()
    expect(code, demo.said() + said).toBe(0)
    expect(said).not.toContain('NOPERM')
    const { ok, migration } = JSON.parse(demo.stdout().trim().split('\n').at(-1) ?? '')
    expect({ ok, phase: migration.phase }).toEqual({ ok: true, phase: 'done' })
  },
  ON_A_BUSY_MACHINE_MS,
)
