import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, expect, test } from 'vitest'
import { bareEnvironment } from '../../../test/platform.ts'
import { bin } from '../command.ts'

const python = Array.from({ length: 30 }, (_, n) => `def f${n}(a, *b):\n    return [x * ${n} for x in b if x not in a]\n`).join(
  '\n',
)
const javascript = Array.from(
  { length: 30 },
  (_, n) => `export function f${n}(a, ...b) {\n  return b.map((x) => x * ${n})\n}\n`,
).join('')

/** One file in a hundred is about connections. */
const kinds = {
  py: { plain: python, other: 'import httpx\nclient = httpx.Client(limits=httpx.Limits(max_connections=50))\n' },
  js: {
    plain: javascript,
    other: "import { Agent } from 'node:https'\nexport const agent = new Agent({ keepAlive: true, maxSockets: 50 })\n",
  },
}

const trees = new Map<string, string>()

afterAll(() => {
  for (const folder of trees.values()) rmSync(folder, { recursive: true, force: true })
})

/** Made once: commands write nothing there. */
function tree(kind: keyof typeof kinds, files: number): string {
  const known = trees.get(`${files} ${kind}`)
  if (known !== undefined) return known
  const cwd = mkdtempSync(path.join(os.tmpdir(), 'polypool-tree-'))
  trees.set(`${files} ${kind}`, cwd)
  for (let n = 0; n < files; n++) {
    const folder = path.join(cwd, `p${Math.floor(n / 100)}`)
    if (n % 100 === 0) mkdirSync(folder)
    writeFileSync(path.join(folder, `f${n}.${kind}`), kinds[kind][n % 100 === 0 ? 'other' : 'plain'])
  }
  return cwd
}

// Of the process and of the one that reads sources for it: what they took is told at the end, as the last thing.
const told = `data:text/javascript,${encodeURIComponent(
  "process.on('exit', () => { const { user, system } = process.cpuUsage(); process.stderr.write(JSON.stringify({ memory: process.resourceUsage().maxRSS, cpu: user + system }) + '\\n') })",
)}`

/** The most memory in MB, and milliseconds of CPU. */
async function costOf(cwd: string, args: readonly string[]): Promise<{ memory: number; cpu: number; stdout: string }> {
  const run = promisify(execFile)
  const options = { cwd, env: bareEnvironment(), maxBuffer: 1e9 }
  const { stdout, stderr } = await run(process.execPath, ['--import', told, bin, ...args], options).catch((error) => error)
  const { memory, cpu } = JSON.parse(stderr.trim().split('\n').at(-1)) as { memory: number; cpu: number }
  return { memory: memory / 1024, cpu: cpu / 1000, stdout }
}

test.each([
  ['py', ['import', 'auto', '.', '--json']],
  ['js', ['migrate', '--diff', '.']],
  ['js', ['audit', '.']],
] as const)('20,000 files of %s by %j: less than 300 MB, and time in proportion', async (kind, args) => {
  const [small, large] = [tree(kind, 5000), tree(kind, 20_000)]
  const few = await costOf(small, args)
  const many = await costOf(large, args)
  expect(many.memory).toBeLessThan(300)
  // Four times the files; what the program itself takes to start is in both.
  expect(many.cpu / few.cpu).toBeLessThan(6)
  if (args[0] === 'import') expect(JSON.parse(many.stdout)).toHaveLength(200)
})

test('importing from 5,000 files is to parse those that are about it: hardly more than to parse them alone', async () => {
  const all = tree('py', 5000)
  const alone = tree('py', 50)
  const [whole, start] = [await costOf(all, ['import', 'auto', '.']), await costOf(alone, ['import', 'auto', '.'])]
  // A parser that is asked for every file takes some five seconds more.
  expect(whole.cpu - start.cpu).toBeLessThan(2000)
})
