interface Span {
  readonly from: number
  readonly to: number
}

/** What a server saw, in milliseconds since the first request. */
export interface Half {
  readonly end: number
  readonly connections: readonly (Span & { readonly host: number; readonly place: number; readonly busy: readonly Span[] })[]
  /** Slow requests that found no connection free. */
  readonly waits: readonly (Span & { readonly failed: boolean })[]
}

export interface Drawn {
  readonly alone: Half
  readonly pooled: Half
  readonly limits: { readonly maxConnections: number; readonly acquireTimeout: number }
}

const width = 720
const [left, right] = [10, 10]
const row = 13
const colours = ['blue', 'green', 'amber', 'violet'] as const

const style = `<style>
text { font: 13px system-ui, 'Segoe UI', Helvetica, Arial, sans-serif; fill: #1f2328 }
.title { font-weight: 600; font-size: 14px } .quiet { fill: #59636e } .bad { fill: #cf222e }
.blue { fill: #0969da } .green { fill: #1a7f5a } .amber { fill: #bc6c00 } .violet { fill: #8250df }
.idle { opacity: .28 } .room { fill: #8c959f; opacity: .12 } .over { fill: #cf222e; opacity: .13 }
.cap { stroke: #cf222e; stroke-dasharray: 5 4 } .wait { fill: none; stroke: #59636e; stroke-dasharray: 3 3 } .end { stroke: #cf222e; stroke-width: 2 }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3 } .quiet { fill: #9198a1 } .bad { fill: #ff7b72 }
.blue { fill: #58a6ff } .green { fill: #3fb992 } .amber { fill: #e3a33b } .violet { fill: #bc8cff }
.idle { opacity: .36 } .over { fill: #ff7b72; opacity: .16 } .cap, .end { stroke: #ff7b72 } .wait { stroke: #9198a1 }
}
</style>`

export function drawTimeline({ alone, pooled, limits }: Drawn): string {
  const end = Math.max(alone.end, pooled.end)
  const { maxConnections: cap, acquireTimeout } = limits
  const rows = Math.max(...alone.connections.map(({ place }) => place)) + 1
  const first = half(alone, {
    top: 6,
    rows,
    cap,
    end,
    title: 'axios with its own settings',
    verdict: `${rows} connections open, ${cap} allowed`,
  })
  const second = half(pooled, {
    top: first.bottom + 14,
    rows: cap,
    cap,
    end,
    title: 'axios with polypool',
    verdict: `never more than ${cap}; who waits ${acquireTimeout} ms is told`,
  })
  const height = second.bottom + 26
  const legend = `<text x="${left}" y="${height - 8}" class="quiet">A bar is one connection: dark while a request is on it, pale while it idles; a colour is a host. ${(end / 1000).toFixed(1)} s.</text>`
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img">`,
    '<title>The same requests through axios twice: with its own settings, and with polypool</title>',
    style,
    ...first.parts,
    ...second.parts,
    legend,
    '</svg>\n',
  ].join('\n')
}

interface Place {
  readonly top: number
  readonly rows: number
  readonly cap: number
  readonly end: number
  readonly title: string
  readonly verdict: string
}

function half({ connections, waits }: Half, { top, rows, cap, end, title, verdict }: Place) {
  const x = (at: number) => round(left + (Math.min(Math.max(at, 0), end) / end) * (width - left - right))
  const body = top + 24
  const y = (place: number) => body + place * row
  const bar = (className: string, { from, to }: Span, place: number) =>
    `<rect class="${className}" x="${x(from)}" y="${y(place) + 1}" width="${round(Math.max(x(to) - x(from), 0.8))}" height="${row - 2}" rx="1.5"/>`
  const waiting = body + rows * row + 8
  const parts = [
    `<text x="${left}" y="${top + 14}"><tspan class="title">${title}</tspan><tspan class="${rows > cap ? 'bad' : 'quiet'}" dx="10">${verdict}</tspan></text>`,
    `<rect class="room" x="${left}" y="${body}" width="${width - left - right}" height="${cap * row}"/>`,
    ...(rows > cap
      ? [`<rect class="over" x="${left}" y="${y(cap)}" width="${width - left - right}" height="${(rows - cap) * row}"/>`]
      : []),
    ...connections.flatMap(({ host, place, busy, ...open }) => [
      bar(`${colours[host % colours.length]} idle`, open, place),
      ...busy.map((span) => bar(`${colours[host % colours.length]}`, span, place)),
    ]),
    `<path class="cap" d="M${left} ${y(cap)}H${width - right}"/>`,
    ...waits.flatMap(({ from, to, failed }, index) => {
      const at = waiting + index * 6
      return [
        `<path class="wait" d="M${x(from)} ${at}H${x(to)}"/>`,
        ...(failed ? [`<path class="end" d="M${x(to) - 2.5} ${at - 2.5}l5 5m0 -5l-5 5"/>`] : []),
      ]
    }),
  ]
  const last = Math.max(...waits.map(({ to }) => to))
  const told = waits.some(({ failed }) => failed) ? 'ERR_POOL_ACQUIRE_TIMEOUT' : 'waits as long as it takes'
  if (waits.length > 0) parts.push(`<text x="${x(last) + 8}" y="${waiting + 10}" class="quiet">${told}</text>`)
  return { parts, bottom: waiting + Math.max(waits.length * 6, 12) }
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
