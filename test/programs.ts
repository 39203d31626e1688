// Real servers that tests start themselves, on loopback, each with a config of its own in a folder that goes with the test.
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import net, { type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

/** What is taken out of a package of which the rest is not wanted. */
const taken = fileURLToPath(new URL('../.cache/programs', import.meta.url))

/** Debian keeps servers where only root's PATH looks; on Windows there is no such folder. */
const folders = [...(process.env.PATH ?? '').split(path.delimiter), '/usr/sbin', '/usr/local/sbin', taken]

/**
 * Where a program is; undefined where it is missing, which one line then says: what it is for is skipped.
 * With TEST_PROGRAMS=all, as `.ci/run` has it, that is an error.
 */
export function findProgram(name: string): string | undefined {
  const found = folders.map((folder) => path.join(folder, name)).find((file) => existsSync(file))
  if (found === undefined) missing(name)
  return found
}

/** Says that what needs this is skipped; throws where nothing may be. */
export function missing(what: string): void {
  const problem = `${what} is not installed here`
  if (process.env.TEST_PROGRAMS === 'all') throw new Error(`${problem}: .ci/run installs it`)
  console.warn(`skipped: ${problem}`)
}

export interface Started {
  readonly child: ChildProcess
  /** What it has written so far. */
  readonly output: () => string
  /** Ends it, and waits until it has gone. */
  stop(): Promise<void>
}

/** A folder for one server; it is emptied by `stop` of who started there. */
export function folderFor(program: string): string {
  return mkdtempSync(path.join(tmpdir(), `polypool-${program}-`))
}

/** Starts a program that stays in the foreground, and waits until it listens. */
export async function startProgram(file: string, args: readonly string[], port: number, folder: string): Promise<Started> {
  const child = spawn(file, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += chunk))
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const stop = async () => {
    // Not killed: squid would leave its shared memory behind.
    child.kill('SIGTERM')
    await ended
    rmSync(folder, { recursive: true, force: true })
  }
  while (!(await listens(port))) {
    if (child.exitCode !== null || child.signalCode !== null) {
      await stop()
      throw new Error(`${file} has ended: ${output}`)
    }
    await sleep(20)
  }
  return { child, output: () => output, stop }
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect({ port, host: '127.0.0.1' })
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false))
    socket.on('connect', () => socket.destroy())
  })
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = net.createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
