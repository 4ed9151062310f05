// Processes of zonehop as a supervisor starts them, and what they say.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

export type Started = {
  readonly child: ChildProcess
  /** Standard error so far. */
  said(): string
  stdout(): string
  /** The exit code, once it has ended; null where a signal ended it. */
  ended(): Promise<number | null>
}

type Environment = Readonly<Record<string, string>>

export function startNode(args: readonly string[], environment: Environment = {}, folder = process.cwd()): Started {
  const child = spawn(process.execPath, [...args], { cwd: folder, env: { ...bare(), ...environment } })
  let [out, err] = ['', '']
  child.stdout.on('data', (chunk) => {
    out += String(chunk)
  })
  child.stderr.on('data', (chunk) => {
    err += String(chunk)
  })
  const exited = once(child, 'close')
  return {
    child,
    said: () => err,
    stdout: () => out,
    ended: async () => (await exited)[0] as number | null,
  }
}

export function startRole(role: string, environment: Environment, args: readonly string[] = []): Started {
  return startNode(['--import', 'tsx', 'src/main.ts', role, ...args], environment)
}

/** The export lines of `--without-bot`, once it has printed them. */
export async function environmentOf(demo: Started): Promise<Record<string, string>> {
  await saying(demo, /Waiting for a bot/)
  const lines = demo.said().matchAll(/^export (\w+)='(.*)'$/gm)
  return Object.fromEntries([...lines].map(([, name = '', value = '']) => [name, value]))
}

/** Waits until the process says it; throws with all it said when it ends before. */
export async function saying(started: Started, what: RegExp): Promise<void> {
  while (!what.test(started.said())) {
    if (started.child.exitCode !== null) throw new Error(`it ended and never said ${what}:\n${started.said()}`)
    await delay(20)
  }
}

/** Nothing of the tests' own environment reaches the process but where programs are. */
function bare(): Record<string, string> {
  const { PATH = '', HOME = '', TMPDIR = '/tmp' } = process.env
  return { PATH, HOME, TMPDIR, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' }
}

/** A port of 127.0.0.1 that nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
