import { element, escapeHtml } from './html.ts'

/** What one colour shows over time. */
export interface Area {
  readonly name: string
  /** A colour of the style sheet. */
  readonly color: string
  readonly points: readonly { readonly at: number; readonly value: number }[]
}

const width = 900
const height = 100

/** Areas one on top of another over time, with a limit as a line where there is one; words around them, so that they stretch and words do not. */
export function chart(title: string, areas: readonly Area[], limit?: number): string {
  const times = areas.flatMap(({ points }) => points.map(({ at }) => at))
  const [from, to] = [Math.min(...times), Math.max(...times)]
  const stacked = stack(areas)
  const most = Math.max(0, ...stacked.flat())
  // A limit far above would leave the picture empty.
  const shownLimit = limit !== undefined && limit <= 3 * most ? limit : undefined
  const highest = Math.max(1, most, shownLimit ?? 0)
  const x = (at: number) => ((at - from) / Math.max(1, to - from)) * width
  const y = (value: number) => height - (value / highest) * height
  const shapes = areas.map(({ name, color, points }, index) => {
    const tops = stacked[index] ?? []
    const under = stacked[index - 1] ?? tops.map(() => 0)
    const above = points.map(({ at }, point) => `${tenth(x(at))} ${tenth(y(tops[point] ?? 0))}`)
    const below = points.map(({ at }, point) => `${tenth(x(at))} ${tenth(y(under[point] ?? 0))}`).reverse()
    const d = points.length === 0 ? '' : `M${[...above, ...below].join('L')}Z`
    return element('path', { d, style: `fill: var(--${color}); fill-opacity: .55` }, element('title', {}, escapeHtml(name)))
  })
  const picture = element(
    'svg',
    { viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: 'none', role: 'img', 'aria-label': title },
    ...shapes,
    shownLimit === undefined ? '' : element('line', { class: 'limit', x1: 0, x2: width, y1: y(shownLimit), y2: y(shownLimit) }),
  )
  return element(
    'figure',
    { class: 'chart' },
    element('figcaption', {}, element('span', {}, escapeHtml(title)), ...legend(areas)),
    element('div', { class: 'scale' }, element('span', {}, rounded(highest)), element('span', {}, '0')),
    picture,
    element('div', { class: 'times' }, element('span', {}, clock(from)), element('span', {}, clock(to))),
  )
}

/** The upper edge of each area at each of its points. */
function stack(areas: readonly Area[]): number[][] {
  const edges: number[][] = []
  for (const { points } of areas) {
    const under = edges.at(-1)
    edges.push(points.map(({ value }, index) => value + (under?.[index] ?? 0)))
  }
  return edges
}

function legend(areas: readonly Area[]): string[] {
  return areas.map(({ name, color }) => element('span', { class: 'key', style: `--host: var(--${color})` }, escapeHtml(name)))
}

function tenth(value: number): number {
  return Math.round(value * 10) / 10
}

function rounded(value: number): string {
  return value >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(2)))
}

function clock(at: number): string {
  return Number.isFinite(at) ? new Date(at).toISOString().slice(11, 19) : ''
}
