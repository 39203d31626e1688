import { pooling as ofNode } from '../node-http/pooling.ts'
import type { NativePooling } from '../types.ts'

export const pooling: NativePooling = {
  ...ofNode,
  givenAs: '`agent: { http, https }`',
  parameters: [
    {
      keyword: 'timeout.request',
      default: 'none',
      meaning: "covers the wait for a connection too, but on node's own agents it fires only once one comes free",
    },
    { keyword: 'timeout.connect', default: 'none', meaning: 'TCP set-up alone; TLS has `timeout.secureConnect`' },
    { keyword: 'retry.limit', default: '2', meaning: 'each retry waits for a connection again' },
    { keyword: 'dnsCache', default: 'none', meaning: '`true`, or a cache of look-ups' },
  ],
  behindProxy: {
    way: 'hpagent, `maxSockets: 5`',
    limits: '40: what it is dialling is not counted',
  },
}
