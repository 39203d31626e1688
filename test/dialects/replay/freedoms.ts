import type { Freedom } from './difference.ts'

/** What stays uncompared, or is only bounded. */
export const freedoms: readonly Freedom[] = [
  {
    workloads: ['S01', 'S01b', 'S01c', 'S02', 'S02b', 'S06', 'S08b', 'S15b'],
    fields: ['requestsPerConnection'],
    reason: 'In a burst it is chance which connection serves how many requests.',
  },
  {
    fields: ['idleCloseAfterMs'],
    except: ['S04', 'S04c', 'S13b'],
    reason: 'Where no idle time is set, what counts is what stays open; the millisecond of a close is the machine’s.',
  },
  {
    workloads: ['S13b'],
    fields: ['idleCloseAfterMs'],
    between: [800, 1000],
    reason: 'The lifetime of 1 s is shortened by up to 10 % at random, and begins before the answer.',
  },
  {
    workloads: ['S02', 'S08b', 'S15b'],
    fields: ['peakPerHost', 'marks.idle200'],
    reason: 'In which order hosts get their turn at a total limit: each library has its own.',
  },
  {
    workloads: ['S08b', 'S15b'],
    fields: ['fifo'],
    reason: 'The same: first come is not first served there.',
  },
  {
    workloads: ['S02'],
    fields: ['connectionsOpened'],
    between: [4, 12],
    reason:
      'How often a connection to one host must make room for another follows from that order, and from what a connect costs at the time.',
  },
  {
    workloads: ['S08b', 'S15b'],
    fields: ['connectionsOpened'],
    between: [2, 8],
    reason: 'The same for fewer requests.',
  },
  {
    workloads: ['S02'],
    libraries: ['httpx', 'httpx-sync', 'pycurl-multi'],
    fields: ['idleAfterBurst'],
    whenLate: true,
    between: [3, 4],
    reason: 'A place that was cleared for a request stays empty if another connection to its host falls free before.',
  },
  {
    workloads: ['S08b'],
    libraries: ['httpx', 'pycurl-multi'],
    fields: ['idleAfterBurst'],
    whenLate: true,
    between: [1, 2],
    reason: 'The same at a limit of 2.',
  },
  {
    workloads: ['S19d'],
    fields: ['connectionsOpened'],
    whenLate: true,
    between: [4, 5],
    reason: 'How many requests a connection serves in its lifetime depends on when they come.',
  },
  {
    workloads: ['S19d'],
    fields: ['requestsPerConnection', 'idleAfterBurst', 'marks.idle200'],
    whenLate: true,
    between: [0, 4],
    reason: 'The same.',
  },
  {
    workloads: ['S01c', 'S06', 'S19a'],
    engines: ['undici'],
    fields: ['closedByServer'],
    reason: 'Who closes a temporary connection first: undici is told to send `Connection: close`, so the server may.',
  },
]
