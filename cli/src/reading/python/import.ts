import { type Note, type PoolConfig, PoolConfigError } from 'polypool'
import type { DialectName } from 'polypool/dialects'
import { clip } from 'polypool/internal'
import { printable } from '../../output.ts'
import { isSecretName, redact, redactData, redacted } from '../shared/secrets.ts'
import { dialectOf } from './dialects.ts'
import type { PythonProblem } from './parse.ts'
import type { PythonPlace } from './place.ts'
import type { PythonFile } from './read-file.ts'
import { type PythonGap, readPythonPlace } from './reading.ts'
import type { Setting } from './settings.ts'
import type { PyNode } from './syntax.ts'
import type { Trials } from './trial.ts'
import { plainOf, variablesOf } from './values.ts'

/** A value that the source does not tell. */
export interface UnknownSetting {
  /** The library's keyword; `**` for whatever `source` holds. */
  readonly setting: string
  /** Fields of the config that hang on it, and are left out. */
  readonly fields: readonly string[]
  /** The expression that it is given by. */
  readonly source: string
  readonly line: number
  /** What a name in it was given, in another place of the file. */
  readonly because?: string
  /** What it is if nobody says otherwise, as the source has it. */
  readonly default?: string
  /** Where the source gives it, if in several places; the first is the one above. */
  readonly places?: readonly { readonly source: string; readonly line: number }[]
}

/** A place of a Python source as a pool. */
export interface Imported {
  readonly dialect: DialectName
  readonly file: string
  readonly line: number
  readonly column: number
  /** As a reader would call it, such as `httpx.Client(…)`. */
  readonly place: string
  readonly variable: string | undefined
  /** The class and the function that it stands in. */
  readonly around: readonly string[]
  readonly config: PoolConfig
  readonly notes: readonly Note[]
  readonly unknown: readonly UnknownSetting[]
  /** What the source sets, by the library's keywords. */
  readonly settings: object
  /** For each field where its value comes from. */
  readonly origins: { readonly [field: string]: string }
}

/** The places of a file as pools, and what kept others from being read. */
export function importFile(
  source: PythonFile,
  only: DialectName | undefined,
  trials: Trials,
): { found: Imported[]; problems: PythonProblem[] } {
  const found: Imported[] = []
  const problems: PythonProblem[] = [...source.problems]
  // A part that several pools take is wrong once.
  const add = (problem: PythonProblem) => {
    const said = problems.some(
      (one) => one.message === problem.message && one.line === problem.line && one.column === problem.column,
    )
    if (!said) problems.push(problem)
  }
  for (const place of source.places) {
    if (only !== undefined && place.dialect !== only) continue
    if (place.misuses.length > 0) {
      for (const { node, message } of place.misuses) add({ file: source.file, ...source.at(node), message })
      continue
    }
    try {
      found.push(imported(place, source, trials))
    } catch (error) {
      if (!(error instanceof PoolConfigError)) throw error
      for (const { path, message } of error.issues) {
        const node = place.settings.find((one) => one.path === path)?.node ?? place.node
        add({ file: source.file, ...source.at(node), message: `${place.label}: ${message}` })
      }
    }
  }
  return { found, problems }
}

function imported(place: PythonPlace, source: PythonFile, trials: Trials): Imported {
  const { dialect, node, label, name, around, remarks } = place
  const { config, notes, settings, origins, gaps } = readPythonPlace(place, dialectOf(dialect), trials)
  return {
    dialect,
    file: source.file,
    ...source.at(node),
    place: label,
    variable: name,
    around,
    config,
    notes: [
      ...remarks.map((message): Note => ({ field: 'hosts', support: 'approximated', message })),
      // Of what nobody wrote there is nothing to say.
      ...notes.filter(({ field }) => !place.settings.some(({ path, keyword }) => path === field && keyword === '')),
    ],
    unknown: gaps.map((gap) => unknownOf(gap, source)),
    settings,
    origins: Object.fromEntries(
      Object.keys(config).map((field) => [
        field,
        origins
          .get(field)
          ?.map((one) => originOf(one, source))
          .join('; ') ?? `${dialect} default`,
      ]),
    ),
  }
}

/** Settings of which only a part is about connections: that part is shown, not the source. */
const headers: ReadonlySet<string> = new Set(['headers', 'HTTPHEADER'])

/** `max_connections=50, app/client.py:12` */
function originOf({ path, keyword, node, value }: Setting, source: PythonFile): string {
  const text = excerpt(source, node, keyword)
  const where = `${printable(source.file)}:${source.at(node).line}`
  const plain = plainOf(value)
  const variables = variablesOf(value)
  if (variables.length > 0) {
    const byDefault = python(redactData(plain?.plain, 4, isSecretName(keyword)))
    return `${keyword}=${text} (${byDefault}), env ${variables.join(', ')}, ${where}`
  }
  if (keyword === '') return `${text}, ${where}`
  const shown = plain && python(redactData(plain.plain, 4, isSecretName(keyword)))
  if (headers.has(path) && shown !== undefined) return `${keyword}=${shown}, ${where}`
  const isLiteral = literals.has(node.name)
  return `${keyword}=${text}${isLiteral || shown === undefined ? '' : ` (${shown})`}, ${where}`
}

const literals: ReadonlySet<string> = new Set([
  'Number',
  'String',
  'Boolean',
  'None',
  'UnaryExpression',
  'ArrayExpression',
  'TupleExpression',
  'DictionaryExpression',
])

/** A plain value as Python has it. */
function python(value: unknown): string {
  if (value === null) return 'None'
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (value === Number.POSITIVE_INFINITY) return 'inf'
  return clip(JSON.stringify(value), 80)
}

function unknownOf({ setting, fields, node, because, fallback, oneOf }: PythonGap, source: PythonFile): UnknownSetting {
  const show = (one: PyNode) => excerpt(source, one, setting)
  const text = show(node)
  const reason = because && because !== node ? show(because) : text
  return {
    setting,
    fields,
    source: text,
    line: source.at(node).line,
    ...(reason === text ? {} : { because: reason }),
    ...(fallback ? { default: show(fallback) } : {}),
    ...(oneOf.length > 1 ? { places: oneOf.map((one) => ({ source: show(one), line: source.at(one).line })) } : {}),
  }
}

/** A piece of the source on one line, without the secrets in it: of what a setting that is one is given by, without any text. */
function excerpt({ textOf }: PythonFile, node: PyNode, setting: string): string {
  const whole = textOf(node).slice(0, 300).replace(/\s+/g, ' ').trim()
  const text = isSecretName(setting) ? whole.replace(anyText, redacted) : whole
  const masked = text.replace(namedText, (whole, name: string, between: string) =>
    isSecretName(name) ? `${name}${between}${redacted}` : whole,
  )
  return clip(printable(redact(masked)), 80)
}

const anyText = /"[^"]*"?|'[^']*'?/g

/** `name="text"` and `"name": "text"` */
const namedText = /([A-Za-z_][\w-]{0,60})(["']?\s?[:=]\s?)[a-zA-Z]{0,2}(?:"[^"]*"?|'[^']*'?)/g
