import type { NativePooling } from '../types.ts'
import { pooling as ofUndici } from '../undici/pooling.ts'

export const pooling: NativePooling = {
  ...ofUndici,
  givenAs: '`setGlobalDispatcher` of the package undici, or `dispatcher`',
  fallback: { pool: 'an `Agent` without options, of the undici that is built into Node', settings: {} },
  behindProxy: {
    way: 'undici’s, as `dispatcher`; `NODE_USE_ENV_PROXY=1`, which goes for the global dispatcher alone',
    limits: 'as of undici',
  },
}
