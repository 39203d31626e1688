import Table from 'cli-table3'
import pc from 'picocolors'
import { type Cell, titleOf } from './cells.ts'
import type { CellResult, Failure } from './results.ts'

/** Clients by Nodes. */
export interface Grid {
  readonly nodes: readonly string[]
  readonly rows: readonly { readonly title: string; readonly results: readonly (CellResult | undefined)[] }[]
}

/** Of the clients that are supported somewhere, in the order of the results. */
export function gridOf(results: readonly CellResult[]): Grid {
  const shown = results.filter(({ cell }) => cell.kind === 'suite' || cell.kind === 'other-node')
  const nodes = [...new Set(shown.map(({ cell }) => cell.node))].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
  const titles = [...new Set(shown.map(({ cell }) => titleOf(cell)))]
  const find = (title: string, node: string) => shown.find(({ cell }) => titleOf(cell) === title && cell.node === node)
  return { nodes, rows: titles.map((title) => ({ title, results: nodes.map((node) => find(title, node)) })) }
}

/** What stands in a cell; empty if it was not run. */
export function textOf(result: CellResult | undefined): string {
  if (result === undefined) return ''
  const { status, counts } = result
  if (status === 'refused') return '–'
  if (status === 'failed') return counts.failed > 0 ? `${counts.failed} failed, ${counts.passed} passed` : 'failed'
  return counts.absent > 0 ? `${counts.passed}, ${counts.absent} absent` : `${counts.passed}`
}

export function terminalGrid({ nodes, rows }: Grid): string {
  const table = new Table({
    head: ['', ...nodes.map((node) => `Node ${node}`)].map(pc.bold),
    style: { head: [], border: [], compact: true },
    colAligns: ['left', ...nodes.map(() => 'right' as const)],
  })
  const colours = { passed: pc.green, failed: pc.red, refused: pc.dim }
  const paint = (result: CellResult | undefined) => (result ? colours[result.status](textOf(result)) : '')
  table.push(...rows.map(({ title, results }) => [title, ...results.map(paint)]))
  return table.toString()
}

/** Why a cell is not supported, in a line. */
export function refusalLine({ cell, refusal = '' }: CellResult): string {
  return `– ${titleOf(cell)} on Node ${cell.node}: ${reasonOf(cell)}${refusal}`
}

/** The scenarios, with the first lines of their errors; what is the same as before is not said again. */
export function failureLines(failures: readonly Failure[]): string {
  return failures
    .flatMap(({ scenario, error }, index) => {
      const lines = error.split('\n').slice(0, 3)
      const isNew = error !== failures[index - 1]?.error
      return [`  ${scenario}`, ...(isNew ? lines.map((line) => `    ${line.slice(0, 200)}`) : [])]
    })
    .join('\n')
}

function reasonOf({ engines }: Cell): string {
  return engines === undefined ? '' : `declares Node ${engines}; `
}
