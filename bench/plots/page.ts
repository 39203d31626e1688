import { element, escapeHtml } from '../../cli/src/report/html.ts'

/** Light and dark as the reader has it, also within an `<img>`. */
const style = `
  svg { --back: #fff; --text: #24292f; --soft: #6e7781; --line: #d0d7de; --own: #1f6fd0; --other: #8c959f }
  @media (prefers-color-scheme: dark) {
    svg { --back: #16181d; --text: #d5dae1; --soft: #8b949e; --line: #343a42; --own: #58a6ff; --other: #8b949e }
  }
  .back { fill: var(--back) } text { fill: var(--text); font: 12px system-ui, sans-serif } .soft { fill: var(--soft) }
  .title { font-weight: 600 } .own { fill: var(--own) } text.own { font-weight: 600 } .end { text-anchor: end } .middle { text-anchor: middle }
  .grid { stroke: var(--line) } .range { stroke-width: 3; stroke-opacity: .45; stroke-linecap: round }
  .range.own { stroke: var(--own) } .range.other { stroke: var(--other) } circle.other { fill: var(--other) }
`

/** A picture that stands alone. */
export function page(width: number, height: number, title: string, ...children: readonly string[]): string {
  const attributes = { xmlns: 'http://www.w3.org/2000/svg', viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': title }
  const back = element('rect', { class: 'back', x: 0, y: 0, width, height })
  return `${element('svg', attributes, element('title', {}, escapeHtml(title)), element('style', {}, style), back, ...children)}\n`
}

export function text(x: number, y: number, content: string, name = ''): string {
  return element('text', { x, y, class: name === '' ? undefined : name }, escapeHtml(content))
}

export function line(name: string, x1: number, y1: number, x2: number, y2: number): string {
  return element('line', { class: name, x1, y1, x2, y2 })
}

/** Up to so many round numbers from 0 to a little less than `highest`. */
export function ticks(highest: number, most = 4): number[] {
  if (!(highest > 0)) return [0]
  const unit = 10 ** Math.floor(Math.log10(highest / most))
  const step = [1, 2, 5, 10].map((factor) => factor * unit).find((one) => highest / one <= most) ?? highest
  return Array.from({ length: Math.floor(highest / step) + 1 }, (_, at) => at * step)
}

/** `12k` and `1.5k`, as labels of an axis have little room. */
export function brief(value: number): string {
  if (value >= 1000) return `${Number((value / 1000).toPrecision(3))}k`
  return String(Number(value.toPrecision(3)))
}
