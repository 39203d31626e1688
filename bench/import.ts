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

const bare = script('bare.mjs', '')
const subjects = [...entries, ...Object.keys(versions)].flatMap((name) => [
  { name, kind: 'import', file: script(`${name.replaceAll('/', '-')}.mjs`, `import '${name}'`) },
  { name, kind: 'require', file: script(`${name.replaceAll('/', '-')}.cjs`, `require('${name}')`) },
])
const over = subjects.map((): number[] => [])
for (let round = -1; round < rounds; round++) {
  for (const [index, { file }] of subjects.entries()) {
    // Bare Node just before, or just after, so that a slow moment of the machine strikes both.
    const [first, second] = round % 2 === 0 ? [time(bare), time(file)] : [time(file), time(bare)]
    const [without, with_] = round % 2 === 0 ? [first, second] : [second, first]
    // The first round fills the caches of the system.
    if (round >= 0) over[index]?.push(with_ - without)
  }
}

const cost = (name: string, kind: string) =>
  `${Math.round(median(over[subjects.findIndex((one) => one.name === name && one.kind === kind)] ?? []))}`
const report = [
  `Node ${process.version.slice(1)}, ${cpus().length} cores, ${rounds} alternating rounds of a process each, medians in milliseconds over bare Node.`,
  '',
  '| entry | `import` | `require` | its client alone |',
  '|---|---:|---:|---:|',
  ...entries.map((entry) => {
    const client = imported[entry]
    return `| ${entry} | ${cost(entry, 'import')} | ${cost(entry, 'require')} | ${client === undefined ? '' : `${client} ${cost(client, 'import')}`} |`
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
function time(file: string): number {
  const start = performance.now()
  const { status, stderr } = spawnSync(process.execPath, [file], { encoding: 'utf8', env: {} })
  const ms = performance.now() - start
  if (status !== 0) throw new Error(`${file}: ${stderr}`)
  return ms
}
