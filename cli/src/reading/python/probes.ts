import type { Dialect } from 'polypool/dialects'

/** A setting and its value. */
export type Filling = readonly [path: string, value: unknown]

/** A keyword that the dialect reads, nested ones with a dot. */
export function isSetting({ support }: Dialect, path: string): boolean {
  return Object.hasOwn(support.settings, path)
}

/** A keyword that holds others, such as `limits`. */
export function isGroup({ support }: Dialect, path: string): boolean {
  return Object.keys(support.settings).some((key) => key.startsWith(`${path}.`))
}

/** Settings as a dialect takes them: nested objects. */
export function settingsObject(settings: readonly Filling[]): object {
  const result: { [key: string]: unknown } = {}
  for (const [path, value] of settings) {
    const [group = '', ...rest] = path.split('.')
    const name = rest.join('.')
    const inner = Object.hasOwn(result, group) ? result[group] : undefined
    if (name === '') result[group] = value
    else result[group] = { ...(isObject(inner) ? inner : {}), [name]: value }
  }
  return result
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const url = 'http://probe.invalid:1'

const plainProbes: readonly unknown[] = [
  ...[7, 12_345, 1, 0, null, true, false, ['Connection: close'], { Connection: 'close' }],
  // What proxies are named by, in a text or by scheme, and what they are given besides.
  ...[url, 'probe.invalid', { https: url }, { 'https://': url }, ['user', 'word']],
  [['socket.SOL_SOCKET', 'socket.SO_KEEPALIVE', 1]],
  { 'proxy-authorization': 'Basic dXNlcjp3b3Jk' },
]

/** Values that an unknown setting might have: enough that every field that hangs on it moves. */
export function probesFor({ support }: Dialect, path: string): readonly unknown[] {
  const children = Object.keys(support.settings).flatMap((key) =>
    key.startsWith(`${path}.`) ? [key.slice(path.length + 1)] : [],
  )
  return [...plainProbes, ...children.flatMap((name) => [{ [name]: 7 }, { [name]: 0 }]), ...(children.length > 0 ? [{}] : [])]
}

/** Values next to a known one. */
export function variantsOf(value: unknown): readonly unknown[] {
  if (typeof value === 'number') return [value + 1, value > 1 ? value - 1 : 1 - value]
  if (typeof value === 'boolean') return [!value]
  if (value === null) return [7]
  return Array.isArray(value) ? [[]] : [{}]
}
