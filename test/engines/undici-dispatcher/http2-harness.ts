import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import { probeCertificate } from '../../../cli/src/conformance/probe/certificates.ts'
import { RemoteProbe } from '../../../cli/src/conformance/probe/remote.ts'
import type { ConnectionRecord, Http2Options, Scheme, SessionCommand } from '../../../cli/src/conformance/probe/types.ts'
import type { PoolConfig } from '../../../src/config/types.ts'
import type { NativeClientOptions } from '../../../src/engines/undici-dispatcher/native-options.ts'
import { open, sleep, type TestPool, type Version, versions } from './harness.ts'

export const undici8 = versions[0] as Version

/** The sockets of this process: how many are open, at most were, and ever. Counted from connect to `close`, as limits count. */
export class Census {
  open = 0
  peak = 0
  opened = 0

  constructor() {
    const onSocket = (message: unknown) => {
      const { socket } = message as { socket: Socket }
      this.opened++
      this.peak = Math.max(this.peak, ++this.open)
      socket.once('close', () => this.open--)
    }
    subscribe('net.client.socket', onSocket)
    onTestFinished(() => void unsubscribe('net.client.socket', onSocket))
  }
}

export interface Answer {
  readonly status: number
  readonly headers: { readonly [name: string]: string | string[] }
  readonly trailers: { readonly [name: string]: string }
  readonly text: string
}

/** A server that speaks HTTP/2 in a process of its own, a pool for it, and what is seen of both. */
export interface Scene {
  readonly url: string
  /** What the probe calls the server. */
  readonly origin: number
  readonly pool: TestPool
  readonly probe: RemoteProbe
  readonly sockets: Census
  /** A request, read to its end. */
  get(path?: string, options?: object): Promise<Answer>
  /** Does this to every session there is. */
  tell(command: SessionCommand): Promise<number>
  /** The connections that the server has accepted, in order. */
  connections(): Promise<readonly ConnectionRecord[]>
  /** Resolves once so many requests have arrived, those included that the server says not to have processed. */
  arrived(count: number): Promise<void>
}

export interface Setting {
  readonly server?: Http2Options | false
  readonly scheme?: Scheme
  readonly native?: NativeClientOptions
  readonly version?: Version
}

/** A server that can say GOAWAY hard, fall silent, and count what it refuses. */
export const tapped = { server: { tapped: true } } as const

export const tls = { connect: { ca: probeCertificate } } as const

export async function scene(
  config: PoolConfig = {},
  { server = {}, scheme = 'https', native, version = undici8 }: Setting = {},
): Promise<Scene> {
  const probe = new RemoteProbe()
  onTestFinished(() => probe.stop())
  const origin = await probe.listen({ scheme, http2: server })
  const sockets = new Census()
  const pool = open(version, { http2: true, ...config }, { ...tls, ...native })
  const url = `${scheme}://localhost:${origin.port}`
  const get = async (path = '/', options = {}): Promise<Answer> => {
    const { statusCode, headers, body, trailers } = await version.api.request(url + path, {
      dispatcher: pool.dispatcher,
      ...options,
    })
    return { status: statusCode, headers, text: await body.text(), trailers }
  }
  const connections = async () => (await probe.report()).connections
  return {
    url,
    origin: origin.id,
    pool,
    probe,
    sockets,
    get,
    connections,
    tell: (command) => probe.sessions(origin.id, command),
    arrived: async (count) => {
      while ((await connections()).flatMap(({ requests }) => requests).length < count) await sleep(5)
    },
  }
}

export const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index))

export const codeOf = (error: unknown): unknown => (error as { code?: unknown }).code

/** What became of requests: how often each status or code. */
export function tally(results: readonly PromiseSettledResult<Answer>[]): { [outcome: string]: number } {
  const counts: { [outcome: string]: number } = {}
  for (const result of results) {
    const outcome = result.status === 'fulfilled' ? String(result.value.status) : String(codeOf(result.reason) ?? result.reason)
    counts[outcome] = (counts[outcome] ?? 0) + 1
  }
  return counts
}
