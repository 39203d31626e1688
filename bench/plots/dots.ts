import { element, escapeHtml } from '../../cli/src/report/html.ts'
import type { Spread } from '../compare/results.ts'
import { brief, line, page, text, ticks } from './page.ts'

export interface Row {
  readonly label: string
  /** Drawn so that it is found at once. */
  readonly own: boolean
  /** What could not be measured is told in its place. */
  readonly value: Spread | string
}

export interface Panel {
  readonly title: string
  readonly rows: readonly Row[]
}

const columnWidth = 490
const labelWidth = 200
const rowHeight = 18
const top = 34
const headHeight = 26
const axisHeight = 26

/** A dot for each median and a line for its spread, from zero, each panel on a scale of its own. */
export function dots(title: string, panels: readonly Panel[]): string {
  const heights = panels.map(({ rows }) => headHeight + rows.length * rowHeight + axisHeight)
  const drawn: string[] = []
  let y = top
  for (let at = 0; at < panels.length; at += 2) {
    for (const side of [0, 1]) {
      const panel = panels[at + side]
      if (panel !== undefined) drawn.push(draw(panel, side * columnWidth, y))
    }
    y += Math.max(...heights.slice(at, at + 2))
  }
  return page(columnWidth * Math.min(2, panels.length) + 10, y, title, text(12, 20, title, 'title'), ...drawn)
}

function draw({ title, rows }: Panel, left: number, top: number): string {
  const highest = Math.max(0, ...rows.map(({ value }) => (typeof value === 'string' ? 0 : value.highest)))
  const [from, to] = [left + labelWidth, left + columnWidth - 24]
  const x = (value: number) => from + (highest === 0 ? 0 : (value / highest) * (to - from))
  const first = top + headHeight
  const bottom = first + rows.length * rowHeight
  const grid = ticks(highest).map(
    (tick) => line('grid', x(tick), first - 4, x(tick), bottom) + text(x(tick), bottom + 14, brief(tick), 'soft middle'),
  )
  const marks = rows.map(({ label, own, value }, at) => {
    const y = first + (at + 0.5) * rowHeight
    const kind = own ? 'own' : 'other'
    const name = text(from - 8, y + 4, label, own ? 'own end' : 'end')
    if (typeof value === 'string') return name + text(from + 4, y + 4, value.slice(0, 40), 'soft')
    const told = `${label}: ${brief(value.median)}, ${brief(value.lowest)} to ${brief(value.highest)}`
    const dot = element('circle', { class: kind, cx: x(value.median), cy: y, r: 4.5 }, element('title', {}, escapeHtml(told)))
    return name + line(`range ${kind}`, x(value.lowest), y, x(value.highest), y) + dot
  })
  return text(left + 12, top + 14, title) + grid.join('') + marks.join('')
}
