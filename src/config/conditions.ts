import type { ResolvedPoolConfig } from './types.ts'

interface ConditionFacts {
  holds(config: ResolvedPoolConfig): boolean
  /** What wins over the field otherwise, and what that comes to. */
  readonly otherwise: string
}

/** What a field may need beside it to say anything. */
export const conditions = {
  reuse: { holds: ({ keepAlive }) => keepAlive, otherwise: 'keepAlive: false wins: no connection is used twice' },
  http2: {
    holds: ({ http2 }) => http2 !== false,
    otherwise: 'http2: false wins: HTTP/1.1 carries one request at a time on a connection, and has no pings',
  },
  proxy: { holds: ({ proxy }) => proxy !== false, otherwise: 'proxy: false wins: every host is reached directly' },
  http1: { holds: ({ http2 }) => http2 !== 'only', otherwise: 'http2: only wins: HTTP/2 has no Keep-Alive header' },
} as const satisfies { readonly [condition: string]: ConditionFacts }

export type Condition = keyof typeof conditions
