import { readFileSync } from 'node:fs'
import { root } from '../root.ts'
import { writeSection } from '../write-section.ts'
import { titleOf } from './cells.ts'
import type { Client } from './clients.ts'
import { gridOf, textOf } from './grid.ts'
import type { CellResult } from './results.ts'

export const page = new URL('docs/compatibility.md', root)

export function writePage(clients: readonly Client[], results: readonly CellResult[]): void {
  writeSection(page, 'ranges', rangeSection(clients))
  writeSection(page, 'matrix', matrixSection(results))
  writeSection(page, 'refusals', refusalSection(results))
}

export function matrixSection(results: readonly CellResult[]): string {
  const { nodes, rows } = gridOf(results)
  const notes = results.filter(({ cell }) => cell.kind === 'other-node')
  return [
    `| client | ${nodes.map((node) => `Node ${node}`).join(' | ')} |`,
    `|---|${nodes.map(() => '---:|').join('')}`,
    ...rows.map((row) => `| ${row.title} | ${row.results.map(mark).join(' | ')} |`),
    ...(notes.length > 0 ? ['', ...leftOut(notes)] : []),
  ].join('\n')
}

function mark(result: CellResult | undefined): string {
  const text = textOf(result)
  return result?.status === 'failed' ? `**${text}**` : text
}

/** One line for a version, whatever the number of Nodes it leaves out. */
function leftOut(results: readonly CellResult[]): string[] {
  const titles = [...new Set(results.map(({ cell }) => titleOf(cell)))]
  return titles.map((title) => {
    const same = results.filter(({ cell }) => titleOf(cell) === title)
    const effects = [...new Set(same.map(({ cell, refusal = '' }) => refusal.replace(` on Node ${cell.node}`, '')))]
    return `- – ${title}: its package declares Node \`${same[0]?.cell.engines}\`. What happens there: ${effects.join('; ')}.`
  })
}

export function refusalSection(results: readonly CellResult[]): string {
  const rows = results
    .filter(({ cell }) => cell.kind === 'other-version' || cell.kind === 'missing')
    .map(({ cell, refusal, failures }) => {
      const effect = refusal ?? `**not refused**: ${failures[0]?.error ?? ''}`
      return `| ${titleOf(cell)} | ${cell.node} | ${effect.replaceAll('|', '\\|').replaceAll('\n', ' ')} |`
    })
  return ['| installed | Node | what is thrown |', '|---|---|---|', ...rows].join('\n')
}

/** What is supported, as the adapters declare it. */
export function rangeSection(clients: readonly Client[]): string {
  const { engines } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as { engines: { node: string } }
  const packages = [...new Set(clients.flatMap(({ peer }) => (peer ? [peer.name] : [])))]
  const rows = packages.map((name) => {
    const users = clients.filter(({ peer }) => peer?.name === name)
    const range = users[0]?.peer?.range ?? ''
    return `| ${name} | \`${range.split(' || ').join('` or `')}\` | ${users.map((user) => `\`polypool/${user.name}\``).join(', ')} |`
  })
  return ['| package | supported | used by |', '|---|---|---|', `| Node | \`${engines.node}\` | all |`, ...rows].join('\n')
}
