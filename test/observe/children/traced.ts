// A program with the instrumentations of OpenTelemetry, as its users have it: for each client two requests to a pool of one connection, each within
// a span of its own. Prints what was traced and what the server saw.
import { once } from 'node:events'
import http from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { context, propagation, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { registerInstrumentations } from '@opentelemetry/instrumentation'
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http'
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici'
import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'

export interface Told {
  readonly client: string
  /** When the first request was let go, in milliseconds of the same clock as all times here. */
  readonly released: number
  readonly seen: readonly { readonly url: string; readonly traceparent: string; readonly at: number }[]
  readonly spans: readonly TracedSpan[]
}

export interface TracedSpan {
  readonly name: string
  readonly kind: number
  readonly id: string
  readonly parent: string | undefined
  readonly path: unknown
  readonly from: number
  readonly to: number
}

const exporter = new InMemorySpanExporter()
const tracerProvider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] })
trace.setGlobalTracerProvider(tracerProvider)
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
// As much of W3C's trace context as says whose request it is.
propagation.setGlobalPropagator({
  inject(active, carrier, setter) {
    const { traceId, spanId } = trace.getSpanContext(active) ?? {}
    setter.set(carrier, 'traceparent', `00-${traceId}-${spanId}-01`)
  },
  extract: (active) => active,
  fields: () => ['traceparent'],
})
registerInstrumentations({
  tracerProvider,
  instrumentations: [new HttpInstrumentation({ disableIncomingRequestInstrumentation: true }), new UndiciInstrumentation()],
})

// Only now: it is told to patch what is required from here on.
const patched = createRequire(import.meta.url)('http') as typeof http
const nodeHttp = await import('../../../adapters/node-http.ts')
const undici = await import('../../../adapters/undici.ts')
const { request } = await import('undici')
const tracer = trace.getTracer('test')

// By the clock that spans have.
const now = () => milliseconds((tracer.startSpan('mark') as unknown as ReadableSpan).startTime)
let held: http.ServerResponse | undefined
let seen: Told['seen'][number][] = []
const server = http.createServer((asked, response) => {
  seen.push({ url: asked.url ?? '', traceparent: String(asked.headers.traceparent), at: now() })
  if (asked.url === '/first') held = response
  else response.end('ok')
})
server.listen(0, '127.0.0.1')
await once(server, 'listening')
const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

type Ask = (url: string) => Promise<unknown>

async function run(client: string, ask: Ask, waiting: () => number): Promise<Told> {
  exporter.reset()
  seen = []
  const within = (name: string) => tracer.startActiveSpan(name, (span) => ask(`${origin}/${name}`).finally(() => span.end()))
  const first = within('first')
  while (held === undefined) await new Promise((resolve) => setImmediate(resolve))
  const second = within('second')
  while (waiting() === 0) await new Promise((resolve) => setImmediate(resolve))
  const released = now()
  held.end('ok')
  held = undefined
  await Promise.all([first, second])
  // Spans end with the last event of their response.
  while (exporter.getFinishedSpans().length < 4) await new Promise((resolve) => setImmediate(resolve))
  const spans = exporter.getFinishedSpans().map((span) => ({
    name: span.name,
    kind: span.kind,
    id: span.spanContext().spanId,
    parent: span.parentSpanContext?.spanId,
    path: span.attributes['url.path'] ?? span.attributes['url.full'],
    from: milliseconds(span.startTime),
    to: milliseconds(span.endTime),
  }))
  return { client, released, seen, spans }
}

function milliseconds([seconds, nanoseconds]: readonly [number, number]): number {
  return seconds * 1000 + nanoseconds / 1e6
}

const agents = nodeHttp.createPool({ maxConnections: 1 })
const byAgent: Ask = (url) =>
  new Promise((resolve, reject) => {
    patched.get(url, { agent: agents.options.http }, (response) => response.resume().on('end', resolve)).on('error', reject)
  })
const dispatcher = undici.createPool({ maxConnections: 1 })
const byDispatcher: Ask = async (url) => (await request(url, dispatcher.options)).body.dump()

const told = [
  await run('node-http', byAgent, () => agents.stats().pending),
  await run('undici', byDispatcher, () => dispatcher.stats().pending),
]
await Promise.all([agents.destroy(), dispatcher.destroy()])
server.close()
console.log(JSON.stringify(told))
