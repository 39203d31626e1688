import type { IncomingMessage, ServerResponse } from 'node:http'
import { constants, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2'
import type { Socket } from 'node:net'
import { Random } from '../../random.ts'

/** What the server does with one request: good answers first, then the faults. */
export const behaviours = [
  'ok',
  'late',
  'chunked',
  'big',
  'close',
  'hint-time',
  'hint-uses',
  'idle-close',
  'drip',
  'early',
  'fin-before',
  'rst-before',
  'fin-body',
  'rst-body',
  'fin-after',
  'rst-after',
  'garbage',
  'silent',
] as const

export type Behaviour = (typeof behaviours)[number]

type Answer = (request: IncomingMessage, response: ServerResponse, raw: Socket) => void

const body = 'x'.repeat(200)
const big = 'x'.repeat(200_000)
const half = { 'content-length': String(2 * body.length) }

const random = new Random(Number(process.argv[2]))

/** Some milliseconds, different from request to request. */
const soon = () => random.between(1, 40)

export const answers: { readonly [B in Behaviour]: Answer } = {
  ok: (_request, response) => response.end(body),
  late: (_request, response) => void setTimeout(() => response.end(body), soon()),
  chunked(_request, response) {
    response.write(body)
    setTimeout(() => response.end(body), soon() / 4)
  },
  big: (_request, response) => response.end(big),
  close: (_request, response) => response.setHeader('connection', 'close').end(body),
  'hint-time': (_request, response) => response.setHeader('keep-alive', 'timeout=1').end(body),
  'hint-uses': (_request, response) => response.setHeader('keep-alive', 'max=2').end(body),
  'idle-close'({ socket }, response) {
    response.end(body)
    setTimeout(() => socket.destroy(), 10 * soon())
  },
  drip(_request, response) {
    response.writeHead(200, half)
    let left = 4
    const timer = setInterval(() => {
      if (left-- > 0) response.write(body.slice(0, body.length / 2))
      else clearInterval(timer)
    }, 3)
  },
  early(request, response) {
    request.unpipe()
    response.writeHead(413, { connection: 'close' }).end()
  },
  'fin-before': ({ socket }) => socket.destroy(),
  'rst-before': (_request, _response, raw) => raw.resetAndDestroy(),
  'fin-body'({ socket }, response) {
    response.writeHead(200, half).write(body, () => socket.end())
  },
  'rst-body'(_request, response, raw) {
    response.writeHead(200, half).write(body, () => raw.resetAndDestroy())
  },
  'fin-after': ({ socket }, response) => response.end(body, () => socket.end()),
  'rst-after': (_request, response, raw) => response.end(body, () => raw.resetAndDestroy()),
  garbage: ({ socket }) => socket.end('no HTTP at all\r\n\r\n'),
  silent() {},
}

type StreamAnswer = (request: Http2ServerRequest, response: Http2ServerResponse) => void

const goAway: StreamAnswer = ({ stream }, response) => {
  stream.session?.close()
  response.end(body)
}

/** The same over HTTP/2: half of what ends a connection there ends a stream here. */
export const streamAnswers: { readonly [B in Behaviour]: StreamAnswer } = {
  ok: (_request, response) => void response.end(body),
  late: (_request, response) => void setTimeout(() => response.end(body), soon()),
  chunked(_request, response) {
    response.write(body)
    setTimeout(() => response.end(body), soon() / 4)
  },
  big: (_request, response) => void response.end(big),
  close: goAway,
  'hint-time': goAway,
  'hint-uses': (_request, response) => {
    response.addTrailers({ 'x-trailer': 'end' })
    response.end(body)
  },
  'idle-close'({ stream }, response) {
    response.end(body)
    const { session } = stream
    setTimeout(() => session?.close(), 10 * soon())
  },
  drip(_request, response) {
    response.write(body)
    setTimeout(() => response.end(body), soon())
  },
  early: ({ stream }, response) => {
    response.writeHead(413).end(() => stream.close(constants.NGHTTP2_NO_ERROR))
  },
  'fin-before': ({ stream }) => stream.session?.destroy(),
  'rst-before': ({ stream }) => stream.close(constants.NGHTTP2_REFUSED_STREAM),
  'fin-body'({ stream }, response) {
    response.write(body)
    setTimeout(() => stream.session?.destroy(), 2)
  },
  'rst-body'({ stream }, response) {
    response.write(body)
    setTimeout(() => stream.close(constants.NGHTTP2_INTERNAL_ERROR), 2)
  },
  'fin-after': ({ stream }, response) => void response.end(body, () => stream.session?.destroy()),
  'rst-after': ({ stream }, response) => void response.end(body, () => stream.close(constants.NGHTTP2_CANCEL)),
  garbage: ({ stream }) => stream.close(constants.NGHTTP2_PROTOCOL_ERROR),
  silent() {},
}
