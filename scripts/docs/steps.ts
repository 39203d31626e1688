// The picture of docs/how-a-pool-works.md: a pool of three connections, step by step.

type Host = 'A' | 'B' | 'C'

interface Step {
  readonly says: readonly [string, string]
  readonly places: readonly (readonly [host: Host, state: 'busy' | 'idle' | 'closing'] | null)[]
  readonly waits: readonly Host[]
}

const steps: readonly Step[] = [
  { says: ['1 Two requests to A', 'open two connections.'], places: [['A', 'busy'], ['A', 'busy'], null], waits: [] },
  {
    says: ['2 One to B takes the last place.', 'The total, 3, is reached.'],
    places: [
      ['A', 'busy'],
      ['A', 'busy'],
      ['B', 'busy'],
    ],
    waits: [],
  },
  {
    says: ['3 Two more wait,', 'each in the line of its host.'],
    places: [
      ['A', 'busy'],
      ['A', 'busy'],
      ['B', 'busy'],
    ],
    waits: ['A', 'C'],
  },
  {
    says: ['4 A has answered: who waits for A', 'gets that connection at once.'],
    places: [
      ['A', 'busy'],
      ['A', 'busy'],
      ['B', 'busy'],
    ],
    waits: ['C'],
  },
  {
    says: ['5 A answers again. It has two, C none:', 'the idle one is closed for C.'],
    places: [
      ['A', 'busy'],
      ['A', 'closing'],
      ['B', 'busy'],
    ],
    waits: ['C'],
  },
  {
    says: ['6 Only when its socket has closed', 'does C connect: never a fourth.'],
    places: [
      ['A', 'busy'],
      ['C', 'busy'],
      ['B', 'busy'],
    ],
    waits: [],
  },
]

const frame = { width: 270, height: 128 }

const style = `<style>
text { font: 13px system-ui, 'Segoe UI', Helvetica, Arial, sans-serif; fill: #1f2328 } .in { fill: #fff; font-weight: 600; text-anchor: middle }
.place { fill: none; stroke: #8c959f; stroke-dasharray: 3 3 } .quiet { fill: #59636e }
.A { fill: #0969da } .B { fill: #1a7f5a } .C { fill: #bc4c00 } .closing { opacity: .3 } .idle { opacity: .5 }
@media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .quiet { fill: #9198a1 } .in { fill: #fff } .A { fill: #1f6feb } .B { fill: #238663 } .C { fill: #c4541a } }
</style>`

export function stepsPicture(): string {
  const rows = Math.ceil(steps.length / 2)
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${2 * frame.width} ${rows * frame.height}" role="img">`,
    '<title>A pool of three connections in six steps</title>',
    style,
    ...steps.flatMap((step, index) => drawn(step, (index % 2) * frame.width + 8, Math.floor(index / 2) * frame.height + 6)),
    '</svg>\n',
  ].join('\n')
}

function drawn({ says, places, waits }: Step, x: number, y: number): string[] {
  const at = y + 46
  return [
    ...says.map((line, index) => `<text x="${x}" y="${y + 14 + index * 17}">${line}</text>`),
    ...places.flatMap((place, index) => {
      const left = x + index * 44
      const outline = `<rect class="place" x="${left + 0.5}" y="${at + 0.5}" width="36" height="36" rx="5"/>`
      if (place === null) return [outline]
      const [host, state] = place
      return [
        outline,
        `<rect class="${host}${state === 'busy' ? '' : ` ${state}`}" x="${left}" y="${at}" width="37" height="37" rx="5"/>`,
        `<text class="in" x="${left + 18.5}" y="${at + 23}">${host}</text>`,
      ]
    }),
    ...(waits.length > 0 ? [`<text class="quiet" x="${x + 146}" y="${at + 11}">waits</text>`] : []),
    ...waits.flatMap((host, index) => [
      `<circle class="${host}" cx="${x + 156 + index * 26}" cy="${at + 27}" r="10"/>`,
      `<text class="in" x="${x + 156 + index * 26}" y="${at + 31.5}">${host}</text>`,
    ]),
  ]
}
