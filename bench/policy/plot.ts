import type { Cell } from './compare.ts'
import { shares } from './report.ts'

const left = 210
const width = 430
const rowHeight = 22
const top = 46
/** The axis: shares of the best, in steps that double. */
const ticks = [0.125, 0.25, 0.5, 1, 2, 4]
const first = ticks[0] as number
const last = ticks.at(-1) as number

const x = (share: number) => left + (width * Math.log(Math.max(share, first) / first)) / Math.log(last / first)

const series = [
  { key: 'old', label: 'old rule', color: '#b0b0b0', radius: 5 },
  { key: 'divided', label: 'divided by hand', color: '#e08a1e', radius: 5 },
  { key: 'rule', label: 'the rule', color: '#1f6fd0', radius: 6 },
] as const

/** Requests per second of each rule as a share of the best of the others, a row per load, on a scale of doublings. */
export function plot(cells: readonly Cell[]): string {
  const height = top + cells.length * rowHeight + 12
  const bottom = height - 12
  const legend = series.map(({ label, color, radius }, index) => {
    const at = left + index * 140
    return `<circle cx="${at}" cy="14" r="${radius}" fill="${color}"/><text x="${at + 10}" y="18">${label}</text>`
  })
  const grid = ticks.map((tick) => {
    const line = `<line x1="${x(tick)}" y1="${top - 6}" x2="${x(tick)}" y2="${bottom}" stroke="${tick === 1 ? '#888' : '#ddd'}"/>`
    return `${line}<text x="${x(tick)}" y="${top - 10}" text-anchor="middle">${tick < 1 ? `1/${1 / tick}` : tick}</text>`
  })
  const rows = cells.map((cell, index) => {
    const y = top + (index + 0.5) * rowHeight
    const share = shares(cell)
    const dots = series.map(
      ({ key, color, radius }) => `<circle cx="${x(share[key]).toFixed(1)}" cy="${y}" r="${radius}" fill="${color}"/>`,
    )
    return `<text x="${left - 12}" y="${y + 4}" text-anchor="end">${share.name}</text>${dots.join('')}`
  })
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${left + width + 30} ${height}" font-family="sans-serif" font-size="12">`,
    '<title>Requests per second, as a share of the best of the other rules</title>',
    '<rect width="100%" height="100%" fill="#fff"/>',
    ...legend,
    ...grid,
    ...rows,
    '</svg>',
    '',
  ].join('\n')
}
