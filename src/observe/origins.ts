/** An origin in its parts. */
export interface OriginParts {
  readonly scheme: string
  readonly address: string
  readonly port: number
}

/** What stands for all origins beyond those that have a series of their own, as OpenTelemetry writes it of methods. */
export const otherOrigins = '_OTHER'

const defaultMost = 100

/**
 * Bounds how many origins are told apart: the first ones that were seen, for ever, as a series that ends and begins again would be read as new
 * requests. All others are one, `_OTHER`, and one process warning says so.
 */
export class OriginNames {
  readonly #most: number
  readonly #place: string
  readonly #known = new Map<string, OriginParts>()
  #told = false

  constructor(place: string, most: number = defaultMost) {
    this.#place = place
    this.#most = most
  }

  /** What the origin is called. */
  nameOf(origin: string): string {
    return this.partsOf(origin) === other ? otherOrigins : origin
  }

  partsOf(origin: string): OriginParts {
    const known = this.#known.get(origin)
    if (known !== undefined) return known
    if (this.#known.size >= this.#most) return this.#tell()
    const parts = partsIn(origin)
    this.#known.set(origin, parts)
    return parts
  }

  #tell(): OriginParts {
    if (!this.#told) {
      this.#told = true
      process.emitWarning(
        `${this.#place}: more than ${this.#most} origins. Those beyond the first ${this.#most} are one series, ${otherOrigins}: raise maxOrigins if your metrics can take more`,
        { type: 'PolypoolWarning', code: 'POLYPOOL_ORIGINS_MERGED' },
      )
    }
    return other
  }
}

const other: OriginParts = { scheme: otherOrigins, address: otherOrigins, port: 0 }

/** Of `scheme://host:port`; an IPv6 address without its brackets, as the conventions want it. */
function partsIn(origin: string): OriginParts {
  const [, scheme = '', host = '', port = ''] = /^([a-z]+):\/\/(.+):(\d+)$/.exec(origin) ?? []
  return { scheme, address: host.replace(/^\[(.*)\]$/, '$1'), port: Number(port) }
}
