// The service with Nest of docs/guides/service.md, as that page has it, compiled as Nest wants it, with a server that counts.
import { execFile } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { expect, inject, it } from 'vitest'
import { root } from '../../scripts/root.ts'
import { fences, read } from '../docs/pages.ts'
import { run } from './run.ts'
import { holdingServer } from './server.ts'

const at = (file: string) => fileURLToPath(new URL(file, root))
const [orders = ''] = fences(read('docs/guides/service.md'), 'ts')
const limit = Number(/maxConnections: (\d+)/.exec(orders)?.[1])
const burst = 3 * limit

/** What the page leaves to its readers: a controller that is given the pool, and the start of the service. */
const service = (url: string) => `
import 'reflect-metadata'
import { Controller, Get, Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { stats } from './pools.mjs'
import { OrdersModule, OrdersPool } from './orders.mjs'

@Controller()
class Orders {
  constructor(private readonly orders: OrdersPool) {}

  @Get('orders')
  async all() {
    const answer = await this.orders.fetch('${url}/orders')
    return answer.json()
  }
}

@Module({ imports: [OrdersModule], controllers: [Orders] })
class App {}

const app = await NestFactory.create(App, { logger: false })
app.enableShutdownHooks()
await app.listen(0, '127.0.0.1')
const own = await app.getUrl()
// Nest sends the signal on when its hooks are done.
const signals = new Promise<void>((resolve) => {
  let came = 0
  process.on('SIGTERM', () => ++came === 2 && resolve())
})

export const pool = { stats, close: async () => {} }
export const send = async () => {
  const answer = await fetch(own + '/orders')
  if (answer.status !== 200) throw new Error(await answer.text())
  return answer.text()
}
export async function end() {
  // A busy machine may have let what idled expire.
  await send()
  if (stats().open === 0) throw new Error('there is nothing to close')
  process.kill(process.pid, 'SIGTERM')
  await signals
  if (stats().open > 0) throw new Error(stats().open + ' connections are left open')
}
`

/** The page's pool is private: what is told of it is heard on its channels. */
const pools = `
import diagnostics from 'node:diagnostics_channel'

let pool
diagnostics.subscribe('polypool:pool:create', (message) => {
  pool = message.pool
})
export const stats = () => pool.stats()
`

const tsconfig = {
  extends: at('tsconfig.json'),
  compilerOptions: {
    rootDir: at('.'),
    outDir: 'out',
    // One undici, and one polypool, as users have them.
    paths: { polypool: [at('src/index.ts')], 'polypool/*': [at('adapters/*.ts')] },
    noEmit: false,
    noImplicitAny: false,
    erasableSyntaxOnly: false,
    experimentalDecorators: true,
    emitDecoratorMetadata: true,
    typeRoots: [at('node_modules/@types')],
  },
  include: ['*.mts'],
  exclude: [],
}

it('a service with Nest keeps the limit of the pool that it injects, and closes it at SIGTERM', async () => {
  await using server = await holdingServer((_, response) => response.end('[]'))
  const folder = path.join(inject('sdks'), `run-nest-${process.pid}`)
  mkdirSync(folder)
  const files = {
    'tsconfig.json': JSON.stringify(tsconfig),
    'pools.mjs': pools,
    'orders.mts': orders,
    'service.mts': service(server.url),
  }
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text)
  const compile = promisify(execFile)(process.execPath, [at('node_modules/typescript/bin/tsc'), '-p', folder])
  const { stdout } = await compile.catch((error: { stdout: string }) => error)
  expect(stdout).toBe('')
  const code = `export * from '${pathToFileURL(path.join(folder, 'out', path.relative(at('.'), folder), 'service.mjs')).href}'`
  const { stats } = await run(code, { burst, limit }, server, { sdks: inject('sdks'), name: 'nest' })
  expect(server.seen).toMatchObject({ requests: burst + 1, held: limit, peak: limit })
  expect(stats).toMatchObject({ created: limit, reused: burst - limit })
})
