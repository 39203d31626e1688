import { pooling as ofNode } from '../node-http/pooling.ts'
import type { NativePooling } from '../types.ts'

const unlimited = Number.POSITIVE_INFINITY

const { keepAliveHintMargin: _, ...shared } = ofNode.settings

export const pooling: NativePooling = {
  poolClasses: ['HttpAgent', 'HttpsAgent'],
  givenAs: '`agent` of `http.request`, or wherever another client takes an agent',
  fallback: { pool: 'a new one', settings: {} },
  settings: {
    ...shared,
    keepAlive: { keyword: 'keepAlive', default: true },
    keepAliveExpiry: { keyword: 'freeSocketTimeout', default: 4000 },
    maxLifetime: { keyword: 'socketActiveTTL', default: unlimited },
  },
  parameters: [
    {
      keyword: 'timeout',
      default: '8s',
      meaning: 'destroys an active request after this long without data (twice `freeSocketTimeout` if that is longer); 0 is off',
    },
  ],
  behindProxy: { way: 'none of its own', limits: '' },
}
