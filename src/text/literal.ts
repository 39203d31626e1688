/** A value as one would write it in JavaScript, indented by `depth` steps. */
export function literal(value: unknown, depth = 0): string {
  if (typeof value === 'string') return quote(value)
  if (Array.isArray(value)) return `[${value.map((item) => literal(item, depth)).join(', ')}]`
  if (typeof value !== 'object' || value === null) return String(value)
  const entries = Object.entries(value).filter(([, part]) => part !== undefined)
  if (entries.length === 0) return '{}'
  const pad = '  '.repeat(depth + 1)
  const lines = entries.map(([key, part]) => `${pad}${propertyName(key)}: ${literal(part, depth + 1)},`)
  return `{\n${lines.join('\n')}\n${'  '.repeat(depth)}}`
}

function propertyName(key: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : quote(key)
}

function quote(text: string): string {
  return `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`
}
