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

/** Headers as a legacy handler takes them. */
export function toRaw(headers: unknown): Buffer[] {
  if (Array.isArray(headers)) return headers as Buffer[]
  return Object.entries((headers ?? {}) as { [name: string]: string | string[] }).flatMap(([name, value]) =>
    [value].flat().flatMap((single) => [Buffer.from(name, 'latin1'), Buffer.from(single, 'latin1')]),
  )
}
