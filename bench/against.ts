// Compares the pools of this checkout with those of another one, as an earlier commit in a worktree: `node bench/against.ts ../before`.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { root } from '../scripts/root.ts'
import { compareSides, Side } from './sides/side.ts'

const { values, positionals } = parseArgs({ options: { rounds: { type: 'string', default: '45' } }, allowPositionals: true })
const [folder] = positionals
if (folder === undefined) throw new Error('which checkout to compare with? node bench/against.ts <folder>')

const roots = { native: pathToFileURL(`${resolve(folder)}/`).href, pool: root.href }
// Which objects are old from the start is chance, and more than what is looked for.
const flags = ['--no-allocation-site-pretenuring']

const server = fork(new URL('./server.ts', import.meta.url))
const [port] = (await once(server, 'message')) as [number]
const checkouts = new URL('./sides/checkout.ts', import.meta.url)

for (const client of ['node-http', 'undici'] as const) {
  for (const inFlight of [50, 500]) {
    const open = (side: 'native' | 'pool') => Side.open(checkouts, [roots[side], client, port], flags)
    const load = { requests: 10_000, inFlight, rounds: Number(values.rounds), by: 'perCpuSecond' } as const
    const { native, pool, ratio } = await compareSides(open, load)
    const counts = `${Math.round(native)} → ${Math.round(pool)} requests for each second of processor time`
    console.log(`${client}, ${inFlight} in flight: ${counts}, ratio ${ratio.toFixed(3)}`)
  }
}
process.exit(0)
