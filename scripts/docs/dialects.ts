import { fieldNames } from '../../src/config/fields.ts'
import { formatValue } from '../../src/config/format.ts'
import type { PoolConfigField, ResolvedPoolConfig } from '../../src/config/types.ts'
import type { DefaultRows } from '../../src/dialects/defaults.ts'
import { dialects } from '../../src/dialects/index.ts'
import { pythonLiteral } from '../../src/dialects/python.ts'
import type { Dialect, SettingMeaning } from '../../src/dialects/types.ts'

interface Section {
  readonly file: string
  readonly name: string
  readonly content: string
}

const all = Object.values<Dialect>(dialects)

const signs = { native: '', approximated: '≈ ', unsupported: '✗ ' } as const

/** The sections of docs/dialects.md that are drawn from declarations. */
export function dialectSections(): Section[] {
  const contents = { settings: all.map(settingTable).join('\n\n'), fields: fieldMatrix(), defaults: defaultTable() }
  return Object.entries(contents).map(([name, content]) => ({ file: 'docs/dialects.md', name, content }))
}

function settingTable({ name, support }: Dialect): string {
  return [
    `### ${name}`,
    '',
    '| setting | becomes | what is different |',
    '|---|---|---|',
    ...Object.entries(support.settings).map(([key, meaning]) => `| ${code(key)} | ${becomes(meaning)} | ${meaning.message} |`),
  ].join('\n')
}

function becomes({ fields, support }: SettingMeaning): string {
  return `${signs[support]}${fields.map(code).join(', ')}`.trim()
}

function fieldMatrix(): string {
  return [
    `| field | ${all.map(({ name }) => name).join(' | ')} |`,
    `|---|${all.map(() => '---|').join('')}`,
    ...fieldNames.map((field) => `| ${code(field)} | ${all.map((dialect) => keywordsOf(dialect, field)).join(' | ')} |`),
  ].join('\n')
}

function keywordsOf({ support }: Dialect, field: PoolConfigField): string {
  const { support: how, keywords } = support.fields[field]
  return `${signs[how]}${keywords.map(code).join(', ')}`.trim()
}

function defaultTable(): string {
  const rows = all.flatMap(({ name, support: { defaults } }) => [
    ...Object.entries(defaults.settings).flatMap(([key, values]) => rowsOf(name, code(key), values, python)),
    ...Object.entries(defaults.fixed).flatMap(([field, values]) =>
      rowsOf(name, `no setting; as ${code(field)}`, values, (value) => fixed(field as PoolConfigField, value)),
    ),
  ])
  return ['| library | setting | default | source |', '|---|---|---|---|', ...rows].join('\n')
}

function rowsOf(name: string, what: string, rows: DefaultRows, write: (value: unknown) => string): string[] {
  return rows.map(({ value, since, source }, index) => {
    const until = rows[index + 1]?.since
    const range = since ? `, since ${since}` : until ? `, before ${until}` : ''
    return `| ${name} | ${what} | ${code(write(value))}${range} | [${fileName(source)}](${source}) |`
  })
}

function python(value: unknown): string {
  if (typeof value !== 'object' || value === null) return pythonLiteral(value)
  return Object.entries(value)
    .map(([key, one]) => `${key}=${pythonLiteral(one)}`)
    .join(', ')
}

function fixed<F extends PoolConfigField>(field: F, value: unknown): string {
  return formatValue(field, value as ResolvedPoolConfig[F])
}

function fileName(source: string): string {
  return (
    new URL(source).pathname
      .split('/')
      .at(-1)
      ?.replace(/\.html$/, '') ?? source
  )
}

function code(text: string): string {
  return `\`${text}\``
}
