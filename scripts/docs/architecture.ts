import { instance } from '@viz-js/viz'
import { readModules } from '../structure/modules.ts'
import { type Room, roomOf, rooms } from '../structure/rooms.ts'

/** Names of what has at least one module, so that what is planned is not drawn. */
type Present = ReadonlySet<Room>

/** Imports between two, by `from → to`. */
type Counts = ReadonlyMap<string, number>

const packages = Object.keys(rooms)
const packageOf = (room: Room) => packages.find((name) => rooms[name]?.includes(room)) ?? ''

/** The picture of docs/architecture.md: rooms as boxes, imports as arrows, drawn from the code. */
export async function architecturePicture(): Promise<string> {
  const { present, counts } = measure()
  const viz = await instance()
  return dressed(viz.renderString(graphOf(present, counts), { format: 'svg', engine: 'dot' }))
}

/** The rooms of both packages with their tasks. */
export function roomTable(): string {
  const { present } = measure()
  const rows = packages.flatMap((name) =>
    (rooms[name] ?? []).filter((room) => present.has(room)).map(({ path, task }) => `| \`${path}\` | ${task} |`),
  )
  return ['| room | what is there |', '|---|---|', ...rows].join('\n')
}

function measure(): { readonly present: Present; readonly counts: Counts } {
  const modules = readModules(['src', 'adapters', 'cli/src'])
  const present = new Set<Room>()
  const counts = new Map<string, number>()
  const count = (from: string, to: string) => counts.set(`${from} → ${to}`, (counts.get(`${from} → ${to}`) ?? 0) + 1)
  for (const { file, imports, packages: imported } of modules.values()) {
    const from = roomOf(file)
    present.add(from)
    for (const target of imports) {
      const to = roomOf(target)
      if (packageOf(from) !== packageOf(to)) count(packageOf(from), packageOf(to))
      else if (from !== to && !to.common) count(from.path, to.path)
    }
    for (const name of imported) if (/^polypool(?:\/|$)/.test(name)) count(packageOf(from), 'polypool')
  }
  return { present, counts }
}

/** In the language of Graphviz. */
function graphOf(present: Present, counts: Counts): string {
  const clusters = packages.map((name, index) => {
    const own = (rooms[name] ?? []).filter((room) => present.has(room))
    const common = own.filter((room) => room.common).map(({ path }) => quoted(path))
    return `subgraph cluster_${index} {
      label="${name}" margin=16
      ${own.map((room) => `${quoted(room.path)} [label=${label(room)} class="${room.common ? 'common' : 'room'}"]`).join('\n')}
      { rank=same; ${common.join('; ')} }
    }`
  })
  const above = (rooms['@polypool/cli'] ?? []).filter((room) => present.has(room))
  const arrows = [...counts].sort().map(([pair, count]) => arrowOf(pair, count))
  return `digraph {
    compound=true ranksep=0.55 nodesep=0.3 style=rounded fontname="Helvetica" fontsize=15
    node [shape=box style=rounded fontname="Helvetica" fontsize=11 margin="0.3,0.1"]
    edge [arrowsize=0.7]
    ${clusters.toReversed().join('\n')}
    "src/config" -> "src/text" [style=invis]
    "src/config" -> "src/errors.ts" [style=invis]
    "cli/src/reading/shared" -> "cli/src" [style=invis]
    ${above.map((room) => `${quoted(room.path)} -> adapters [style=invis minlen=2]`).join('\n')}
    ${arrows.join('\n')}
  }`
}

function arrowOf(pair: string, count: number): string {
  const [from = '', to = ''] = pair.split(' → ')
  const weight = `class="${strength(count)}"`
  if (!packages.includes(from)) return `${quoted(from)} -> ${quoted(to)} [${weight}]`
  // Between the frames themselves; the boxes only say where the line starts and ends.
  const ends = `ltail=cluster_${packages.indexOf(from)} lhead=cluster_${packages.indexOf(to)}`
  return `"cli/src" -> adapters [${ends} ${weight} minlen=2]`
}

/** In steps, so that the picture changes with the structure and not with every import. */
function strength(count: number): 'few' | 'some' | 'many' {
  return count < 4 ? 'few' : count < 20 ? 'some' : 'many'
}

function label({ path, task }: Room): string {
  return quoted([path, ...inTwo(task.replaceAll('`', ''))].join('\n'))
}

/** Two lines that are about equally long, if it is long. */
function inTwo(text: string): string[] {
  if (text.length < 30) return [text]
  const middle = text.length / 2
  const spaces = [...text.matchAll(/ /g)].map(({ index }) => index)
  const at = spaces.reduce((best, space) => (Math.abs(space - middle) < Math.abs(best - middle) ? space : best), 0)
  return [text.slice(0, at), text.slice(at + 1)]
}

function quoted(text: string): string {
  return JSON.stringify(text)
}

interface Colours {
  readonly ink: string
  readonly line: string
  readonly box: string
  readonly frame: string
}

const light: Colours = { ink: '#1f2328', line: '#57606a', box: '#f6f8fa', frame: '#8c959f' }
const dark: Colours = { ink: '#e6edf3', line: '#9198a1', box: '#161b22', frame: '#6e7681' }

function coloured({ ink, line, box, frame }: Colours): string {
  return [
    `text { fill: ${ink} }`,
    `.node path { fill: ${box}; stroke: ${line} }`,
    `.cluster path { stroke: ${frame} }`,
    `.edge path { stroke: ${line} }`,
    `.edge polygon { fill: ${line}; stroke: ${line} }`,
  ].join(' ')
}

const style = `<style>
text { font-family: system-ui, 'Segoe UI', Helvetica, Arial, sans-serif }
${coloured(light)}
@media (prefers-color-scheme: dark) { ${coloured(dark)} }
.node text:first-of-type, .cluster text { font-weight: 600 }
.common path { stroke-dasharray: 2 3 }
.graph > polygon, .cluster path, .edge path { fill: none }
.cluster path { stroke-dasharray: 5 4 }
.few path { stroke-width: 0.7 } .some path { stroke-width: 1.6 } .many path { stroke-width: 3 }
</style>`

/** With colours that can be read on light and on dark, and without the version of what drew it. */
function dressed(svg: string): string {
  return `${svg
    .replace(/^[\s\S]*?(?=<svg)/, '')
    .replaceAll(/<!--[\s\S]*?-->\n?/g, '')
    .replaceAll(/ (?:fill|stroke)="[^"]*"/g, '')
    .replaceAll(/<title>[^<]*<\/title>\n/g, '')
    .replaceAll(/ (?:font-family|xml:space)="[^"]*"/g, '')
    .replace(/(<svg[^>]*>)/, `$1\n<title>The rooms of polypool, and which imports which</title>\n${style}`)
    .trimEnd()}\n`
}
