import { writeFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ServerHttp2Stream } from 'node:http2'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Behaviour } from './behaviour.ts'
import { probeNow } from './clock.ts'
import type { Accepted } from './connections.ts'
import { endNow, resetNow } from './connections.ts'
import type { Gates } from './gates.ts'
import type { RequestRecord } from './types.ts'

interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** Null over HTTP/1.1. */
  readonly stream: ServerHttp2Stream | null
  readonly accepted: Accepted
  readonly record: RequestRecord
  readonly behaviour: Behaviour
  readonly gates: Gates
}

/** Answers one request as its behaviour says. */
export async function respond(exchange: Exchange): Promise<void> {
  const { stream, accepted, record, behaviour, gates } = exchange
  const body = behaviour.read && !behaviour.early ? await readBody(exchange) : Buffer.alloc(0)
  if (behaviour.delay > 0) await sleep(behaviour.delay)
  if (behaviour.hold !== null) await gates.wait(behaviour.hold)
  // The client may be gone by now.
  if (isGone(exchange)) return
  record.began = true
  const reused = accepted.record.requests.length > 1
  if (behaviour.rst !== null && !(behaviour.first && reused)) return void stream?.close(behaviour.rst)
  if (behaviour.reset === 'headers' || (behaviour.reset === 'reused' && reused)) return void resetNow(accepted)
  if (behaviour.fin === 'headers' || (behaviour.fin === 'reused' && reused)) return void endNow(accepted)
  if (behaviour.garbage) return sayRaw(accepted, 'this is no HTTP\r\n\r\n')
  if (behaviour.http10) return sayRaw(accepted, 'HTTP/1.0 200 OK\r\n\r\nok')
  await answer(exchange, behaviour.echo ? body : Buffer.alloc(behaviour.size, 'ok'))
}

async function readBody({ request, record }: Exchange): Promise<Buffer> {
  const parts: Buffer[] = []
  try {
    for await (const part of request as AsyncIterable<Buffer>) {
      parts.push(part)
      record.bodyBytes += part.length
    }
  } catch {
    // The client gave up while it was sending: what came is in the record.
  }
  return Buffer.concat(parts)
}

function sayRaw({ stream }: Accepted, text: string): void {
  stream.end(text)
}

async function answer(exchange: Exchange, body: Buffer): Promise<void> {
  const { request, response, stream, accepted, record, behaviour, gates } = exchange
  if (behaviour.interim && stream) stream.additionalHeaders({ ':status': 102 })
  else if (behaviour.interim) response.writeProcessing()
  // Over HTTP/2 nothing may be written then; over HTTP/1.1 it goes nowhere.
  const head = request.method === 'HEAD' && stream !== null
  const bodiless = behaviour.status === 204 || behaviour.status === 304 || head
  response.setHeader('x-probe-connection', accepted.record.id)
  // Both are of the connection, which is not for an answer to speak of over HTTP/2.
  if (behaviour.close && !stream) response.setHeader('connection', 'close')
  if (behaviour.hint !== null && !stream) response.setHeader('keep-alive', behaviour.hint)
  if (behaviour.redirect !== null) response.setHeader('location', behaviour.redirect)
  if ((!bodiless || head) && behaviour.chunks === 0 && !behaviour.trailers) response.setHeader('content-length', body.length)
  response.writeHead(behaviour.status)
  if (bodiless) return finish(response, record, behaviour, accepted)
  const cut = behaviour.reset === 'body' || behaviour.fin === 'body' || behaviour.rstBody !== null
  const pauses = behaviour.bodyDelay > 0 || behaviour.holdBody !== null || cut
  const pieces = split(body, Math.max(behaviour.chunks, pauses ? 2 : 1))
  const last = pieces.pop()
  for (const piece of pieces) response.write(piece)
  if (pauses) {
    response.flushHeaders()
    if (behaviour.bodyDelay > 0) await sleep(behaviour.bodyDelay)
    if (behaviour.holdBody !== null) await gates.wait(behaviour.holdBody)
    if (isGone(exchange)) return
    // One turn, so that what was written is on its way before the connection ends.
    if (behaviour.reset === 'body') return void setTimeout(resetNow, 10, accepted)
    if (behaviour.fin === 'body') return void endNow(accepted)
    if (behaviour.rstBody !== null) return void setTimeout(() => stream?.close(behaviour.rstBody ?? 0), 10)
  }
  if (last) response.write(last)
  if (behaviour.trailers) response.addTrailers({ 'x-probe-trailer': 'end' })
  finish(response, record, behaviour, accepted)
}

function finish(response: ServerResponse, record: RequestRecord, { fin, extra, sign }: Behaviour, accepted: Accepted): void {
  response.end(() => {
    record.answeredAt = probeNow()
    if (extra) accepted.stream.write('HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged')
    if (fin === 'after') void endNow(accepted).then(() => sign && writeFileSync(sign, ''))
  })
}

function isGone({ response, stream, record }: Exchange): boolean {
  return record.disowned || (stream?.destroyed ?? response.destroyed)
}

function split(body: Buffer, pieces: number): Buffer[] {
  const step = Math.max(1, Math.ceil(body.length / pieces))
  const parts: Buffer[] = []
  for (let at = 0; at < body.length; at += step) parts.push(body.subarray(at, at + step))
  return parts
}
