import { readFileSync } from 'node:fs'
import { root } from '../root.ts'

interface Message {
  readonly text: string
  readonly from: string
  readonly fields: readonly { readonly name: string; readonly type: string; readonly text: string }[]
}

const source = readFileSync(new URL('src/observe/channels.ts', root), 'utf8')

/** Each channel with what its messages hold, as declared. */
export function channelSections(): string {
  const messages = readMessages()
  const channels = [...source.matchAll(/^ {2}readonly '(polypool:[\w:]+)': (\w+)$/gm)]
  return channels
    .map(([, channel = '', type = '']) => {
      const rows = fieldsOf(type, messages).map(({ name, type: kind, text }) => `| \`${name}\` | ${typeCell(kind)} | ${text} |`)
      return [`## ${channel}`, '', messages.get(type)?.text ?? '', '', '| field | type | |', '|---|---|---|', ...rows].join('\n')
    })
    .join('\n\n')
}

/** The values of `reason`. */
export function reasonTable(): string {
  const [, list = ''] =
    /\/\*\*\n \* Why a connection has closed\.\n \*\n([\s\S]*?) \*\/\nexport type CloseReason/.exec(source) ?? []
  const rows = [...list.matchAll(/^ \* - `(\w+)`: (.+)$/gm)].map(([, reason, text]) => `| \`${reason}\` | ${text} |`)
  return ['| reason | |', '|---|---|', ...rows].join('\n')
}

function readMessages(): ReadonlyMap<string, Message> {
  const declared = source.matchAll(
    /(?:\/\*\* ((?:(?!\*\/).)+) \*\/\n)?export interface (\w+Message)(?: extends (\w+))? \{([^}]*)\}/g,
  )
  return new Map(
    [...declared].map(([, text = '', name = '', from = '', body = '']) => [name, { text, from, fields: readFields(body) }]),
  )
}

function readFields(body: string): Message['fields'] {
  const fields = body.matchAll(/(?:\/\*\* ((?:(?!\*\/).)+) \*\/\n\s*)?readonly (\w+\??): (.+)/g)
  return [...fields].map(([, text = '', name = '', type = '']) => ({ name, type, text }))
}

/** Its own come first. */
function fieldsOf(name: string, messages: ReadonlyMap<string, Message>): Message['fields'] {
  const message = messages.get(name)
  if (message === undefined) return []
  return [...message.fields, ...fieldsOf(message.from, messages)]
}

function typeCell(type: string): string {
  return type
    .split(' | ')
    .map((one) => `\`${one}\``)
    .join(' or ')
}
