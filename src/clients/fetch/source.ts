import type { SourceFacts } from '../types.ts'

export const source: SourceFacts = {
  makers: {},
  senders: { global: [{ names: ['fetch'], options: [1] }] },
  shared: [],
  carriers: ['dispatcher'],
  takes: 'the built-in fetch takes a dispatcher of undici',
  foreign: null,
  marks: { names: ['dispatcher'], alone: true },
  maker: 'undici#Agent',
  nothingSet: () => ({}),
}
