/** A pool size, with what was measured and what theory says; times in milliseconds. */
export interface Point {
  readonly size: number
  readonly throughput: number
  readonly p99: number
  readonly theory: { readonly throughput: number; readonly p99: number }
}

interface Axis {
  readonly title: string
  readonly ticks: readonly number[]
  readonly of: (point: { readonly throughput: number; readonly p99: number }) => number
}

const panel = { width: 320, height: 200, left: 44, top: 34, gap: 40 }

const style = `<style>
text { font: 13px system-ui, 'Segoe UI', Helvetica, Arial, sans-serif; fill: #1f2328 } .quiet { fill: #59636e; font-size: 12px }
.axis { stroke: #8c959f } .grid { stroke: #8c959f; opacity: .25 } .theory { fill: none; stroke: #8250df; stroke-width: 2; stroke-dasharray: 5 4 }
.measured { fill: #0969da } .busy { stroke: #bc6c00; stroke-dasharray: 2 3 }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3 } .quiet { fill: #9198a1 } .theory { stroke: #bc8cff } .measured { fill: #58a6ff } .busy { stroke: #e3a33b }
}
</style>`

/** Two plots over the pool's size: answers a second, and the slowest percentile. */
export function drawSizing(points: readonly Point[], { rate, busy }: { readonly rate: number; readonly busy: number }): string {
  const slowest = Math.max(...points.flatMap(({ p99, theory }) => [p99, theory.p99]).filter(Number.isFinite))
  const step = 10 ** Math.floor(Math.log10(slowest)) * (slowest / 10 ** Math.floor(Math.log10(slowest)) > 4 ? 2 : 1)
  const plots: Axis[] = [
    { title: 'answers a second', ticks: [0, rate / 2, rate], of: ({ throughput }) => throughput },
    {
      title: 'p99 of a request, ms',
      ticks: Array.from({ length: Math.ceil(slowest / step) + 1 }, (_, index) => index * step),
      of: ({ p99 }) => p99,
    },
  ]
  const width = 2 * (panel.left + panel.width) + panel.gap + 14
  const height = panel.top + panel.height + 64
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img">`,
    '<title>Answers a second and the slowest percentile of requests over the size of the pool, measured and by M/M/c</title>',
    style,
    ...plots.flatMap((axis, index) =>
      plot(axis, points, { left: panel.left + index * (panel.left + panel.width + panel.gap), busy }),
    ),
    `<circle class="measured" cx="${panel.left + 4}" cy="${height - 12}" r="4"/><text x="${panel.left + 14}" y="${height - 8}">measured</text>`,
    `<path class="theory" d="M${panel.left + 90} ${height - 12}h28"/><text x="${panel.left + 124}" y="${height - 8}">M/M/c</text>`,
    `<path class="busy" d="M${panel.left + 190} ${height - 12}h28"/><text x="${panel.left + 224}" y="${height - 8}">in use in the mean</text>`,
    '</svg>\n',
  ].join('\n')
}

function plot(
  { title, ticks, of }: Axis,
  points: readonly Point[],
  { left, busy }: { readonly left: number; readonly busy: number },
): string[] {
  const last = points.at(-1)?.size ?? 1
  const most = (ticks.at(-1) ?? 1) * 1.05
  const x = (size: number) => Math.round((left + (size / last) * panel.width) * 10) / 10
  const y = (value: number) => Math.round((panel.top + panel.height - (value / most) * panel.height) * 10) / 10
  const finite = points.filter((point) => Number.isFinite(of(point)))
  const theory = points.filter((point) => Number.isFinite(of(point.theory)))
  return [
    `<text x="${left}" y="${panel.top - 14}">${title}</text>`,
    ...ticks.flatMap((tick) => [
      `<path class="grid" d="M${left} ${y(tick)}h${panel.width}"/>`,
      `<text class="quiet" x="${left - 6}" y="${y(tick) + 4}" text-anchor="end">${tick}</text>`,
    ]),
    `<path class="axis" d="M${left} ${y(0)}h${panel.width}"/>`,
    `<path class="busy" d="M${x(busy)} ${panel.top}V${y(0)}"/>`,
    ...points
      .filter(({ size }) => size % 2 === 0)
      .map(({ size }) => `<text class="quiet" x="${x(size)}" y="${y(0) + 16}" text-anchor="middle">${size}</text>`),
    `<text class="quiet" x="${left + panel.width / 2}" y="${y(0) + 33}" text-anchor="middle">maxConnections</text>`,
    `<path class="theory" d="M${theory.map((point) => `${x(point.size)} ${y(of(point.theory))}`).join('L')}"/>`,
    ...finite.map((point) => `<circle class="measured" cx="${x(point.size)}" cy="${y(of(point))}" r="4"/>`),
  ]
}
