import { execFile, spawn } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { root } from '../../scripts/root.ts'
import { fences } from '../docs/pages.ts'
import { bareEnvironment } from '../platform.ts'
import { hangs } from '../time.ts'

/** What an example's README says. */
export interface Example {
  readonly name: string
  readonly readme: string
  /** The command of two that runs it: the arguments of node. */
  readonly args: readonly string[]
  /** What one should see, a pattern for each line: `…` stands for anything. */
  readonly seen: readonly RegExp[]
}

const cwd = fileURLToPath(root)

export const examples: readonly Example[] = globSync('examples/*/README.md', { cwd })
  .map((file) => file.replaceAll('\\', '/'))
  .sort()
  .map((file) => {
    const readme = readFileSync(new URL(file, root), 'utf8')
    const [install, run = ''] = (fences(readme, 'sh').find((code) => code.startsWith('npm ci')) ?? '').split('\n')
    if (install !== 'npm ci # once, in the clone') throw new Error(`${file} does not begin with npm ci`)
    const [, script = ''] = /^(?:\w+=\S+ )?npx node (\S+)$/.exec(run) ?? []
    return { name: path.posix.dirname(file).slice('examples/'.length), readme, args: [script], seen: patterns(readme) }
  })

function patterns(readme: string): RegExp[] {
  const [text = ''] = fences(readme, 'text')
  const escaped = (line: string) => line.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll('…', '.*')
  return text
    .trimEnd()
    .split('\n')
    .map((line) => new RegExp(`^${escaped(line)}$`))
}

/** What only tells of a busy machine is not asked for: that requests wait for seconds, and members of a fleet hear nothing for as long. */
const silent = ['ExperimentalWarning', 'POLYPOOL_EXHAUSTED', 'POLYPOOL_FLEET_LOST']

function environment(more: Environment): NodeJS.ProcessEnv {
  const { NODE_COMPILE_CACHE = '' } = process.env
  const NODE_OPTIONS = silent.map((code) => `--disable-warning=${code}`).join(' ')
  return { ...bareEnvironment(), NODE_COMPILE_CACHE, NODE_OPTIONS, ...more }
}

interface Environment {
  readonly [name: string]: string
}

/** Runs an example until it ends by itself, and gives the lines that it has printed. */
export async function linesOf({ args }: Example, env: Environment = {}): Promise<string[]> {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args, {
    cwd,
    env: environment(env),
    // It hangs: nothing of it is left behind.
    timeout: 4 * hangs,
    killSignal: 'SIGKILL',
  })
  if (stderr !== '') throw new Error(stderr)
  return stdout.trimEnd().split('\n')
}

/** Starts one that goes on until it is stopped. */
export function start({ args }: Example, env: Environment) {
  return spawn(process.execPath, args, { cwd, env: environment(env), stdio: ['ignore', 'pipe', 'inherit'] })
}
