import { pooling as ofNode } from '../node-http/pooling.ts'
import type { NativePooling } from '../types.ts'

export const pooling: NativePooling = {
  ...ofNode,
  givenAs: '`httpAgent` and `httpsAgent`',
  parameters: [
    {
      keyword: 'timeout',
      default: '0',
      meaning: 'of a request of axios; 0 is none, and it starts when the request has a connection',
    },
  ],
  behindProxy: {
    way: '`proxy`, or the environment, which it reads by itself',
    limits: 'with agents of `maxSockets: 5` 35 connections at a time; https tunnels are never used again, and leave `httpsAgent`',
  },
}
