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
    limits: '40, and one more for each https request after them: `httpsAgent` is left, and no tunnel is used again',
  },
}
