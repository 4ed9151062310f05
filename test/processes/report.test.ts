// `zonehop report` as a process of its own, on a real Redis: what it writes is the journal's alone, the same bytes each time.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { EntryBody } from '../../src/core/model/entries.ts'
import { type OwnRedis, startRedis } from '../../src/demo/redis/server.ts'
import { DEFAULT_NAMESPACE } from '../../src/environment.ts'
import { reportOf } from '../../src/report/report.ts'
import { redisJournal } from '../../src/store/journal.ts'
import { keysIn } from '../../src/store/keys.ts'
import { connect, type RedisClient } from '../../src/store/redis.ts'
import { RUNNING } from '../report/journal.ts'
import { startNode } from '../support/processes.ts'

let redis: OwnRedis
let client: RedisClient
let folder: string
beforeAll(async () => {
  redis = await startRedis()
  client = connect(redis.socket)
  folder = mkdtempSync(join(tmpdir(), 'zonehop-report-'))
})
afterAll(async () => {
  client.disconnect()
  await redis.close()
  rmSync(folder, { recursive: true, force: true })
})

async function zonehop(...args: string[]) {
  const command = startNode(['--import', 'tsx', 'src/main.ts', 'terminal', ...args], { REDIS_URL: redis.url })
  return { code: await command.ended(), out: command.stdout(), said: command.said() }
}

test('two processes write the same report', { timeout: 60_000 }, async () => {
  const said = RUNNING.slice(0, 4).map(({ rev, atMs, nonce, runId, replicationId, ...body }) => body as EntryBody)
  const journal = redisJournal(client, keysIn(DEFAULT_NAMESPACE), null)
  for (const each of said) await journal.append('mig-0a1b2c', await journal.read('mig-0a1b2c'), each)
  const { files } = reportOf(await journal.entries('mig-0a1b2c'))
  for (const name of ['first', 'second']) {
    const directory = join(folder, name)
    const { code, out, said: complaint } = await zonehop('report', '--to', directory)
    expect({ code, complaint }).toEqual({ code: 0, complaint: '' })
    expect(out).toContain(join(directory, 'report.png'))
    expect(readFileSync(join(directory, 'report.md'), 'utf8')).toBe(files['report.md'])
    expect(readFileSync(join(directory, 'report.png'))).toEqual(Buffer.from(files['report.png']))
  }
  const file = join(folder, 'a-file')
  writeFileSync(file, '')
  const refused = await zonehop('report', 'mig-0a1b2c', '--to', file)
  // A terminal is 80 columns wide.
  expect(refused.said.replace(/\s+/g, ' ')).toContain(`cannot be written to ${file}: EEXIST`)
  expect(refused.code).toBe(1)
})
