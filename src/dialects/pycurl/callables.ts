import { type Callables, oneAtATime } from '../callables.ts'

const remarks = { M_PIPELINING: oneAtATime }

export const callables: Callables = {
  names: {
    Curl: { takes: {}, options: 'easy', remarks },
    CurlMulti: { takes: {}, options: 'multi', remarks },
  },
}
