import { readFileSync } from 'node:fs'
import { describe, expect, inject, it } from 'vitest'
import { entries } from '../../scripts/package/entries.mjs'
import { succeed } from './run.ts'

const { app } = inject('places')

/** What a process has loaded to import something. */
interface Loaded {
  /** By their addresses, each with its size in bytes. */
  readonly files: readonly (readonly [url: string, bytes: number])[]
  /** Node's own, beyond those that bare Node has loaded. */
  readonly builtins: readonly string[]
}

const program = `
  const { registerHooks } = require('node:module')
  const { statSync } = require('node:fs')
  const [, way, ...names] = process.argv
  const known = new Set(process.moduleLoadList)
  const urls = new Set()
  registerHooks({
    load(url, context, next) {
      urls.add(url)
      return next(url, context)
    },
  })
  const load = (name) => (way === 'import' ? import(name) : require(name))
  Promise.all(names.map(load)).then(() => {
    const builtins = process.moduleLoadList.filter((name) => name.startsWith('NativeModule ') && !known.has(name))
    const files = [...urls].filter((url) => url.startsWith('file:')).map((url) => [url, statSync(new URL(url)).size])
    console.log(JSON.stringify({ files, builtins }))
  })
`

/** Prints where a wrong config was found. */
const traced = `
  const way = process.argv[1]
  const load = (name) => (way === 'import' ? import(name) : Promise.resolve(require(name)))
  load('polypool/node-http').then(({ createPool }) => {
    try {
      createPool({ maxConnections: -1 })
    } catch (error) {
      console.log(error.constructor.name, error.stack)
    }
  })
`

async function load(way: string, names: readonly string[]): Promise<Loaded> {
  const { stdout } = await succeed(process.execPath, ['--input-type=commonjs', '-e', program, way, ...names], app)
  return JSON.parse(stdout) as Loaded
}

// Each file costs a look-up and about half a millisecond, and to compile them takes longer than all else.
const agents = ['agents', 'config', 'pool']
const dispatcher = ['config', 'dispatcher-as-found', 'dispatcher-settings', 'open-dispatcher', 'pool']

/** Of a few lines, and in one of the two formats only. */
const helpers = ['module', 'rolldown-runtime']

/** What each entry loads of the package besides its own file. */
const shared: { readonly [entry in keyof typeof entries]: readonly string[] } = {
  '.': ['config', 'files', 'load', 'observe'],
  './undici': dispatcher,
  './fetch': [...dispatcher, 'platform-fetch'],
  './axios': [...agents, 'axios-facts'],
  './got': [...agents, 'got-facts'],
  './node-fetch': [...agents, 'node-fetch-facts'],
  './agentkeepalive': [...agents, 'agentkeepalive-facts'],
  './node-http': agents,
  './otel': ['config', 'observe'],
  './prometheus': ['config', 'observe'],
  './fleet': ['config', 'files', 'pool'],
  './dialects': ['config'],
  './internal': [
    ...agents,
    'agentkeepalive-facts',
    'axios-facts',
    'dispatcher-settings',
    'files',
    'got-facts',
    'load',
    'node-fetch-facts',
  ],
}

/** Of Node's own, those that load nothing much. */
const cheap = ['async_hooks', 'diagnostics_channel', 'events', 'module', 'path', 'timers', 'timers/promises', 'url', 'util/types']

/** Entries whose peer loads what it needs of Node. */
const withClient = ['./undici', './fetch', './agentkeepalive', './otel', './prometheus']

describe.each(['import', 'require'])('by %s', (way) => {
  const names = Object.keys(entries) as (keyof typeof entries)[]

  it.each(names)('the entry %s loads a few files, and little of Node', async (entry) => {
    const { files, builtins } = await load(way, [entry.replace('.', 'polypool')])
    const own = files.flatMap(([url]) => /\/node_modules\/polypool\/dist\/(.+)\.[cm]js$/.exec(url)?.[1] ?? [])
    const main = entry === '.' ? 'index' : entry.slice(2)
    expect(own.filter((name) => !helpers.includes(name)).sort()).toEqual([main, ...shared[entry]].sort())
    if (withClient.includes(entry)) return
    const few = await load(
      way,
      cheap.map((name) => `node:${name}`),
    )
    expect(builtins.filter((name) => !few.builtins.includes(name))).toEqual([])
  })

  // To compile them is most of what it may take over bare Node: 100 kB take 4 ms or so on a slow machine.
  it('node-http, which every adapter for agents resembles, is compiled from no more than 270 kB of ASCII', async () => {
    const { files } = await load(way, ['polypool/node-http'])
    const bytes = files.reduce((sum, [, size]) => sum + size, 0)
    expect(bytes).toBeGreaterThan(100_000)
    expect(bytes).toBeLessThan(270_000)
    // What goes beyond it is read by another way, which `require` pays for.
    expect(files.filter(([url]) => /[^\0-\x7f]/.test(readFileSync(new URL(url), 'utf8')))).toEqual([])
  })

  it('what a trace tells are the names of functions and their lines, as the sources have them', async () => {
    const { stdout } = await succeed(process.execPath, ['--input-type=commonjs', '-e', traced, way], app)
    expect(stdout).toContain('PoolConfigError')
    expect(stdout).toMatch(
      /^ {4}at (?:Object\.)?parsePoolConfig (?:\[as [\w$]+\] )?\(\S*\/polypool\/dist\/config\.[cm]js:\d{3,}:\d{1,3}\)$/m,
    )
  })

  it('the count sees what http clients load of Node', async () => {
    const { builtins } = await load(way, ['node:http'])
    expect(builtins).toContain('NativeModule _http_agent')
  })
})
