// What importing each entry of the packed package takes over bare Node: `npm run bench:import`, with `-- --write` for docs/performance.md.
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { install } from '../scripts/matrix/install.ts'
import { entries as sources } from '../scripts/package/entries.mjs'
import { root } from '../scripts/root.ts'
import { writeSection } from '../scripts/write-section.ts'
import { median } from './rounds.ts'

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '31' }, write: { type: 'boolean', default: false } },
})
const rounds = Number(values.rounds)

/** Clients that their adapter imports. */
const imported: { readonly [entry: string]: string } = {
  'polypool/undici': 'undici',
  'polypool/fetch': 'undici',
  'polypool/agentkeepalive': 'agentkeepalive',
}

const packages = new URL('.cache/packages/', root)
const versions = Object.fromEntries([...new Set(Object.values(imported))].map((name) => [name, versionOf(name)]))
const folder = await install(packages, 'imports', {
  ...versions,
  polypool: `file:${fileURLToPath(new URL('polypool.tgz', packages))}`,
})
const entries = Object.keys(sources).map((name) => name.replace('.', 'polypool'))

/** What every adapter for agents loads of Node with the first pool; undici has its own. */
const ofNode = ['node:http', 'node:https']

/** Keeps what V8 has compiled. */
const compiled = { NODE_COMPILE_CACHE: fileURLToPath(new URL('compiled/', folder)) }

const bare = script('bare.mjs', '')
const subjects = [...entries, ...Object.keys(versions), ...ofNode].flatMap((name) => {
  const file = name.replaceAll(/[/:]/g, '-')
  return [
    { key: `import ${name}`, file: script(`${file}.mjs`, `import '${name}'`), env: {} },
    { key: `require ${name}`, file: script(`${file}.cjs`, `require('${name}')`), env: {} },
    { key: `again ${name}`, file: script(`${file}.mjs`, `import '${name}'`), env: compiled },
  ]
})
const took = new Map(subjects.map(({ key }) => [key, { without: [] as number[], with: [] as number[] }]))
for (let round = -1; round < rounds; round++) {
  for (const { key, file, env } of subjects) {
    // Bare Node just before, or just after, so that a slow moment of the machine strikes both.
    const [first, second] = round % 2 === 0 ? [time(bare, env), time(file, env)] : [time(file, env), time(bare, env)]
    // The first round fills the caches of the system.
    if (round < 0) continue
    took.get(key)?.without.push(round % 2 === 0 ? first : second)
    took.get(key)?.with.push(round % 2 === 0 ? second : first)
  }
}

const whole = (ms: number) => ms.toFixed(0)

/** The least that it took over the least that bare Node beside it took, which others on the machine have no part in; and the median of all. */
function cost(way: string, name: string): string {
  const { without = [], with: loaded = [] } = took.get(`${way} ${name}`) ?? {}
  const over = loaded.map((ms, index) => ms - (without[index] ?? Number.NaN))
  return `${whole(Math.min(...loaded) - Math.min(...without))} (${whole(median(over))})`
}

const allBare = [...took.values()].flatMap(({ without }) => without)
const report = [
  `Node ${process.version.slice(1)}, ${cpus().length} cores, ${rounds} alternating rounds of a process each: least (and median) milliseconds over bare Node, which takes ${whole(Math.min(...allBare))} (${whole(median(allBare))}).`,
  '',
  '| entry | `import` | `require` | `import` with `NODE_COMPILE_CACHE` | its client alone |',
  '|---|---:|---:|---:|---:|',
  ...[...entries, ...ofNode].map((entry) => {
    const client = imported[entry]
    const alone = client === undefined ? '' : `${client} ${cost('import', client)}`
    return `| ${entry} | ${cost('import', entry)} | ${cost('require', entry)} | ${cost('again', entry)} | ${alone} |`
  }),
].join('\n')
console.log(report)
if (values.write) writeSection(new URL('docs/performance.md', root), 'import', report)

function versionOf(name: string): string {
  return (JSON.parse(readFileSync(new URL(`node_modules/${name}/package.json`, root), 'utf8')) as { version: string }).version
}

function script(name: string, text: string): string {
  const file = fileURLToPath(new URL(name, folder))
  writeFileSync(file, text)
  return file
}

/** Milliseconds that a process takes. */
function time(file: string, env: { readonly [name: string]: string }): number {
  const start = performance.now()
  const { status, stderr } = spawnSync(process.execPath, [file], { encoding: 'utf8', env })
  const ms = performance.now() - start
  if (status !== 0) throw new Error(`${file}: ${stderr}`)
  return ms
}
