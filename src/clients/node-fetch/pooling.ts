import { pooling as ofNode } from '../node-http/pooling.ts'
import type { NativePooling } from '../types.ts'

export const pooling: NativePooling = {
  ...ofNode,
  givenAs: '`agent`, an agent or a function of the URL',
}
