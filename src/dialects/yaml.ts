import { plainEntries } from '../config/plain-object.ts'

/** A value as YAML: blocks for what holds something, quotes where a plain word would be read as something else. */
export function yamlOf(value: unknown): string {
  return `${blockOf(value).join('\n')}\n`
}

function blockOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => nested(blockOf(item), '- '))
  const entries = entriesOf(value)
  if (entries === undefined) return [wordOf(value)]
  return entries.flatMap(([key, part]) => {
    if (!isBlock(part)) return [`${wordOf(key)}: ${wordOf(part)}`]
    return [`${wordOf(key)}:`, ...blockOf(part).map((line) => `  ${line}`)]
  })
}

function nested([first = '{}', ...rest]: readonly string[], dash: string): string[] {
  return [`${dash}${first}`, ...rest.map((line) => `  ${line}`)]
}

/** What is in an object, but for what is undefined; undefined for one that holds nothing, which is `{}`. */
function entriesOf(value: unknown): readonly (readonly [string, unknown])[] | undefined {
  const entries = plainEntries(value)?.filter(([, part]) => part !== undefined)
  return entries?.length === 0 ? undefined : entries
}

function isBlock(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : entriesOf(value) !== undefined
}

function wordOf(value: unknown): string {
  if (typeof value === 'object') return Array.isArray(value) ? '[]' : '{}'
  if (typeof value !== 'string') return String(value)
  const plain = /^[A-Za-z_][\w./-]*$/.test(value) && !/^(?:true|false|null|yes|no|on|off|y|n)$/i.test(value)
  return plain || /^\d+(?:\.\d+)?s$/.test(value) ? value : JSON.stringify(value)
}
