import { clientNames } from '../../src/clients/index.ts'
import { formatDefault } from '../../src/config/format.ts'
import { chapter, summarise } from './comparison-node.ts'
import { libraries, libraryChapter, summariseLibrary } from './comparison-python.ts'
import { type Answer, quickTable, type Summary } from './comparison-summary.ts'

interface Section {
  readonly file: string
  readonly name: string
  readonly content: string
}

const file = 'docs/comparison.md'

const own = (keyword: Parameters<typeof formatDefault>[0]): Answer => ({
  keyword,
  default: formatDefault(keyword),
  support: 'enforced',
  text: '',
})

const polypool: Summary = {
  name: 'polypool',
  heading: 'How to read it',
  poolClass: '`createPool`, for each client',
  answers: {
    totalLimit: own('maxConnections'),
    perHostLimit: own('maxConnectionsPerHost'),
    idleLimit: own('maxIdleConnections'),
    keepAliveExpiry: own('keepAliveExpiry'),
    block: own('block'),
    acquireTimeout: own('acquireTimeout'),
    http2: { ...own('http2'), brief: '(undici, fetch)' },
  },
}

/** The sections of the comparison that are drawn from declarations and examples. */
export function comparisonSections(): Section[] {
  const chapters = clientNames.map((client) => ({ file, name: client, content: chapter(client) }))
  const fromPython = libraries.map((library) => ({ file, name: library, content: libraryChapter(library) }))
  const summaries = [polypool, ...clientNames.map(summarise), ...libraries.map(summariseLibrary)]
  return [...chapters, ...fromPython, { file, name: 'quick-comparison', content: quickTable(summaries) }]
}
