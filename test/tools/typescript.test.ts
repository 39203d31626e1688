import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { beforeAll, describe, expect, inject, it } from 'vitest'
import { clientVersions, install, installedVersion } from './install.ts'
import { run, succeed } from './run.ts'

const { tools, tarballs, outside, app } = inject('places')
const types = path.join(outside, 'types')
const programs = new URL('programs/types/', import.meta.url)

/** By the folder that the compiler is installed in. */
const compilers = { '5.6': 'typescript5.6', '5.9': 'typescript5.9', '6': 'typescript', '7': 'typescript7' }

interface Resolution {
  readonly moduleResolution: string
  readonly compilers: readonly Compiler[]
  /** What `module` is, for ES modules and for CommonJS. */
  readonly esm: string
  readonly cjs: string
  readonly ignoreDeprecations?: string
}

const all = ['5.6', '5.9', '6', '7'] as const
const resolutions: readonly Resolution[] = [
  { moduleResolution: 'node10', compilers: ['5.6', '5.9'], esm: 'esnext', cjs: 'commonjs' },
  { moduleResolution: 'node10', compilers: ['6'], esm: 'esnext', cjs: 'commonjs', ignoreDeprecations: '6.0' },
  { moduleResolution: 'node16', compilers: all, esm: 'node16', cjs: 'node16' },
  { moduleResolution: 'nodenext', compilers: all, esm: 'nodenext', cjs: 'nodenext' },
  { moduleResolution: 'bundler', compilers: all, esm: 'esnext', cjs: 'preserve' },
]

/** Those that only ES modules can import have no types where CommonJS is compiled, nor where `exports` is not read. */
const esmOnly = ['got', 'node-fetch']

const peers = Object.keys(clientVersions()).sort()

/** Entries whose types are of their client: without it they can't be compiled. */
const typedByPeer = {
  'polypool/undici': 'undici',
  'polypool/agentkeepalive': 'agentkeepalive',
  'polypool/otel': '@opentelemetry/api',
  'polypool/prometheus': 'prom-client',
}

interface Export {
  readonly name: string
  readonly isValue: boolean
  readonly isType: boolean
  readonly typeParameters: number
}

beforeAll(async () => {
  const versions = clientVersions()
  await install(types, { '@types/node': installedVersion('@types/node') })
  const polypool = { polypool: `file:${tarballs.polypool}` }
  await Promise.all([
    install(folderOf(undefined), polypool),
    ...peers.map((peer) => install(folderOf(peer), { ...polypool, [peer]: versions[peer] ?? '' })),
  ])
  const exported = await exportsOfAll()
  for (const peer of [undefined, ...peers]) writeSources(peer, exported)
  for (const one of cases) writeConfig(one)
})

function folderOf(peer: string | undefined): string {
  return path.join(types, peer ?? 'none')
}

/** What every entry exports, as types see it. */
async function exportsOfAll(): Promise<{ [entry: string]: Export[] }> {
  const folder = app
  const manifest = readFileSync(path.join(folder, 'node_modules/polypool/package.json'), 'utf8')
  const entries = Object.keys((JSON.parse(manifest) as { exports: object }).exports).filter((entry) => !entry.endsWith('.json'))
  const names = entries.map((entry) => path.posix.join('polypool', entry))
  const { stdout } = await succeed(
    process.execPath,
    [path.join(tools, 'exports.mjs'), path.join(folder, 'any.ts'), ...names],
    folder,
  )
  return JSON.parse(stdout) as { [entry: string]: Export[] }
}

/** Everything that a program may write about polypool with that one client: as ES modules, and as CommonJS. */
function writeSources(peer: string | undefined, exported: { [entry: string]: Export[] }): void {
  const others = Object.entries(typedByPeer).flatMap(([entry, by]) => (by === peer ? [] : [entry]))
  const entries = Object.keys(exported).filter((entry) => !others.includes(entry))
  const written = readdirSync(programs).map((file) => [file, readFileSync(new URL(file, programs), 'utf8')] as const)
  const sources = new Map([
    ...written.filter(([file]) => ['core.ts', 'fetch.ts', `${peer}.ts`].includes(file)),
    ...entries.map((entry) => [`every-${path.basename(entry)}.ts`, mentionAll(entry, exported[entry] ?? [])] as const),
  ])
  for (const [folder, type] of [
    ['esm', 'module'],
    ['cjs', 'commonjs'],
  ] as const) {
    const into = path.join(folderOf(peer), folder)
    mkdirSync(into, { recursive: true })
    writeFileSync(path.join(into, 'package.json'), JSON.stringify({ type }))
    for (const [file, source] of sources) {
      writeFileSync(path.join(into, file), type === 'module' ? source : required(source))
    }
  }
}

/** A module that has every export of an entry in it. */
function mentionAll(entry: string, exported: readonly Export[]): string {
  const values = exported.filter(({ isValue }) => isValue).map(({ name }) => `  entry.${name},`)
  const named = exported
    .filter(({ isType }) => isType)
    .map(({ name, typeParameters }) => {
      // It is a subtype of whatever a parameter demands.
      const given = typeParameters > 0 ? `<${Array(typeParameters).fill('never').join(', ')}>` : ''
      return `  ${name}: entry.${name}${given}`
    })
  return [
    `import * as entry from '${entry}'`,
    `export const values: readonly unknown[] = [`,
    ...values,
    ']',
    'export interface Types {',
    ...named,
    '}',
    '',
  ].join('\n')
}

/** CommonJS names what it requires as such, so that the types of the other copy are seen. */
function required(source: string): string {
  return source.replace(/^import \* as (\w+) from ('(?:polypool|undici)[^']*')/gm, 'import $1 = require($2)')
}

const cases = resolutions.flatMap((resolution, row) =>
  resolution.compilers.flatMap((compiler, column) =>
    (['esm', 'cjs'] as const).flatMap((source, at) => {
      // Each compiler and each resolution meets most clients.
      const peer = peers[(row + 2 * column + 3 * at) % peers.length]
      return [undefined, peer].map((one) => ({ ...resolution, compiler, source, module: resolution[source], peer: one }))
    }),
  ),
)

type Case = (typeof cases)[number]

function configOf({ compiler, moduleResolution, source, peer }: Case): string {
  return path.join(
    folderOf(peer),
    `tsconfig.${(peer ?? 'none').replaceAll('/', '-')}-${compiler}-${moduleResolution}-${source}.json`,
  )
}

function writeConfig(one: Case): void {
  const { moduleResolution, ignoreDeprecations, source, module, peer } = one
  const withoutClient = peer !== undefined && esmOnly.includes(peer) && (source === 'cjs' || moduleResolution === 'node10')
  const compilerOptions = {
    target: 'es2022',
    // Without a client as most projects have it, with all that browsers know; with one as Node's own projects do.
    ...(peer === undefined ? {} : { lib: ['es2022'] }),
    types: ['node'],
    module,
    moduleResolution,
    ...(ignoreDeprecations === undefined ? {} : { ignoreDeprecations }),
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    esModuleInterop: true,
    skipLibCheck: false,
    noEmit: true,
  }
  const include = [`${source}/*.ts`]
  const exclude = withoutClient ? [`${source}/${peer}.ts`] : []
  writeFileSync(configOf(one), JSON.stringify({ compilerOptions, include, exclude }))
}

type Compiler = keyof typeof compilers

/** What the compiler says of each of its projects, by the name of its settings. */
async function compileAll(compiler: Compiler): Promise<{ [config: string]: string }> {
  const configs = cases.filter((one) => one.compiler === compiler).map(configOf)
  const args = [path.join(tools, 'compile.mjs'), compilers[compiler], ...configs]
  return JSON.parse((await succeed(process.execPath, args, types)).stdout)
}

/** The same of one of them, by the compiler's command: it has no other way in, and is fast. */
async function compileByCommand(compiler: Compiler, config: string): Promise<string> {
  const tsc = path.join(tools, 'node_modules', compilers[compiler], 'bin/tsc')
  return (await run(process.execPath, [tsc, '--project', config], types)).stdout
}

describe.each(all)('TypeScript %s', (compiler) => {
  const of = cases.filter((one) => one.compiler === compiler)
  let compiling: Promise<{ [config: string]: string }> | undefined

  it.each(of)('$moduleResolution, $source, with $peer', async (one) => {
    const config = configOf(one)
    if (compiler !== '7') compiling ??= compileAll(compiler)
    const said = compiling ? (await compiling)[path.basename(config)] : await compileByCommand(compiler, config)
    const ours = withoutOthers(said ?? '')
    expect(ours, ours).toBe('')
  })
})

/** Leaves out what a compiler finds wrong within the client itself, and with that its further lines. */
function withoutOthers(said: string): string {
  return said.replace(/^\S*\/node_modules\/(?!polypool\/)[^\n]*\n(?:[ \t][^\n]*\n)*/gm, '')
}
