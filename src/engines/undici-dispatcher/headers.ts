import type { DispatchOptions } from './peer.ts'

/** `keep-alive`, in lower case. */
const keepAlive = Buffer.from('keep-alive')

let lastValue = Buffer.alloc(0)
let lastText = ''

/** The `Keep-Alive` header among raw ones, which alternate between names and values. */
export function keepAliveIn(rawHeaders: readonly Buffer[]): string | undefined {
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] as Buffer
    if (name.length === keepAlive.length && isKeepAlive(name)) return textOf(rawHeaders[i + 1] as Buffer | Buffer[])
  }
  return undefined
}

/** The field of that name, in lower case, among raw headers. */
export function fieldIn(rawHeaders: readonly Buffer[], name: string): string | undefined {
  const values: string[] = []
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    if (rawHeaders[i]?.toString('latin1').toLowerCase() !== name) continue
    values.push(...[rawHeaders[i + 1] as Buffer | Buffer[]].flat().map((value) => value.toString('latin1')))
  }
  return values.length === 0 ? undefined : values.join()
}

function isKeepAlive(name: Buffer): boolean {
  // The only bytes that this makes alike are the two cases of a letter, and '-' with a control character that no name contains.
  for (let i = 0; i < name.length; i++) if (((name[i] as number) | 0x20) !== keepAlive[i]) return false
  return true
}

// Servers repeat one value, so it is compared before it is decoded.
function textOf(value: Buffer | Buffer[]): string {
  if (Array.isArray(value)) return value.join()
  if (!isLast(value)) {
    lastValue = Buffer.from(value)
    lastText = value.toString('latin1')
  }
  return lastText
}

function isLast(value: Buffer): boolean {
  if (value.length !== lastValue.length) return false
  for (let i = 0; i < value.length; i++) if (value[i] !== lastValue[i]) return false
  return true
}

/** Options whose headers can be read again, as they are to find the lane of a request, and to send it a second time. */
export function rereadable(options: DispatchOptions): DispatchOptions {
  const { headers } = options
  if (typeof headers !== 'object' || headers === null || Array.isArray(headers) || !isIterable(headers)) return options
  const iterator: unknown = headers[Symbol.iterator]()
  if (iterator !== headers) return options
  const pairs = [...headers]
  // No array: undici takes one to alternate between names and values.
  return { ...options, headers: { [Symbol.iterator]: () => pairs[Symbol.iterator]() } }
}

export function isIterable(value: object): value is Iterable<unknown> {
  return typeof (value as Partial<Iterable<unknown>>)[Symbol.iterator] === 'function'
}

/** Headers as a legacy handler takes them. */
export function toRaw(headers: unknown): Buffer[] {
  if (Array.isArray(headers)) return headers as Buffer[]
  return Object.entries((headers ?? {}) as { [name: string]: string | string[] }).flatMap(([name, value]) =>
    [value].flat().flatMap((single) => [Buffer.from(name, 'latin1'), Buffer.from(single, 'latin1')]),
  )
}
