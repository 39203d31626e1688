import { copyFileSync, mkdirSync, mkdtempSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, inject } from 'vitest'
import { clients } from './clients.ts'
import { describeProgram } from './describe-program.ts'
import { type Ended, run, succeed } from './run.ts'

const { tools, outside, alone, app } = inject('places')
const bin = (name: string) => path.join(tools, 'node_modules/.bin', name)
const node = process.execPath

interface Bundler {
  readonly name: string
  readonly output: 'mjs' | 'cjs'
  /** Without the packages, which are left where they are installed. */
  readonly external?: true
  build(entry: string, file: string, cwd: string): Promise<Ended>
}

/** With this an ES module bundled by esbuild can hold CommonJS, as its own documentation says. */
const requireForEsm = "import { createRequire as forEsm } from 'node:module'; const require = forEsm(import.meta.url)"

const esbuild = (...args: readonly string[]): Bundler['build'] => {
  return (entry, file, cwd) =>
    succeed(bin('esbuild'), [entry, '--bundle', '--platform=node', '--log-level=warning', `--outfile=${file}`, ...args], cwd)
}

const rolledUp = new Map<string, Promise<{ readonly built: Ended; readonly folder: string }>>()

/** Reads all modules once for both formats: that is nearly all of the work. */
const rollup: Bundler['build'] = async (entry, file, cwd) => {
  const { name } = path.parse(entry)
  const rolling = rolledUp.get(entry) ?? rollAll(entry, cwd)
  rolledUp.set(entry, rolling)
  const { built, folder } = await rolling
  copyFileSync(path.join(folder, `${name}${path.extname(file)}`), file)
  return built
}

async function rollAll(entry: string, cwd: string): Promise<{ readonly built: Ended; readonly folder: string }> {
  const folder = mkdtempSync(path.join(outside, 'rollup-'))
  const args = ['--config', path.join(tools, 'rollup.config.mjs'), '--configInto', folder, '--input', entry]
  return { built: await succeed(bin('rollup'), args, cwd), folder }
}

const webpack: Bundler['build'] = (entry, file, cwd) => succeed(node, [path.join(tools, 'webpack.mjs'), entry, file], cwd)

const vite = (all: 'yes' | 'no'): Bundler['build'] => {
  const config = path.join(tools, 'vite.config.mjs')
  return async (entry, file, cwd) => {
    const args = ['build', '--ssr', entry, '--outDir', path.dirname(file), '--config', config]
    return succeed(bin('vite'), args, cwd, { VITE_BUNDLES_ALL: all })
  }
}

const bun = (format: 'esm' | 'cjs'): Bundler['build'] => {
  return (entry, file, cwd) =>
    succeed(bin('bun'), ['build', entry, '--target=node', `--format=${format}`, `--outfile=${file}`], cwd)
}

const bundlers: readonly Bundler[] = [
  { name: 'esbuild to ESM', output: 'mjs', build: esbuild('--format=esm', `--banner:js=${requireForEsm}`) },
  { name: 'esbuild to CommonJS', output: 'cjs', build: esbuild('--format=cjs') },
  { name: 'esbuild to CommonJS, minified', output: 'cjs', build: esbuild('--format=cjs', '--minify') },
  { name: 'rollup to ESM', output: 'mjs', build: rollup },
  { name: 'rollup to CommonJS', output: 'cjs', build: rollup },
  { name: 'webpack to ESM', output: 'mjs', build: webpack },
  { name: 'webpack to CommonJS', output: 'cjs', build: webpack },
  { name: 'vite build --ssr', output: 'mjs', external: true, build: vite('no') },
  { name: 'vite build --ssr with all packages', output: 'mjs', build: vite('yes') },
  { name: 'bun build to ESM', output: 'mjs', build: bun('esm') },
  { name: 'bun build to CommonJS', output: 'cjs', build: bun('cjs') },
]

const programs = [
  { entry: 'main.mjs', installed: app, clients },
  { entry: 'main.cjs', installed: app, clients },
  { entry: 'fetch.mjs', installed: app, clients: ['fetch'] },
  { entry: 'agentkeepalive.mjs', installed: app, clients: ['agentkeepalive'] },
  { entry: 'observed.mjs', installed: app, clients: ['node-http'] },
  { entry: 'node-http.mjs', installed: alone, clients: ['node-http'] },
]

export const isWebpack = (name: string): boolean => name.startsWith('webpack')

/** Builds each program with those of the bundlers that are chosen, and runs it: two files share them, so that no core waits for the last of them. */
export function describeBundlers(chosen: (name: string) => boolean): void {
  describe.each(bundlers.filter(({ name }) => chosen(name)))('$name', (bundler) => describeBundler(bundler))
}

function describeBundler({ output, external, build }: Bundler): void {
  const sources = programs.filter(({ entry }) => !(entry.endsWith('.cjs') && output === 'mjs'))

  describe.each(sources)('of $entry', ({ entry, installed, clients }) => {
    // Where no package is found from, unless they are to be.
    const parent = path.join(external ? installed : outside, 'built')

    describeProgram({
      clients,
      start: async (plan) => {
        mkdirSync(parent, { recursive: true })
        const folder = mkdtempSync(path.join(parent, `${path.parse(entry).name}-`))
        const file = path.join(folder, `${path.parse(entry).name}.${output}`)
        const built = await build(path.join('programs', entry), file, installed)
        const ran = await run(node, [file, plan], folder)
        // What the tool says of polypool is as bad as what the program says.
        return { ...ran, stderr: aboutPolypool(built) + burntIn(file, installed) + ran.stderr }
      },
    })
  })
}

/** The lines of a build in which the package is named. */
function aboutPolypool({ stdout, stderr }: Ended): string {
  return [...stdout.split('\n'), ...stderr.split('\n')].filter((line) => line.includes('node_modules/polypool')).join('\n')
}

/** A bundle that holds the place where polypool was at build finds there what it has not got itself. */
function burntIn(file: string, installed: string): string {
  const place = path.join(installed, 'node_modules/polypool')
  return readFileSync(file, 'utf8').includes(place) ? 'the bundle looks for packages where it was built\n' : ''
}
