// What `audit` and `migrate` take on large code bases: `node bench/audit.ts`, after a build. Times are of the processor, of both processes; Linux tells them.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const { values } = parseArgs({
  options: {
    sizes: { type: 'string', default: '5000,10000,20000' },
    command: { type: 'string', default: 'audit' },
    rounds: { type: 'string', default: '3' },
    // The sources take memory for being stripped of their types.
    bin: { type: 'string', default: 'cli/dist/bin.js' },
  },
})
const sizes = values.sizes.split(',').map(Number)
const bin = fileURLToPath(new URL(`../${values.bin}`, import.meta.url))
/** Most that the two processes may have together, in MB. */
const mostMemory = 300
/** How much longer a file may take in the largest tree than in the smallest. */
const mostGrowth = 1.3

/** Code of a service: one file in five speaks of a client, one in twenty has something to be found. */
function sourceOf(index: number): string {
  const unrelated = Array.from(
    { length: 60 },
    (_, line) => `export const value${line} = (input: number) => ({ id: ${index}, line: ${line}, sum: input + ${line} })`,
  ).join('\n')
  if (index % 20 === 0) {
    return `import https from 'node:https'\nimport axios from 'axios'\n${unrelated}\nexport const load${index} = (url: string) => axios.get(url, { httpsAgent: new https.Agent({ keepAlive: true }) })\n`
  }
  if (index % 5 === 0) return `import axios from 'axios'\n${unrelated}\nexport const load = (url: string) => axios.get(url)\n`
  return `${unrelated}\n`
}

function writeTree(files: number): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'polypool-bench-'))
  for (let index = 0; index < files; index++) {
    const directory = path.join(folder, `package${index % 40}`, `part${Math.floor(index / 40) % 50}`)
    mkdirSync(directory, { recursive: true })
    writeFileSync(path.join(directory, `file${index}.ts`), sourceOf(index))
  }
  return folder
}

interface Usage {
  /** The most resident memory that was seen, in MB. */
  memory: number
  /** In ms. */
  cpu: number
}

/** What a process and those that it starts have taken; looked at until it ends. */
async function measure(cwd: string): Promise<Usage> {
  const child = spawn(process.execPath, [bin, values.command, '--json'], { cwd, stdio: ['ignore', 'pipe', 'ignore'] })
  child.stdout.resume()
  const usages = new Map<number, Usage>()
  const looking = setInterval(() => {
    for (const pid of familyOf(child.pid ?? 0)) {
      const usage = usageOf(pid)
      if (usage) usages.set(pid, { ...usage, memory: Math.max(usage.memory, usages.get(pid)?.memory ?? 0) })
    }
  }, 20)
  await once(child, 'close')
  clearInterval(looking)
  const all = [...usages.values()]
  return {
    memory: all.reduce((sum, one) => sum + one.memory, 0),
    cpu: all.reduce((sum, one) => sum + one.cpu, 0),
  }
}

function familyOf(pid: number): number[] {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number)
    return [pid, ...children.flatMap(familyOf)]
  } catch {
    return []
  }
}

function usageOf(pid: number): Usage | undefined {
  try {
    const [, resident = '0'] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    // Behind the name in parentheses, which may hold spaces: the 12th and 13th field from there are ticks of 10 ms.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? []
    return { memory: Number(resident) / 1024, cpu: 10 * (Number(fields[11]) + Number(fields[12])) }
  } catch {
    return undefined
  }
}

/** The best of each size, of rounds by turns: other programs of the machine only add to it. */
const folders = sizes.map(writeTree)
const best = sizes.map(() => ({ cpu: Number.POSITIVE_INFINITY, memory: 0 }))
for (let round = 0; round < Number(values.rounds); round++) {
  for (const [index, folder] of folders.entries()) {
    const { cpu, memory } = await measure(folder)
    const known = best[index]
    if (known) best[index] = { cpu: Math.min(cpu, known.cpu), memory: Math.max(memory, known.memory) }
  }
}
for (const folder of folders) rmSync(folder, { recursive: true })
for (const [index, { cpu, memory }] of best.entries()) {
  const size = sizes[index] ?? 0
  const columns = [
    `${size} files`,
    `${(cpu / 1000).toFixed(1)} s`,
    `${((1000 * cpu) / size).toFixed(0)} µs a file`,
    `${memory.toFixed(0)} MB`,
  ]
  console.log(columns.map((column) => column.padStart(16)).join(''))
}
const perFile = best.map(({ cpu }, index) => cpu / (sizes[index] ?? 1))
const worst = Math.max(...best.map(({ memory }) => memory))
const growth = (perFile.at(-1) ?? 0) / (perFile[0] ?? 1)
console.log(
  `memory ${worst.toFixed(0)} MB of ${mostMemory}, a file of the largest tree takes ${growth.toFixed(2)} times as long as one of the smallest`,
)
if (worst > mostMemory || growth > mostGrowth) process.exitCode = 1
