import type { PoolConfigField } from 'polypool'
import { commandLine, type Extension, extensions, fieldNames, fieldTexts, formatDefault, literal } from 'polypool/internal'

/** Whatever is read can be written. */
export const templateFormats = extensions

/** Set in the file that is written; every other field stands there as a comment. */
const suggested: ReadonlySet<PoolConfigField> = new Set([
  'maxConnections',
  'maxConnectionsPerHost',
  'keepAliveExpiry',
  'acquireTimeout',
  'connectTimeout',
])

const intro = [
  'polypool: the limits of HTTP connection pools, the same for every client.',
  `${commandLine} check shows what they mean; ${commandLine} explain <client> the code to paste.`,
]

const ofDefault = ['Every other pool inherits from this one, field by field.']

const ofOthers = 'Another pool, which sets only what differs:'

/** How one language writes what a config file holds. */
interface Dialect {
  readonly comment: string
  /** Steps of indentation in front of fields. */
  readonly depth: number
  readonly head: readonly string[]
  readonly open: readonly string[]
  entry(field: string, value: unknown): string
  readonly example: readonly string[]
  readonly close: readonly string[]
}

/**
 * A config file to start from, with every field, its meaning, trap and default. JSON has no comments, so there stands only what is set.
 * @param schema where the JSON schema lies, seen from the file
 * @param commonJs whether its package says that .js is CommonJS
 */
export function templateFor(format: Extension, schema: string, commonJs = false): string {
  if (format === 'json') return plainJson(schema)
  const dialect = dialectOf(format, schema, commonJs)
  const { comment, depth, head, open, example, close } = dialect
  const pad = '  '.repeat(depth)
  const blocks = fieldNames.map((field) => fieldBlock(field, dialect).map((line) => pad + line))
  const lines = [
    ...head,
    ...intro.map((line) => `${comment} ${line}`),
    ...open,
    ...blocks.flatMap((block, index) => (index === 0 ? block : ['', ...block])),
    ...example,
    ...close,
  ]
  return `${lines.join('\n')}\n`
}

function fieldBlock(field: PoolConfigField, { comment, entry }: Dialect): string[] {
  const { meaning, trap, example } = fieldTexts[field]
  const byDefault = field === 'hosts' ? 'none' : formatDefault(field).replaceAll('`', '')
  const line = entry(field, example)
  return [...wrap(`${meaning} ${trap}`, 96), `Default: ${byDefault}.`]
    .map((part) => `${comment} ${part}`)
    .concat(suggested.has(field) ? line : `${comment} ${line}`)
}

function dialectOf(format: Exclude<Extension, 'json'>, schema: string, commonJs: boolean): Dialect {
  switch (format) {
    case 'yaml':
    case 'yml':
      return yaml(schema)
    case 'toml':
      return toml(schema)
    case 'jsonc':
    case 'json5':
      return {
        ...braces(2),
        open: ['{', `  "$schema": ${JSON.stringify(schema)},`, '  "pools": {', ...poolHead('"default": {')],
        close: ['  },', '}'],
      }
    case 'cts':
    case 'cjs':
      return moduleDialect(true)
    case 'js':
      return moduleDialect(commonJs)
    case 'ts':
    case 'mts':
    case 'mjs':
      return moduleDialect(false)
  }
}

function moduleDialect(commonJs: boolean): Dialect {
  // Without definePools, which CommonJS could only require: Node 20 and 22 warn where what is required is an ES module.
  const [head, open, close] = commonJs
    ? [[], ["/** @type {import('polypool').PoolsConfig} */", 'module.exports = {'], '}']
    : [["import { definePools } from 'polypool'", ''], ['export default definePools({'], '})']
  return {
    ...braces(2),
    entry: (field, value) => `${field}: ${oneLine(literal(value))},`,
    head,
    open: [...open, '  pools: {', ...poolHead('default: {')],
    example: ['    },', '', `    // ${ofOthers}`, "    // payments: { maxConnections: 10, acquireTimeout: '500ms' },"],
    close: ['  },', close],
  }
}

function poolHead(line: string): string[] {
  return [...ofDefault.map((text) => `    // ${text}`), `    ${line}`]
}

function braces(depth: number): Dialect {
  return {
    comment: '//',
    depth: depth + 1,
    head: [],
    open: [],
    entry: (field, value) => `${JSON.stringify(field)}: ${spaced(JSON.stringify(value))},`,
    example: ['    },', '', `    // ${ofOthers}`, '    // "payments": { "maxConnections": 10, "acquireTimeout": "500ms" },'],
    close: [],
  }
}

function yaml(schema: string): Dialect {
  return {
    comment: '#',
    depth: 2,
    head: [`# yaml-language-server: $schema=${schema}`],
    open: ['', 'pools:', ...ofDefault.map((line) => `  # ${line}`), '  default:'],
    // Flow style: valid on one line, so that it can stand in a comment.
    entry: (field, value) => `${field}: ${typeof value === 'string' ? value : spaced(JSON.stringify(value))}`,
    example: ['', `  # ${ofOthers}`, '  # payments:', '  #   maxConnections: 10', '  #   acquireTimeout: 500ms'],
    close: [],
  }
}

function toml(schema: string): Dialect {
  return {
    comment: '#',
    depth: 0,
    head: [`#:schema ${schema}`],
    open: ['', ...ofDefault.map((line) => `# ${line}`), '[pools.default]'],
    entry: (field, value) => `${field} = ${inToml(value)}`,
    example: ['', `# ${ofOthers}`, '# [pools.payments]', '# maxConnections = 10', '# acquireTimeout = "500ms"'],
    close: [],
  }
}

function inToml(value: unknown): string {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return JSON.stringify(value)
  const entries = Object.entries(value).map(
    ([key, part]) => `${/^[\w-]+$/.test(key) ? key : JSON.stringify(key)} = ${inToml(part)}`,
  )
  return `{ ${entries.join(', ')} }`
}

function plainJson(schema: string): string {
  const pool = Object.fromEntries([...suggested].map((field) => [field, fieldTexts[field].example]))
  return `${JSON.stringify({ $schema: schema, pools: { default: pool } }, null, 2)}\n`
}

/** `{"a":1,"b":2}` with the spaces that people put there. */
function spaced(json: string): string {
  return json.replace(/"(?:[^"\\]|\\.)*"|[{}:,]/g, (token) =>
    token === '{' ? '{ ' : token === '}' ? ' }' : token === ':' || token === ',' ? `${token} ` : token,
  )
}

function oneLine(code: string): string {
  return code.replace(/,\n\s*\}/g, ' }').replace(/\n\s*/g, ' ')
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + word.length + 1 > width) {
      lines.push(line)
      line = ''
    }
    line += (line === '' ? '' : ' ') + word
  }
  return [...lines, line]
}
