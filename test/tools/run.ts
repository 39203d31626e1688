import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { bareEnvironment } from '../platform.ts'

export interface Ended {
  /** Null if it had to be ended: it hung. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Tells a hang: the longest build takes some seconds on a quiet machine. */
const hangMs = 600_000

/** Runs a program to its end, in an environment that holds nothing of the test runner's. */
export async function run(
  program: string,
  args: readonly string[],
  cwd: string,
  env: { readonly [name: string]: string } = {},
): Promise<Ended> {
  const child = spawn(program, args, {
    cwd,
    env: { ...bareEnvironment(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: hangMs,
    killSignal: 'SIGKILL',
  })
  const code = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)])
  return { code: await code, stdout, stderr }
}

/** The same, where it must succeed. Throws with the program's own words if it does not. */
export async function succeed(...[program, args, ...rest]: Parameters<typeof run>): Promise<Ended> {
  const ended = await run(program, args, ...rest)
  if (ended.code === 0) return ended
  const ending = ended.code === null ? 'hung' : `ended with code ${ended.code}`
  throw new Error(`${[program, ...args].join(' ')} ${ending}:\n${ended.stderr}${ended.stdout}`)
}
