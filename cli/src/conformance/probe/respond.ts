import { writeFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
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
  readonly accepted: Accepted
  readonly record: RequestRecord
  readonly behaviour: Behaviour
  readonly gates: Gates
}

/** Answers one request as its behaviour says. */
export async function respond(exchange: Exchange): Promise<void> {
  const { response, accepted, behaviour, gates } = exchange
  const body = behaviour.read && !behaviour.early ? await readBody(exchange) : Buffer.alloc(0)
  if (behaviour.delay > 0) await sleep(behaviour.delay)
  if (behaviour.hold !== null) await gates.wait(behaviour.hold)
  // The client may be gone by now.
  if (response.destroyed) return
  const reused = accepted.record.requests.length > 1
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

async function answer({ response, accepted, record, behaviour, gates }: Exchange, body: Buffer): Promise<void> {
  if (behaviour.interim) response.writeProcessing()
  const bodiless = behaviour.status === 204 || behaviour.status === 304
  response.setHeader('x-probe-connection', accepted.record.id)
  if (behaviour.close) response.setHeader('connection', 'close')
  if (behaviour.hint !== null) response.setHeader('keep-alive', behaviour.hint)
  if (behaviour.redirect !== null) response.setHeader('location', behaviour.redirect)
  if (!bodiless && behaviour.chunks === 0) response.setHeader('content-length', body.length)
  response.writeHead(behaviour.status)
  if (bodiless) return finish(response, record, behaviour, accepted)
  const pauses = behaviour.bodyDelay > 0 || behaviour.holdBody !== null || behaviour.reset === 'body' || behaviour.fin === 'body'
  const pieces = split(body, Math.max(behaviour.chunks, pauses ? 2 : 1))
  const last = pieces.pop()
  for (const piece of pieces) response.write(piece)
  if (pauses) {
    response.flushHeaders()
    if (behaviour.bodyDelay > 0) await sleep(behaviour.bodyDelay)
    if (behaviour.holdBody !== null) await gates.wait(behaviour.holdBody)
    if (response.destroyed) return
    // One turn, so that what was written is on its way before the connection ends.
    if (behaviour.reset === 'body') return void setTimeout(resetNow, 10, accepted)
    if (behaviour.fin === 'body') return void endNow(accepted)
  }
  if (last) response.write(last)
  finish(response, record, behaviour, accepted)
}

function finish(response: ServerResponse, record: RequestRecord, { fin, extra, sign }: Behaviour, accepted: Accepted): void {
  response.end(() => {
    record.answeredAt = probeNow()
    if (extra) accepted.stream.write('HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged')
    if (fin === 'after') void endNow(accepted).then(() => sign && writeFileSync(sign, ''))
  })
}

function split(body: Buffer, pieces: number): Buffer[] {
  const step = Math.max(1, Math.ceil(body.length / pieces))
  const parts: Buffer[] = []
  for (let at = 0; at < body.length; at += step) parts.push(body.subarray(at, at + step))
  return parts
}
