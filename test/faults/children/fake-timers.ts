// Entry of a process in which time is faked while a client has requests: see ../fake-timers.test.ts.
import http from 'node:http'
import https from 'node:https'
import { mock } from 'node:test'
import FakeTimers from '@sinonjs/fake-timers'
import KeepAliveAgent from 'agentkeepalive'
import { loadClient } from '../../../cli/src/conformance/catalog.ts'
import type { AnyPool } from '../../../cli/src/conformance/client.ts'
import type { ClientTask } from './messages.ts'

/** What came of one request while something was faked, and of the pool afterwards. */
export interface Faked {
  readonly by: string
  /** Whether the client without a pool got its answer. */
  readonly native: boolean
  readonly pool: boolean
  /** After the fakes were taken back; null where the client itself may be stuck, for it hangs natively. */
  readonly after: {
    /** Answers of requests one after another, and the connections that were made in all. */
    readonly answers: readonly string[]
    readonly created: number
    /** How a request ended that began to wait under the fakes. */
    readonly waited: string
    /** Connections once they had time to expire. */
    readonly open: number
  } | null
}

const sinonNames = [
  'setImmediate',
  'nextTick',
  'queueMicrotask',
  'setTimeout',
  'setInterval',
  'performance',
  'hrtime',
  'Date',
] as const
const testNames = ['setImmediate', 'setTimeout', 'setInterval', 'Date'] as const

const advised = ['nextTick', 'queueMicrotask', 'setImmediate'] as const

type SinonName = (typeof sinonNames)[number]
type TestName = (typeof testNames)[number]

/** Each alone, and all. A faked moment of the year 2000 is in the past of all that is measured from outside. */
const fakes: readonly (readonly [by: string, install: () => () => void])[] = [
  ...[...sinonNames.map((name) => [name]), [...sinonNames]].map(
    (names) => [`sinon ${names.join()}`, () => sinon(names as SinonName[])] as const,
  ),
  // What docs/guides/tests.md advises: everything but that by which clients go on.
  ['sinon as advised', () => uninstaller(FakeTimers.install({ toNotFake: [...advised], shouldClearNativeTimers: true }))],
  ...[...testNames.map((name) => [name]), [...testNames]].map(
    (names) => [`node:test ${names.join()}`, () => nodeTest(names as TestName[])] as const,
  ),
]

function sinon(toFake: SinonName[]): () => void {
  return uninstaller(FakeTimers.install({ toFake, now: 946_684_800_000 }))
}

function uninstaller(clock: FakeTimers.Clock): () => void {
  return () => clock.uninstall()
}

function nodeTest(apis: TestName[]): () => void {
  mock.timers.enable({ apis, now: 946_684_800_000 })
  return () => mock.timers.reset()
}

const { setTimeout } = globalThis
const sleep = (ms: number) => new Promise<void>((resolve) => void setTimeout(resolve, ms))

const { driver: name, url }: ClientTask = JSON.parse(process.argv[2] ?? '{}')
const client = await loadClient({ driver: name })
const handle = client.driver.open(client.module)

const hung = Symbol('hung')

/** A request that has not ended after this long hangs. */
const within = <T>(request: Promise<T>, ms: number) => Promise.race([request, sleep(ms).then((): typeof hung => hung)])

async function ask(pool: { readonly options: unknown }, path = ''): Promise<string> {
  const started = await handle.start(pool, { url: url + path })
  return started.read()
}

const codeOf = (error: unknown): string => {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const { code } = cause as { code?: unknown }
    if (typeof code === 'string' && code.startsWith('ERR_POOL')) return code
  }
  return String(error)
}

/** Options of the client's own, each anew. */
function nativeOptions(): object {
  const settings = { keepAlive: true, maxSockets: 1 }
  const agents = { http: new http.Agent(settings), https: new https.Agent(settings) }
  if (name === 'axios') return { httpAgent: agents.http, httpsAgent: agents.https, proxy: false }
  if (name === 'got') return { agent: agents }
  if (name === 'node-fetch') return { agent: agents.http }
  if (name === 'agentkeepalive') {
    return { http: new KeepAliveAgent(settings), https: new KeepAliveAgent.HttpsAgent(settings) }
  }
  if (name === 'undici') return { dispatcher: new (client.module as typeof import('undici')).Agent({ connections: 1 }) }
  return agents
}

const nativePool = () => ({ options: nativeOptions(), fetch: globalThis.fetch })

/** Whether a request on a connection that has idled is answered while something is faked. */
async function answered(pool: { readonly options: unknown }, install: () => () => void, patience: number): Promise<boolean> {
  await ask(pool)
  await sleep(30)
  const restore = install()
  const answer = await within(ask(pool).catch(String), patience)
  restore()
  return answer === 'ok'
}

async function afterwards(pool: AnyPool, install: () => () => void): Promise<Faked['after']> {
  const restore = install()
  const held = ask(pool, `/hold?${process.pid}`)
  const waiting = ask(pool).catch(codeOf)
  // Clients have turns of their own before they ask the pool.
  await sleep(20)
  restore()
  const waited = await within(waiting, 20_000)
  await ask({ ...nativePool() }, `/release?${process.pid}`)
  const answers = [await held]
  for (let again = 0; again < 3; again++) answers.push(await ask(pool))
  // Idle for a while: it may have to be looked at.
  await sleep(30)
  answers.push(await ask(pool))
  const { created } = pool.stats()
  pool.reconfigure({ ...limits, keepAliveExpiry: 50 })
  for (let turn = 0; turn < 200 && pool.stats().open > 0; turn++) await sleep(50)
  return { answers, created, waited: waited === hung ? 'hung' : waited, open: pool.stats().open }
}

const limits = { maxConnections: 1, acquireTimeout: 400, keepAliveExpiry: '1m' } as const

for (const [by, install] of fakes) {
  const native = await answered(nativePool(), install, 1000)
  const pool = client.adapter.createPool(limits)
  const pooled = native && (await answered(pool, install, 20_000))
  const report: Faked = { by, native, pool: pooled, after: pooled ? await afterwards(pool, install) : null }
  // Or a warning would tell of those that hung.
  await pool.destroy()
  console.log(JSON.stringify(report))
}
process.exit()
