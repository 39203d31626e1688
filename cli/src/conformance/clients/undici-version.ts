import { createRequire } from 'node:module'
import type { Ability } from './types.ts'

/** From which undici on HTTP/2 can be spoken under the limits of a pool. */
const since = { major: 8, minor: 10 }

/** What the undici at hand cannot do. Under an alias that is the other one: see catalog.ts. */
export function lackedByUndici(): readonly Ability[] {
  const { version } = createRequire(import.meta.url)('undici/package.json') as { version: string }
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const speaks = major > since.major || (major === since.major && minor >= since.minor)
  return speaks ? [] : ['http2']
}
