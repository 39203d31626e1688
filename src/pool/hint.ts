/** What a server says in its `Keep-Alive` response header. */
export interface KeepAliveHint {
  /** Seconds for which it keeps an idle connection. */
  readonly timeout: number
  /** Requests that it will still take. */
  readonly max: number
}

const none: KeepAliveHint = { timeout: Number.POSITIVE_INFINITY, max: Number.POSITIVE_INFINITY }

/**
 * Reads `timeout=5, max=100` in any order and case (RFC 2068 §19.7.1.1). What is malformed counts as absent; as Node and undici do, it goes by the
 * digits alone of `timeout=5s` or `timeout=5; max=100`. A hint only ever shortens.
 */
export function parseKeepAliveHint(header: string): KeepAliveHint {
  let { timeout, max } = none
  for (const part of header.slice(0, 256).split(',')) {
    const [name = '', value = ''] = part.split('=')
    const [digits] = /^\d{1,10}(?!\d)/.exec(value.trim()) ?? []
    if (digits === undefined) continue
    const key = name.trim().toLowerCase()
    if (key === 'timeout') timeout = Number(digits)
    else if (key === 'max') max = Number(digits)
  }
  return { timeout, max }
}

/** Servers repeat one header, so the last one read is remembered. */
export class HintReader {
  #header = ''
  #hint = none

  read(header: string): KeepAliveHint {
    if (header !== this.#header) {
      this.#hint = parseKeepAliveHint(header)
      this.#header = header
    }
    return this.#hint
  }
}
