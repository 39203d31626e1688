import { pooling as ofNode } from '../node-http/pooling.ts'
import type { NativePooling } from '../types.ts'

export const pooling: NativePooling = {
  ...ofNode,
  givenAs: '`agent`, an agent or a function of the URL',
  behindProxy: { way: 'https-proxy-agent 9, `maxSockets: 5`', limits: '10: the limit holds, since version 6' },
}
