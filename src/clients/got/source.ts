import type { SourceFacts } from '../types.ts'

export const source: SourceFacts = {
  makers: {
    'got#extend': { role: 'client', label: 'got.extend(…)', options: 0 },
    'got#().extend': { role: 'client', label: 'extend(…) of a got instance', options: 0 },
  },
  senders: {
    got: [{ names: ['', 'get', 'post', 'put', 'patch', 'head', 'delete', 'stream', 'paginate'], options: [1, 0] }],
  },
  shared: [],
  carriers: ['agent'],
  takes: 'got takes agent: { http, https }',
  foreign: null,
  marks: { names: [], alone: false },
  maker: 'https#Agent',
  nothingSet: () => ({}),
}
