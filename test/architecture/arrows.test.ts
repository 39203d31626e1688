import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { root } from '../../scripts/root.ts'
import { type Module, readModules } from '../../scripts/structure/modules.ts'
import { roomOf } from '../../scripts/structure/rooms.ts'

/** What each room may import, besides itself. `src/errors.ts` and `src/adapter.ts` are what all speak of. */
const arrows: { readonly [room: string]: readonly string[] } = {
  'src/text': [],
  'src/errors.ts': [],
  'src/config': ['src/text', 'src/errors.ts'],
  'src/adapter.ts': ['src/config'],
  'src/observe/channels.ts': ['src/config', 'src/errors.ts', 'src/adapter.ts'],
  'src/pool': ['src/observe/channels.ts', 'src/config', 'src/text', 'src/errors.ts', 'src/adapter.ts'],
  'src/engines/proxy': ['src/config', 'src/text', 'src/errors.ts'],
  'src/engines': [
    'src/engines/proxy',
    'src/observe',
    'src/observe/channels.ts',
    'src/pool',
    'src/config',
    'src/text',
    'src/errors.ts',
    'src/adapter.ts',
  ],
  'src/clients': ['src/engines', 'src/config', 'src/text', 'src/errors.ts', 'src/adapter.ts'],
  'src/files': ['src/config', 'src/text', 'src/errors.ts', 'src/adapter.ts'],
  'src/dialects': ['src/config', 'src/text', 'src/errors.ts', 'src/adapter.ts'],
  'src/observe': ['src/observe/channels.ts', 'src/pool', 'src/config', 'src/text', 'src/errors.ts', 'src/adapter.ts'],
  'src/fleet': [
    'src/observe',
    'src/observe/channels.ts',
    'src/pool',
    'src/config',
    'src/text',
    'src/errors.ts',
    'src/adapter.ts',
  ],
  'src/index.ts': ['src/files', 'src/observe', 'src/observe/channels.ts', 'src/config', 'src/errors.ts', 'src/adapter.ts'],
  // What the command line takes from the rooms.
  'src/internal.ts': ['src/files', 'src/clients', 'src/engines', 'src/config', 'src/text'],
  // Pool logic is for the engines: an adapter only puts them together.
  adapters: ['src/clients', 'src/engines', 'src/config', 'src/errors.ts', 'src/adapter.ts'],
  // Of the command line: what reads, checks and reports does not know who asks for it.
  'cli/src/main.ts': ['cli/src/commands', 'cli/src'],
  'cli/src/commands': [
    'cli/src/sdks',
    'cli/src/report',
    'cli/src/conformance',
    'cli/src/reading/javascript',
    'cli/src/reading/python',
    'cli/src/reading/shared',
    'cli/src',
  ],
  'cli/src/sdks': [],
  'cli/src/report': ['cli/src/conformance', 'cli/src'],
  'cli/src/conformance': ['cli/src'],
  'cli/src/reading/javascript': ['cli/src/reading/shared', 'cli/src'],
  'cli/src/reading/python': ['cli/src/reading/shared', 'cli/src'],
  'cli/src/reading/shared': ['cli/src'],
  'cli/src': [],
}

const { exports: exported, peerDependencies } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as {
  exports: { readonly [name: string]: string }
  peerDependencies: object
}

const modules = readModules(['src', 'adapters', 'cli/src'])

function arrowsOf({ file, imports }: Module): { readonly from: string; readonly to: string; readonly text: string }[] {
  return imports.map((target) => ({ from: roomOf(file).path, to: roomOf(target).path, text: `${file} → ${target}` }))
}

test('arrows point one way, from room to room', () => {
  const all = [...modules.values()].flatMap(arrowsOf)
  const rooms = new Set(all.map(({ from }) => from))
  expect([...rooms].filter((room) => !Object.hasOwn(arrows, room))).toEqual([])
  expect(all.filter(({ from, to }) => from !== to && !arrows[from]?.includes(to)).map(({ text }) => text)).toEqual([])
})

test('the command line imports polypool by its entries only', () => {
  const ofCli = [...modules.values()].filter(({ file }) => file.startsWith('cli/'))
  expect(ofCli.flatMap(({ imports }) => imports.filter((target) => !target.startsWith('cli/')))).toEqual([])
  const entries = Object.keys(exported).map((name) => name.replace('.', 'polypool'))
  const named = ofCli.flatMap(({ packages }) => packages.filter((name) => /^polypool(?:\/|$)/.test(name)))
  expect(named.filter((name) => !entries.includes(name))).toEqual([])
  expect(named).toContain('polypool/internal')
})

test('engines know the core by its port alone', () => {
  const used = [...modules.values()]
    .filter(({ file }) => file.startsWith('src/engines/'))
    .flatMap(({ file, imports }) => imports.map((target) => [file, target] as const))
    .filter(([, target]) => target.startsWith('src/pool/'))
  expect(used.length).toBeGreaterThan(10)
  expect(used.filter(([, target]) => target !== 'src/pool/port.ts')).toEqual([])
})

const ofSockets = /^node:(?:net|tls|http|https|http2|dgram|dns|fs|child_process|worker_threads|cluster)(?:\/|$)/

test('the core knows no sockets', () => {
  const packages = [...modules.values()].filter(({ file }) => file.startsWith('src/pool/')).flatMap((one) => one.packages)
  // Time is all that it takes from outside; a message between two ports of its own tells when the event loop polls.
  expect([...new Set(packages)].filter((name) => !/^node:(?:timers|perf_hooks|worker_threads)/.test(name))).toEqual([])
  // Of node:net it has isIP and BlockList, which reckon with addresses.
  const addresses = 'src/config/proxies/no-proxy.ts'
  expect(readFileSync(new URL(addresses, root), 'utf8')).not.toMatch(/node:net'\)(?!\.isIP|\.BlockList)/)
  for (const room of ['src/text/', 'src/config/']) {
    const ofRoom = [...modules.values()].filter(({ file }) => file.startsWith(room) && file !== addresses)
    const used = ofRoom.flatMap((one) => one.packages)
    expect(used.filter((name) => ofSockets.test(name))).toEqual([])
  }
})

/** What is for users of one package alone. */
const withPeer: { readonly [file: string]: string } = {
  'src/observe/otel.ts': '@opentelemetry/api',
  'src/observe/prometheus.ts': 'prom-client',
}

test('engines and the root know no client, and a client no other one', () => {
  // It is no client: what knows the way through a proxy may need it.
  const peers = Object.keys(peerDependencies).filter((peer) => peer !== 'socks')
  const peerOf = (name: string) => peers.find((peer) => name === peer || name.startsWith(`${peer}/`))
  for (const { file, packages } of modules.values()) {
    const used = packages.flatMap((name) => peerOf(name) ?? [])
    const [, client] = /^(?:adapters|src\/clients)\/([^./]+)/.exec(file) ?? []
    const own = withPeer[file] ?? (client === 'fetch' ? 'undici' : client)
    if (!file.startsWith('cli/'))
      expect(
        used.filter((name) => name !== own),
        file,
      ).toEqual([])
  }
})

// An import of one of these has Node make each of its exports, also those that it makes on demand: of node:http undici, of node:util streams and
// worker threads. test/tools/importing.test.ts counts what is left.
const costly =
  /^node:(?:cluster|crypto|dns|fs|http|http2|https|net|os|perf_hooks|stream|tls|util|worker_threads|zlib)(?:\/promises)?$/

test('no import loads much of Node: what is costly is taken by process.getBuiltinModule where it is wanted', () => {
  const own = [...modules.values()].filter(({ file }) => !file.startsWith('cli/'))
  // undici has it loaded anyway.
  const others = own.filter(({ file }) => !file.startsWith('src/engines/undici-dispatcher/'))
  expect(
    others.flatMap(({ file, imported }) => imported.filter((name) => costly.test(name)).map((name) => [file, name])),
  ).toEqual([])
  expect(own.flatMap(({ packages }) => packages.filter((name) => costly.test(name)))).toContain('node:http')
})
