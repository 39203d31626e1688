import { createRequire } from 'node:module'
import type { Ability } from './types.ts'

/** What needs more than the oldest undici that is supported: from which version on it is there. */
const since: { readonly [A in Ability]?: readonly [major: number, minor: number, patch: number] } = {
  http2: [8, 10, 0],
  'http2-ping': [8, 13, 1],
}

/** Those abilities, for drivers that stand on undici. */
export const byVersion = Object.keys(since) as readonly Ability[]

/** Those among them that the undici at hand does not have. Under an alias that is the other one: see catalog.ts. */
export function lackedByUndici(): readonly Ability[] {
  const { version } = createRequire(import.meta.url)('undici/package.json') as { version: string }
  const [major = 0, minor = 0, patch = 0] = version.split(/[.-]/).map(Number)
  return byVersion.filter((ability) => {
    const [first, second, third] = since[ability] ?? [0, 0, 0]
    return major < first || (major === first && (minor < second || (minor === second && patch < third)))
  })
}
