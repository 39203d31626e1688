/** What a proxy may answer CONNECT with: more is no head, and is not kept. */
export const longestHead = 16 * 1024

/** The head of an answer that opens no tunnel, or opens one. */
export interface AnswerHead {
  readonly status: number
  /** What it asks for in `Proxy-Authenticate` or `WWW-Authenticate`: the names of the schemes. */
  readonly schemes: readonly string[]
}

export type AnswerState =
  | { readonly kind: 'more' }
  | { readonly kind: 'head'; readonly head: AnswerHead; readonly rest: Buffer }
  | { readonly kind: 'too long' }
  | { readonly kind: 'no HTTP' }

const more: AnswerState = { kind: 'more' }

const CR = 13
const LF = 10

/**
 * Reads the head of a proxy's answer to CONNECT, in whatever pieces it comes: each byte is looked at once. Interim answers (1xx) before it are
 * passed over (RFC 9110 §15.2); all heads together may have 16 KiB. What follows the blank line is given back as it is: it belongs to the tunnel,
 * whatever Content-Length or Transfer-Encoding the head has (RFC 9110 §9.3.6).
 */
export class AnswerReader {
  #text = ''
  #bytes = 0
  /** Whether the line that is read has nothing in it yet; the first one never counts as blank. */
  #blank = false
  /** Whether it is known to begin as HTTP/1 does. */
  #begun = false

  read(chunk: Buffer): AnswerState {
    let start = 0
    for (let at = 0; at < chunk.length; at++) {
      if (++this.#bytes > longestHead) return { kind: 'too long' }
      const byte = chunk[at]
      if (byte === LF && this.#blank) {
        const state = this.#end(this.#text + chunk.toString('latin1', start, at), chunk.subarray(at + 1))
        if (state !== undefined) return state
        start = at + 1
        this.#text = ''
        this.#blank = this.#begun = false
      } else if (byte === LF) this.#blank = true
      else if (byte !== CR) this.#blank = false
    }
    this.#text += chunk.toString('latin1', start)
    if (!this.#begun && !beginning.startsWith(this.#text.slice(0, beginning.length))) return { kind: 'no HTTP' }
    this.#begun = this.#text.length >= beginning.length
    return more
  }

  /** Undefined for an interim answer, after which another comes. */
  #end(text: string, rest: Buffer): AnswerState | undefined {
    const status = Number(/^HTTP\/1\.[01] (\d{3})(?=[ \r\n])/.exec(text)?.[1])
    if (!(status >= 100)) return { kind: 'no HTTP' }
    // To switch protocols is none of the answers to CONNECT.
    if (status < 200 && status !== 101) return undefined
    return {
      kind: 'head',
      head: { status, schemes: schemesOf([...text.matchAll(challenge)].map(([, value = '']) => value)) },
      rest,
    }
  }
}

const beginning = 'HTTP/1.'

const challenge = /\n(?:proxy|www)-authenticate:[ \t]*([^\r\n]*)/gi

/** The names of the schemes that values of `Proxy-Authenticate` ask for, the first five. */
export function schemesOf(values: readonly string[]): string[] {
  const schemes = values.flatMap((value) => {
    // A challenge begins with a word that no `=` follows.
    const found = value.matchAll(/(?:^|,)[ \t]*([A-Za-z][\w-]{0,30})(?=[ \t]+[^ \t=]|[ \t]*(?:,|$))/g)
    return [...found].map(([, scheme = '']) => scheme)
  })
  return [...new Set(schemes)].slice(0, 5)
}
