/** What a server says in its `Keep-Alive` response header. */
export interface KeepAliveHint {
  /** Seconds for which it keeps an idle connection. */
  readonly timeout: number
  /** Requests that it will still take. */
  readonly max: number
}

const none: KeepAliveHint = { timeout: Number.POSITIVE_INFINITY, max: Number.POSITIVE_INFINITY }

/** Reads `timeout=5, max=100` in any order and case (RFC 2068 §19.7.1.1); what is malformed counts as absent. */
export function parseKeepAliveHint(header: string): KeepAliveHint {
  let { timeout, max } = none
  for (const part of header.slice(0, 256).split(',')) {
    const [name, value = '', ...rest] = part.split('=')
    const digits = value.trim()
    if (rest.length > 0 || !/^\d{1,10}$/.test(digits)) continue
    const key = name?.trim().toLowerCase()
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
