/** A folder, or a file, that has one task. */
export interface Room {
  /** From the root of the repository, without a slash at its end. */
  readonly path: string
  /** Files that belong to it and lie elsewhere. */
  readonly also?: readonly string[]
  /** What it does, in a few words. */
  readonly task: string
  /** True for what every room of its package speaks of, so that arrows to it would tell nothing. */
  readonly common?: true
}

/** The rooms of the two packages: those of `polypool`, and those of `@polypool/cli`. A module is in the one with the longest path. */
export const rooms: { readonly [name: string]: readonly Room[] } = {
  polypool: [
    { path: 'adapters', task: 'one small module per client: pool.options in its shape' },
    { path: 'src/index.ts', task: 'what `polypool` exports' },
    { path: 'src/internal.ts', task: 'what the command line needs besides' },
    { path: 'src/clients', task: 'every fact about a client that is not its adapter' },
    { path: 'src/engines', task: "drive the core with node's agents and with undici's clients" },
    { path: 'src/engines/proxy', task: 'the way through a proxy: which, for whom, and the dial' },
    { path: 'src/pool', task: 'who gets a connection, who waits, what is closed; no I/O' },
    { path: 'src/observe', task: 'events, OpenTelemetry, Prometheus, advice, warnings' },
    { path: 'src/fleet', task: 'one budget for several processes' },
    { path: 'src/files', task: 'config files, environment, live reload' },
    { path: 'src/dialects', task: 'the words of other libraries, read and written; configs of proxies' },
    { path: 'src/config', task: 'fields, checking, durations, hosts' },
    { path: 'src/observe/channels.ts', task: 'the channels of events, and what their messages hold', common: true },
    { path: 'src/adapter.ts', task: 'the types of an adapter', common: true },
    { path: 'src/errors.ts', task: 'the errors', common: true },
    { path: 'src/text', task: 'how values, names and lists are shown', common: true },
  ],
  '@polypool/cli': [
    { path: 'cli/src/main.ts', also: ['cli/src/bin.ts', 'cli/src/commands.ts'], task: 'the program: finds the command' },
    { path: 'cli/src/commands', task: 'one module per command' },
    { path: 'cli/src/sdks', task: 'how SDKs are put on a pool: lines, what holds, the trap' },
    { path: 'cli/src/report', task: 'the pages of `verify` and `top`' },
    { path: 'cli/src/conformance', task: 'a scripted server, drivers of the clients, the scenarios' },
    { path: 'cli/src/reading/javascript', task: 'reads JavaScript and TypeScript' },
    { path: 'cli/src/reading/python', task: 'reads Python' },
    { path: 'cli/src/reading/shared', task: 'what both readers use' },
    { path: 'cli/src', task: 'input, output, the clients that there are', common: true },
  ],
}

const paths = Object.values(rooms)
  .flat()
  .flatMap((room) => [room.path, ...(room.also ?? [])].map((path) => ({ path, room })))
  .toSorted((one, other) => other.path.length - one.path.length)

/** Throws for a module in none: a new room gets its line above. */
export function roomOf(file: string): Room {
  const room = paths.find(({ path }) => file === path || file.startsWith(`${path}/`))?.room
  if (room === undefined) throw new Error(`${file} is in no room: give its folder a line in scripts/structure/rooms.ts`)
  return room
}
