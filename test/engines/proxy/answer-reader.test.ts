import { describe, expect, it } from 'vitest'
import { AnswerReader, type AnswerState, longestHead } from '../../../src/engines/proxy/answer-reader.ts'

const head = (state: AnswerState) => (state.kind === 'head' ? { ...state.head, rest: state.rest.toString('latin1') } : state.kind)

function readIn(pieces: readonly string[]) {
  const reader = new AnswerReader()
  let state: AnswerState = { kind: 'more' }
  for (const [index, piece] of pieces.entries()) {
    state = reader.read(Buffer.from(piece, 'latin1'))
    if (state.kind === 'head') {
      const rest = Buffer.concat([state.rest, Buffer.from(pieces.slice(index + 1).join(''), 'latin1')])
      return head({ ...state, rest })
    }
    if (state.kind !== 'more') break
  }
  return state.kind
}

const answers: readonly (readonly [string, string, ReturnType<typeof readIn>])[] = [
  ['success', 'HTTP/1.1 200 OK\r\n\r\n', { status: 200, schemes: [], rest: '' }],
  ['without a reason', 'HTTP/1.1 200\r\n\r\n', { status: 200, schemes: [], rest: '' }],
  ['of HTTP/1.0', 'HTTP/1.0 200 Connection established\r\nProxy-agent: x\r\n\r\n', { status: 200, schemes: [], rest: '' }],
  ['with line feeds alone', 'HTTP/1.1 200 OK\nX: y\n\nrest', { status: 200, schemes: [], rest: 'rest' }],
  ['another success', 'HTTP/1.1 204 No Content\r\n\r\n', { status: 204, schemes: [], rest: '' }],
  [
    'with bytes behind it',
    'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n\r\n\r\nrest\xff',
    { status: 200, schemes: [], rest: '\r\n\r\nrest\xff' },
  ],
  [
    'after an interim one',
    'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\nrest',
    { status: 200, schemes: [], rest: 'rest' },
  ],
  [
    'after three',
    `${'HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n'.repeat(3)}HTTP/1.1 200 OK\r\n\r\n`,
    { status: 200, schemes: [], rest: '' },
  ],
  ['another protocol', 'HTTP/1.1 101 Switching Protocols\r\n\r\n', { status: 101, schemes: [], rest: '' }],
  ['a refusal', 'HTTP/1.1 502 Bad Gateway\r\n\r\n<html>', { status: 502, schemes: [], rest: '<html>' }],
  [
    'that wants credentials',
    'HTTP/1.1 407 x\r\nProxy-Authenticate: Basic realm="a, b", charset="UTF-8"\r\nProxy-Authenticate: Negotiate, NTLM\r\n\r\n',
    { status: 407, schemes: ['Basic', 'Negotiate', 'NTLM'], rest: '' },
  ],
  ['in another protocol', 'SSH-2.0-OpenSSH_9.2\r\n', 'no HTTP'],
  ['in another version', 'HTTP/2 200\r\n\r\n', 'no HTTP'],
  ['in bytes of TLS', '\x15\x03\x01\x00\x02\x02\x46', 'no HTTP'],
  ['with no status', 'HTTP/1.1 OK\r\n\r\n', 'no HTTP'],
  ['with a status of two digits', 'HTTP/1.1 20 OK\r\n\r\n', 'no HTTP'],
  ['with a status of four', 'HTTP/1.1 2000 OK\r\n\r\n', 'no HTTP'],
  ['nothing but a blank line', '\r\n\r\n', 'no HTTP'],
  ['half a head', 'HTTP/1.1 200 OK\r\nX: y\r\n', 'more'],
  ['nothing', '', 'more'],
]

describe.each(answers)('an answer %s', (_, text, expected) => {
  it('in one piece', () => expect(readIn([text])).toEqual(expected))

  it('byte by byte', () => expect(readIn([...text])).toEqual(expected))

  it('in two pieces, wherever it is cut', () => {
    for (let at = 0; at <= text.length; at++) expect(readIn([text.slice(0, at), text.slice(at)])).toEqual(expected)
  })
})

describe('its length', () => {
  const ofLength = (length: number) => {
    const frame = 'HTTP/1.1 200 OK\r\nX: \r\n\r\n'
    return frame.replace('X: ', `X: ${'x'.repeat(length - frame.length)}`)
  }

  it('may be 16 KiB', () => expect(readIn([ofLength(longestHead)])).toMatchObject({ status: 200 }))

  it('may not be a byte more', () => {
    expect(readIn([ofLength(longestHead + 1)])).toBe('too long')
    expect(readIn([...ofLength(longestHead + 1)])).toBe('too long')
  })

  it('counts interim answers', () => expect(readIn(['HTTP/1.1 100 x\r\n\r\n'.repeat(1000)])).toBe('too long'))

  it('does not count what is behind it', () => {
    expect(readIn([`HTTP/1.1 200 OK\r\n\r\n${'x'.repeat(2 * longestHead)}`])).toMatchObject({ status: 200 })
  })
})
