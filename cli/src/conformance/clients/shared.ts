import { Readable } from 'node:stream'
import type { Ability, ClientRequest, CommonOptions, Family, OwnDial, Started } from './types.ts'

/** What one would expect of every client. */
export const common: readonly Ability[] = ['host-header', 'sees-truncation', 'chunked-hand-over']

/** `pool.options` of the node-agent adapters, as each hands them out, typed by the driver that reads them. */
export function poolOptions<T>(pool: { readonly options: unknown }): T {
  return pool.options as T
}

/** Options of the native class, for a pool's second argument. */
export function optionsFor(family: Family, options: CommonOptions): object {
  return family === 'node' ? { ...options } : { connect: { ...options } }
}

/** The same with a way to connect of the caller's own, where that is an option; for clients on node's agents see `assignDial`. */
export function dialOption(family: Family, dial: OwnDial): object {
  if (family === 'node') return {}
  const connect = ({ port }: { port: string }, callback: Parameters<OwnDial>[1]) => dial({ port: Number(port) }, callback)
  return { connect }
}

/** Has the agents among a pool's options connect by `dial`, as callers do. */
export function assignDial(options: unknown, dial: OwnDial): void {
  const given = options as { agent?: unknown; httpAgent?: unknown; http?: unknown }
  const { agent = given } = given
  const found = typeof agent === 'function' ? agent(new URL('http://localhost')) : agent
  const { httpAgent, http = httpAgent ?? found } = found as { httpAgent?: unknown; http?: unknown }
  const plain = http as { createConnection: unknown }
  plain.createConnection = ({ port }: { port: number }, callback: Parameters<OwnDial>[1]) =>
    dial({ port: Number(port) }, callback)
}

/** Reads a Node stream to its end as text, and passes its error on. */
async function readText(stream: Readable): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of stream as AsyncIterable<Buffer | string>) parts.push(Buffer.from(part as string))
  return Buffer.concat(parts).toString()
}

/** A response whose body is a Node stream. */
export function startedWith(status: number, headers: Started['headers'], body: Readable): Started {
  // A body that nobody reads may still be destroyed with an error; a scenario's own reading gets it all the same.
  body.on('error', () => {})
  return { status, headers, read: () => readText(body), cancel: () => void body.destroy() }
}

/** A response of a client that has buffered the body. */
export function startedWhole(status: number, headers: Started['headers'], body: string): Started {
  return { status, headers, read: async () => body, cancel: () => {} }
}

/** Headers as a plain record of strings, from a record, an iterable of pairs, or undici's. */
export function plainHeaders(headers: object): Started['headers'] {
  const entries = Symbol.iterator in headers ? [...(headers as Iterable<[string, unknown]>)] : Object.entries(headers)
  const plain: { [name: string]: string } = {}
  for (const [name, value] of entries) if (value !== undefined) plain[name.toLowerCase()] = String(value)
  return plain
}

/** The body as Node clients take it. */
export function nodeBody({ body }: ClientRequest): string | Buffer | Readable | undefined {
  if (typeof body === 'function') return body()
  return typeof body === 'string' || body === undefined ? body : Buffer.from(body)
}

/** The body as `fetch` takes it: a stream needs `duplex`. */
export function fetchBody(request: ClientRequest): object {
  const body = nodeBody(request)
  return body instanceof Readable ? { body: Readable.toWeb(body), duplex: 'half' } : { body }
}

/** Without the keys whose value is undefined: some clients take those for a setting. */
export function defined<T extends object>(options: T): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T
}
