import type { SourceFacts } from '../types.ts'

export const source: SourceFacts = {
  makers: {},
  senders: { 'node-fetch': [{ names: [''], options: [1] }] },
  shared: [],
  carriers: ['agent'],
  takes: 'node-fetch takes agent',
  foreign: null,
  marks: { names: [], alone: false },
  maker: 'https#Agent',
  nothingSet: () => ({}),
}
