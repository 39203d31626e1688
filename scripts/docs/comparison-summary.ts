import type { PoolConfigField, Support } from '../../src/config/types.ts'

/** What is asked of every client, in the order of the tables. */
export const questions = {
  totalLimit: 'total limit',
  perHostLimit: 'per-host limit',
  idleLimit: 'idle limit',
  keepAliveExpiry: 'keep-alive expiry',
  block: 'at a limit',
  acquireTimeout: 'acquire timeout',
  http2: 'HTTP/2',
} as const

export type Question = keyof typeof questions
export const asked = Object.keys(questions) as readonly Question[]

/** The fields behind a question: the first that a client has a setting for. */
export const fieldsOf: { readonly [Q in Question]: readonly PoolConfigField[] } = {
  totalLimit: ['maxConnections'],
  perHostLimit: ['maxConnectionsPerHost'],
  idleLimit: ['maxIdleConnections', 'maxIdleConnectionsPerHost'],
  keepAliveExpiry: ['keepAliveExpiry'],
  block: ['block'],
  acquireTimeout: ['acquireTimeout'],
  http2: ['http2'],
}

/** What a client calls one thing, and what holds when it is left out. */
export interface Answer {
  /** Null where it has no setting for it. */
  readonly keyword: string | null
  /** As docs show it. */
  readonly default: string
  readonly support: Support
  /** In a few words, for a table of all clients. */
  readonly brief?: string
  /** What else there is to know. */
  readonly text: string
}

/** How one client pools. */
export interface Summary {
  readonly name: string
  /** Of its chapter in the document. */
  readonly heading: string
  readonly poolClass: string
  readonly answers: { readonly [Q in Question]: Answer }
}

export const signs: { readonly [S in Support]: string } = { native: '✓', enforced: '✓', approximated: '≈', unsupported: '✗' }

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n')
}

export function fence(language: string, code: string): string {
  return `\`\`\`${language}\n${code.trimEnd()}\n\`\`\``
}

export function code(text: string): string {
  return `\`${text}\``
}

/** All clients beside each other. */
export function quickTable(summaries: readonly Summary[]): string {
  const head = ['client', 'pool class', ...asked.map((question) => questions[question])]
  const rows = summaries.map(({ name, heading, poolClass, answers }) => [
    `[${name}](#${anchor(heading)})`,
    poolClass,
    ...asked.map((question) => cell(answers[question])),
  ])
  return table(head, rows)
}

function cell({ keyword, default: value, support, brief }: Answer): string {
  const more = brief === undefined ? '' : ` ${brief}`
  return keyword === null ? `${signs[support]} ${brief ?? 'none'}` : `${signs[support]} ${code(keyword)}: ${value}${more}`
}

/** As GitHub makes it of a heading. */
export function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\w -]/g, '')
    .replaceAll(' ', '-')
}
