// Who gets a connection when the total is full, in simulated time: `npm run bench:policy`, `-- --cells wide` for all loads (minutes), `-- --cells sessions`
// for hosts that speak HTTP/2, and `-- --write` for the table and the plot of docs/.
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { writeSection } from '../../scripts/write-section.ts'
import { type Cell, measure } from './compare.ts'
import type { Load } from './load.ts'
import { plot } from './plot.ts'
import { groups, table, worst } from './report.ts'
import { cells, hardships, sessions, wide } from './scenarios.ts'

const { values } = parseArgs({
  options: {
    cells: { type: 'string', default: '21' },
    seeds: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
    write: { type: 'boolean', default: false },
  },
})

const docs = new URL('../../docs/', import.meta.url)
const all = values.cells === 'wide'
const sets: Record<string, () => Load[]> = { wide: () => [...wide(), ...hardships()], sessions }
const loads = (sets[values.cells] ?? cells)().filter(({ group, name }) => `${group}: ${name}`.includes(values.only))

for (let seed = 0; seed < Number(values.seeds); seed++) {
  const measured = loads.map((load) => measure(load, seed))
  const report = [...(all ? [] : [...table(measured), '']), ...groups(measured)]
  console.log([`seed ${seed}`, '', ...report, '', 'lowest:', '', ...table(worst(measured, 12)), ''].join('\n'))
  if (values.write && seed === 0) write(measured)
}

function write(measured: readonly Cell[]): void {
  const shown = measured.filter(({ load }) => load.group === 'cells')
  writeFileSync(new URL('when-the-total-is-full.svg', docs), plot(shown))
  writeSection(new URL('performance.md', docs), 'policy', table(shown).join('\n'))
}
