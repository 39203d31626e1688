import type { Callables } from '../callables.ts'
import { httpVersions } from './versions.ts'

export const callables: Callables = {
  names: {
    Curl: { takes: {}, options: 'easy' },
    CurlMulti: { takes: {}, options: 'multi' },
  },
  constants: {
    ...Object.fromEntries(Object.keys(httpVersions).map((name) => [name, name])),
    PIPE_NOTHING: 0,
    PIPE_HTTP1: 1,
    PIPE_MULTIPLEX: 2,
  },
}
