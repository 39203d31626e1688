// Frames of HTTP/2 by hand, for servers that do what node:http2 never does.

export const noError = 0
export const internalError = 2
export const refusedStream = 7
export const enhanceYourCalm = 11

/** The last stream that GOAWAY names if it names none. */
export const anyStream = 0x7fffffff

function frame(type: number, flags: number, stream: number, payload: Uint8Array = new Uint8Array()): Buffer {
  const header = Buffer.alloc(9)
  header.writeUIntBE(payload.length, 0, 3)
  header.writeUInt8(type, 3)
  header.writeUInt8(flags, 4)
  header.writeUInt32BE(stream, 5)
  return Buffer.concat([header, payload])
}

function words(...values: number[]): Buffer {
  const buffer = Buffer.alloc(4 * values.length)
  for (const [at, value] of values.entries()) buffer.writeUInt32BE(value, 4 * at)
  return buffer
}

/** SETTINGS, with nothing but defaults. */
export const settings = frame(4, 0, 0)

/** SETTINGS that allow so many streams at one time. */
export const streamLimit = (maxStreams: number): Buffer => frame(4, 0, 0, Buffer.concat([Buffer.from([0, 3]), words(maxStreams)]))

export const settingsAck = frame(4, 1, 0)

export const pingAck = (asked: Uint8Array): Buffer => frame(6, 1, 0, asked)

export const goaway = (lastStream: number, code: number): Buffer => frame(7, 0, 0, words(lastStream, code))

export const reset = (stream: number, code: number): Buffer => frame(3, 0, stream, words(code))

/** A whole answer: status 200, without a body. */
export const answer = (stream: number): Buffer => frame(1, 5, stream, Buffer.from([0x88]))

/** The same without its end, and the beginning of its body. */
export const begin = (stream: number): Buffer =>
  Buffer.concat([frame(1, 4, stream, Buffer.from([0x88])), frame(0, 0, stream, Buffer.from('half'))])

/** The rest of a body, with its end. */
export const finish = (stream: number): Buffer => frame(0, 1, stream, Buffer.from(' and half'))
