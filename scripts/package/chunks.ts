/**
 * The files that entries of the build share. To find a file and to load it costs about what a thousand lines of it cost to compile: so these are
 * few, and an entry loads what stands below it in the architecture, and of what stands beside it only a few facts.
 */
export const chunks = [
  chunk(
    'config',
    /\/src\/(?:config\/(?!field-texts|fleet\.)|text\/(?!positions))|\/src\/errors\.ts$|\/src\/observe\/(?:channels|sharing)\.ts$/,
  ),
  // What the readers of config files and what loads them when it is wanted have in common, apart, so that none goes round in a circle; and what a pool
  // that is opened by itself has no use for.
  chunk('files', /\/src\/(?:files\/formats\/document|text\/positions|config\/fleet)\.ts$/),
  chunk('pool', /\/src\/(?:pool|engines\/proxy)\/|\/src\/(?:engines|clients)\/[^/]+$/),
  chunk('agents', /\/src\/(?:engines\/node-agent|clients\/node-http)\//),
  // What is known of one client, which its adapter and the command line take: each apart, as of the others an adapter needs none.
  ...['agentkeepalive', 'axios', 'got', 'node-fetch'].map((client) =>
    chunk(`${client}-facts`, new RegExp(`/src/clients/${client}/`)),
  ),
  // What the command line takes too, and without undici.
  chunk('dispatcher-settings', /\/src\/clients\/(?:fetch|undici)\/native\.ts$|\/undici-dispatcher\/native-options\.ts$/),
  // Without either peer.
  chunk('observe', /\/src\/observe\/(?:fleets|gauges|metrics|observed|options|origins|ready|totals)\.ts$/),
]

interface Chunk {
  /** Without extension. */
  readonly name: string
  /** Whether a source belongs to it. So does what that imports, unless a chunk above has it. */
  readonly test: (id: string) => boolean
  /** What a single entry needs stays with it. */
  readonly minShareCount: 2
}

function chunk(name: string, sources: RegExp): Chunk {
  // Declarations are bundled by themselves.
  const test = (id: string) => !id.endsWith('.d.ts') && sources.test(id.replaceAll('\\', '/'))
  return { name, test, minShareCount: 2 }
}

/** The chunk that a source is in, by its path from the root. */
export function chunkOf(source: string): string {
  const found = chunks.find(({ test }) => test(`/${source}`))
  if (found === undefined) throw new Error(`${source} is in no chunk that entries share: see scripts/package/chunks.ts`)
  return found.name
}
