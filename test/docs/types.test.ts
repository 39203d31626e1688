import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, expect, it } from 'vitest'
import { type Block, blocks, nameOf } from './blocks.ts'
import { root } from './pages.ts'

const cache = path.join(root, '.cache')
mkdirSync(cache, { recursive: true })
// Within the repository, so that its clients are found.
const folder = mkdtempSync(path.join(cache, 'blocks-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** As strict as the project itself, but for parameters of JavaScript, which name no types. */
const tsconfig = {
  extends: '../../tsconfig.json',
  compilerOptions: {
    rootDir: '../..',
    checkJs: true,
    noImplicitAny: false,
    noUnusedLocals: false,
    noUnusedParameters: false,
    experimentalDecorators: true,
    typeRoots: ['../../node_modules/@types'],
  },
  include: ['*'],
  exclude: [],
}

/** What the text around a piece has said, or another block has made. */
const given: { readonly [block: string]: string } = {
  'docs/audit.md#a-finding-that-is-intended': "import http from 'node:http'",
  'docs/clients/axios.md#closed-connections': `
    import axios, { type AxiosInstance } from 'axios'
    import { createPool } from 'polypool/axios'
    const pool = createPool()
    declare function retryStale(api: AxiosInstance): void`,
  'docs/clients/got.md#closed-connections': `
    import got, { type RetryOptions } from 'got'
    import { createPool } from 'polypool/got'
    const pool = createPool()
    declare const retryStale: Partial<RetryOptions>`,
  'docs/fleet.md#fleets-one-budget-for-several-processes': `
    import { loadPools } from 'polypool'
    import { type FleetStore, joinFleet } from 'polypool/fleet'
    declare const store: FleetStore`,
  'docs/fleet.md#stores': `
    import { Worker, workerData } from 'node:worker_threads'
    import { clusterStore, joinFleet } from 'polypool/fleet'
    import { createPool } from 'polypool/undici'
    const pool = createPool()`,
  'docs/operate.md#shutdown': `
    import type { Server } from 'node:http'
    import type { FastifyInstance } from 'fastify'
    import { createPool } from 'polypool/undici'
    const pool = createPool()
    declare const server: Server
    declare const app: FastifyInstance
    declare const deadline: number`,
  'docs/start.md#what-every-pool-can-do': `
    import type { CreatePoolOptions, PoolConfig } from 'polypool'
    import { createPool, readSettings, translate } from 'polypool/axios'
    declare const config: PoolConfig
    declare const native: object
    declare const name: string
    declare const strict: boolean`,
}

/** What the compiler is right to refuse: mistakes that are shown as such, and what JavaScript leaves unsaid. */
const refused: { readonly [block: string]: readonly string[] } = {
  'docs/audit.md#got-raw-agent': ['TS2559'],
  'docs/audit.md#fetch-dispatcher': ['TS2375'],
  'docs/audit.md#ignored-option': ['TS2353'],
  // Messages of channels are unknown to the compiler: the page says what to do.
  'docs/cost-of-a-connection.md#the-cost-of-a-connection': ['TS2345'],
  'docs/events.md#events': ['TS2345'],
  // The SDK is where test/sdks installs it.
  'docs/audit.md#sdk-agent': ['TS2307', 'TS2307', 'TS2307'],
  // Typed and run with Nest itself, by test/sdks/nest.test.ts.
  'docs/guides/service.md#nest-and-other-containers': ['TS2307'],
  // The address of a server may be a path.
  'docs/start.md#see-it-hold': ['TS2531', 'TS2339'],
}

const shown = blocks.filter(
  ({ language, page }) => ['js', 'javascript', 'ts'].includes(language) && !/^docs\/(?:api|sdks)\//.test(page),
)

function fileOf(block: Block): { readonly name: string; readonly before: string } {
  const [, ownName] = /^\/\/ (\w+\.mjs)\b/.exec(block.code) ?? []
  // Others of the same page import it by that name.
  if (ownName !== undefined) return { name: ownName, before: '' }
  const before = /^(?:import|export) /m.test(block.code) ? '' : (given[nameOf(block)] ?? '')
  return { name: `${shown.indexOf(block)}.${before === '' && block.language !== 'ts' ? 'mjs' : 'mts'}`, before }
}

/** What the compiler says of the project in that folder. */
async function compile(project: string): Promise<string> {
  const tsc = path.join(root, 'node_modules/typescript/bin/tsc')
  const run = promisify(execFile)(process.execPath, [tsc, '-p', project], { cwd: project })
  return (await run.catch((error: { stdout: string }) => error)).stdout
}

it('the code of every page is right to the compiler', async () => {
  writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify(tsconfig))
  const written = new Map<string, Block & { readonly before: string }>()
  for (const block of shown) {
    const { name, before } = fileOf(block)
    if (written.has(name)) throw new Error(`two blocks are called ${name}`)
    written.set(name, { ...block, before })
    writeFileSync(path.join(folder, name), `${before}\n${block.code}\nexport {}\n`)
  }
  const stdout = await compile(folder)
  const problems: { [block: string]: string[] } = {}
  const elsewhere: string[] = []
  for (const [line, name = '', at, code = ''] of stdout.matchAll(/^(\S+?)\((\d+),\d+\): error (TS\d+): .*$/gm)) {
    const block = written.get(name)
    if (block === undefined) elsewhere.push(line)
    else if (refused[nameOf(block)]?.includes(code) !== true)
      elsewhere.push(`${block.page}:${block.line + Number(at) - block.before.split('\n').length}: ${line}`)
    else problems[nameOf(block)] = [...(problems[nameOf(block)] ?? []), code]
  }
  expect(elsewhere).toEqual([])
  expect(problems).toEqual(refused)
})

it('examples call nothing of JavaScript that Node 20 does not have', async () => {
  const project = path.join(folder, 'examples')
  mkdirSync(project)
  const { compilerOptions } = tsconfig
  writeFileSync(
    path.join(project, 'tsconfig.json'),
    JSON.stringify({
      extends: '../../../tsconfig.json',
      compilerOptions: { ...compilerOptions, rootDir: '../../..', typeRoots: ['../../../node_modules/@types'] },
      include: ['*', '../../../examples'],
      exclude: [],
    }),
  )
  writeFileSync(path.join(project, 'newer.mjs'), 'Promise.withResolvers()\n')
  // What the compiler would know with a later library.
  const newer = [...(await compile(project)).matchAll(/^(\S+?)\(.*: error TS(?:2550|2583|2584): .*$/gm)]
  expect(newer.map(([, name = '']) => path.basename(name))).toEqual(['newer.mjs'])
})
