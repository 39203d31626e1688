import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { ChildTask, ClientTask } from './children/messages.ts'

interface ChildRun {
  /** What the child has printed, a JSON value a line. */
  readonly reports: readonly unknown[]
  readonly stderr: string
  /** Null if it had to be killed. */
  readonly code: number | null
}

/**
 * Runs a module of ./children in a process of its own, until it ends by itself.
 *
 * @param openFiles the most file descriptors it may have; only a shell of Unix can say so
 * @param patience after so many ms it is killed: this tells a hang
 */
export function runChild(
  module: string,
  task: ChildTask | ClientTask,
  openFiles?: number,
  patience = 600_000,
): Promise<ChildRun> {
  const path = fileURLToPath(new URL(`./children/${module}.ts`, import.meta.url))
  // They make a pool for each case, which in a service would be the mistake that the warning tells of.
  const command = [process.execPath, '--disable-warning=POLYPOOL_POOL_PER_REQUEST', path, JSON.stringify(task)] as const
  const child =
    openFiles === undefined
      ? spawn(command[0], command.slice(1))
      : spawn('sh', ['-c', `ulimit -n ${openFiles} && exec "$@"`, 'sh', ...command])
  const timer = setTimeout(() => child.kill('SIGKILL'), patience)
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (data) => {
    stdout += data
  })
  child.stderr.on('data', (data) => {
    stderr += data
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => {
      clearTimeout(timer)
      const lines = stdout.split('\n').filter((line) => line !== '')
      resolve({ reports: lines.map((line) => JSON.parse(line) as unknown), stderr, code })
    })
  })
}
