import { element, escapeHtml } from './html.ts'

/** What one colour shows over time. */
export interface Area {
  readonly name: string
  /** A colour of the style sheet. */
  readonly color: string
  readonly points: readonly { readonly at: number; readonly value: number }[]
}

const width = 900
const height = 150
const left = 48
const right = 12
const top = 26
const bottom = 22

/** Areas one on top of another over time, with a limit as a line where there is one. */
export function chart(title: string, areas: readonly Area[], limit?: number): string {
  const times = areas.flatMap(({ points }) => points.map(({ at }) => at))
  const [from, to] = [Math.min(...times), Math.max(...times)]
  const stacked = stack(areas)
  const most = Math.max(0, ...stacked.flat())
  // A limit far above would leave the picture empty.
  const shownLimit = limit !== undefined && limit <= 3 * most ? limit : undefined
  const highest = Math.max(1, most, shownLimit ?? 0)
  const x = (at: number) => left + ((at - from) / Math.max(1, to - from)) * (width - left - right)
  const y = (value: number) => height - bottom - (value / highest) * (height - top - bottom)
  const shapes = areas.map(({ name, color, points }, index) => {
    const tops = stacked[index] ?? []
    const under = stacked[index - 1] ?? tops.map(() => 0)
    const above = points.map(({ at }, point) => `${tenth(x(at))} ${tenth(y(tops[point] ?? 0))}`)
    const below = points.map(({ at }, point) => `${tenth(x(at))} ${tenth(y(under[point] ?? 0))}`).reverse()
    const d = points.length === 0 ? '' : `M${[...above, ...below].join('L')}Z`
    return element('path', { d, style: `fill: var(--${color}); fill-opacity: .55` }, element('title', {}, escapeHtml(name)))
  })
  return element(
    'svg',
    { class: 'timeline', viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': title },
    label(left, 14, title),
    ...legend(areas),
    ...shapes,
    shownLimit === undefined
      ? ''
      : element('line', { class: 'limit', x1: left, x2: width - right, y1: y(shownLimit), y2: y(shownLimit) }),
    element('line', { class: 'base', x1: left, x2: width - right, y1: y(0), y2: y(0) }),
    label(left - 6, y(highest) + 4, rounded(highest), 'end'),
    label(left - 6, y(0), '0', 'end'),
    label(left, height - 6, clock(from)),
    label(width - right, height - 6, clock(to), 'end'),
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
  return areas.flatMap(({ name, color }, index) => {
    const x = width - right - 170 * (areas.length - index)
    return [
      element('rect', { x, y: 5, width: 12, height: 10, style: `fill: var(--${color}); fill-opacity: .55` }),
      label(x + 17, 14, name),
    ]
  })
}

function label(x: number, y: number, content: string, more = ''): string {
  return element('text', { x, y, class: `label ${more}`.trim() }, escapeHtml(content))
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
