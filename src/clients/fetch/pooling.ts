import type { NativePooling } from '../types.ts'
import { pooling as ofUndici } from '../undici/pooling.ts'

export const pooling: NativePooling = {
  ...ofUndici,
  givenAs: '`setGlobalDispatcher` of the package undici, or `dispatcher`',
  fallback: { pool: 'an `Agent` without options, of the undici that is built into Node', settings: {} },
}
